"""Settings of a working directory: ``fivegwatch.toml``, then the environment. The only reader of the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.extractors.limits import LIMITS, Limits
from fivegwatch.extractors.watchlist.definitions import KEEP
from fivegwatch.extractors.watchlist.tables import Faults, Table, shown
from fivegwatch.flows.settings.alerts import AlertSettings, read_alerts
from fivegwatch.flows.settings.bounds import DAY, limit_bounds
from fivegwatch.flows.settings.lake import read_lake
from fivegwatch.sources.files.given import UnusableFileError, check_regular, given_text
from fivegwatch.sources.http.user_agent import user_agent
from fivegwatch.sources.services.addresses import Services
from fivegwatch.storage.lake.definition import Lake
from fivegwatch.storage.load.bounds import BOUNDS, Bounds

FILE_NAME = "fivegwatch.toml"
PORT_DIGITS = 5
CONTACT_CHARS = 300
Address = tuple[str, int]
_ADDRESS_FORM = "HOST:PORT, for example 127.0.0.1:8799"
_LONGEST_DAYS = 36_500
_KEYS = (
    "contact", "database", "watchlist", "allow_addresses", "workers", "run_seconds", "keep_batches_days",
    "keep_pages_days", "poll_days", "enabled", "loader_memory_mb", "copy_percent", "limits", "services", "judgement",
    "alerts", "corpus",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of a run; paths are absolute."""

    home: Path
    database: Path
    """The link that analysts open; the working files are beside it, in ``<database>.d/``."""
    watchlist: Path | None
    """Folder of the user's watchlist; None for the shipped one."""
    keep: str = KEEP[0]
    """What the judge keeps: "balanced", "wide" (nearly all stories) or "strict" (nearly nothing else)."""
    feeds_file: Path | None = None
    """A file that replaces the watchlist's ``feeds.toml`` for this run."""
    trust_clock: bool = False
    """Trust this machine's clock in this run, however far it is from the time of the last run."""
    contact: str = ""
    """The operator's mail or web address; it is sent in the User-Agent, so that a publisher can write to the
    operator.
    """
    allow: frozenset[Address] = frozenset()
    """Private or loopback hosts, with ports, that may be contacted; all other private addresses are refused."""
    workers: int = 2
    """Number of child processes that parse and judge."""
    run_s: float = 780.0
    """Seconds after which a run starts no new work, so that it ends before the next is due."""
    keep_batches_days: int = 30
    """Loaded batches are deleted after this many days. The corpus can be rebuilt from them."""
    keep_pages_days: int = 365
    """Archived pages are deleted after this many days. After a change of rules they are judged again."""
    poll_days: int = BOUNDS.poll_days
    """Single polls are kept for this many days; older ones are only counted, by feed and day, in the view
    ``poll_days``.
    """
    enabled: bool = True
    """If ``false``, scheduled runs end at once. Unlike a pause in Prefect, this survives a new deployment."""
    loader_memory_mb: int = BOUNDS.memory_mb
    """Memory that the loader may use for a load, in MB (2**20 bytes)."""
    copy_percent: int = round(100 * BOUNDS.copy_share)
    """Most of the time, in percent, that copying the whole corpus may take, if it cannot be published in a cheaper
    way.
    """
    limits: Limits = field(default=LIMITS)
    alerts: AlertSettings = field(default=AlertSettings())
    """Channels for alerts, and what each channel gets."""
    lake: Lake | None = None
    """Where runs also publish the corpus, for readers on other machines; None to publish only the file."""
    services: Services = field(default=Services())
    """Base addresses of the services that a backfill reads from; they may be those of your own mirrors."""

    @property
    def loader(self) -> Bounds:
        """The limits on the loader's memory and on copying, and how long polls are kept."""
        return Bounds(
            memory_mb=self.loader_memory_mb, copy_share=self.copy_percent / 100, poll_days=self.poll_days
        )

    @property
    def user_agent(self) -> str:
        """The User-Agent of every request: ``fivegwatch/VERSION (+contact)``."""
        return user_agent(self.contact)


def find_home(env: Mapping[str, str], home: str | Path | None) -> Path:
    """The working directory: ``home`` if given, else ``FIVEGWATCH_HOME`` in ``env``, else the current directory.

    Raises:
        SettingsError: there is no such directory, or it has no fivegwatch.toml.
    """
    named = str(home or "") or env.get("FIVEGWATCH_HOME", "")
    try:
        folder = _absolute(Path(named or "."))
    except UnusableFileError as exc:
        raise SettingsError(f"home: {exc}", key="home") from exc
    if not folder.is_dir():
        raise SettingsError(
            f"{folder}: no such directory. Make it with: fivegwatch init {folder}", key="home"
        )
    if not (folder / FILE_NAME).is_file():
        raise SettingsError(
            f"{folder}: not a fivegwatch directory (no {FILE_NAME}). Make one with `fivegwatch init {folder}`, "
            "go to one, or name one with --home or FIVEGWATCH_HOME.",
            key="home",
        )
    return folder


def load_settings(env: Mapping[str, str], home: str | Path | None) -> Settings:
    """The settings of a working directory.

    Raises:
        SettingsError: the directory or the file is wrong. A line for each fault names file, line, key and remedy.
    """
    folder = find_home(env, home)
    file = folder / FILE_NAME
    try:
        text = given_text(file)
    except UnusableFileError as exc:
        raise SettingsError(f"{file}: cannot be read: {exc}", key=str(file)) from exc
    faults = Faults()
    settings = _read_settings(folder, faults.parse(str(file), text), faults.table("environment", env))
    if faults.noted:
        raise SettingsError("\n".join(map(str, faults.noted)), key=str(file))
    return settings


def bare_settings(database: Path) -> Settings:
    """Settings of a run without a working directory: the defaults, and the corpus at ``database``."""
    database = usable_database(database)
    return Settings(home=database.parent, database=database, watchlist=None)


def usable_database(database: Path) -> Path:
    """The absolute path of the corpus, which need not exist yet.

    Raises:
        SettingsError: the path leads to something that cannot be a corpus: a folder, a device. The message begins with
            ``key``.
    """
    try:
        return _corpus_path(database)
    except UnusableFileError as exc:
        raise SettingsError(f"--db: {exc}", key="--db") from exc


def parse_address(text: str) -> Address:
    """The host and the port in ``HOST:PORT`` (``[::1]:8080`` for IPv6).

    Raises:
        SettingsError: ``text`` does not have that form.
    """
    address = _address(text)
    if address is None:
        raise SettingsError(f"--allow-address: {text!r} is not {_ADDRESS_FORM}", key="--allow-address")
    return address


def _read_settings(folder: Path, table: Table, environment: Table) -> Settings:
    """The settings in ``table``; a variable of the environment takes precedence. Faults are noted in the tables."""
    table.only(*_KEYS)
    plain = Settings(home=folder, database=folder / "corpus.duckdb", watchlist=None)
    return Settings(
        home=folder,
        database=_database(plain.database, *_source("database", table, environment)),
        watchlist=_watchlist(folder, table),
        contact=_contact(*_source("contact", table, environment)),
        allow=_allowed(table),
        workers=int(table.number("workers", plain.workers, 1, 256)),
        run_s=float(table.number("run_seconds", plain.run_s, 10, 30 * DAY)),
        keep_batches_days=int(table.number("keep_batches_days", plain.keep_batches_days, 0, _LONGEST_DAYS)),
        keep_pages_days=int(table.number("keep_pages_days", plain.keep_pages_days, 0, _LONGEST_DAYS)),
        poll_days=int(table.number("poll_days", plain.poll_days, 1, _LONGEST_DAYS)),
        enabled=table.flag("enabled", plain.enabled),
        loader_memory_mb=int(table.number("loader_memory_mb", plain.loader_memory_mb, 128, 2**20)),
        copy_percent=int(table.number("copy_percent", plain.copy_percent, 1, 100)),
        keep=_keep(table.table("judgement")),
        limits=_limits(table.table("limits")),
        services=_services(table.table("services")),
        lake=read_lake(table.table("corpus"), folder),
        alerts=read_alerts(table.table("alerts"), environment.values),
    )


def _source(key: str, table: Table, environment: Table) -> tuple[Table, str]:
    """Where a setting is read: in the environment if its variable is set, else in the file."""
    variable = f"FIVEGWATCH_{key.upper()}"
    return (environment, variable) if environment.values.get(variable) else (table, key)


def _contact(table: Table, key: str) -> str:
    value = table.text(key).strip()
    if not (value.isprintable() and len(value) <= CONTACT_CHARS):
        what = f"must be one printable line of at most {CONTACT_CHARS} characters"
        table.fault(key, what, "It is sent in a header.")
    return value


def _database(default: Path, table: Table, key: str) -> Path:
    name = _path(table, key, default.name)
    try:
        return _corpus_path(Path(name), default.parent)
    except UnusableFileError as exc:
        table.fault(key, f"is {shown(name)}: {exc}", "Name a file.")
        return default


def _watchlist(folder: Path, table: Table) -> Path | None:
    watchlist = folder / _path(table, "watchlist", "watchlist")
    if watchlist.is_dir():
        return watchlist
    if "watchlist" in table.values:
        table.fault("watchlist", f"is {watchlist}, not a folder", "Name a folder, or leave it out.")
    return None


def _path(table: Table, key: str, default: str) -> str:
    value = table.text(key, default)
    if all(ord(char) >= 32 for char in value):
        return value
    table.fault(key, f"is {shown(value)}, not a path", "Leave out control characters.")
    return default


def _allowed(table: Table) -> frozenset[Address]:
    key = "allow_addresses"
    addresses = {text: _address(text) for text in table.texts(key)}
    for text, address in addresses.items():
        if address is None:
            table.fault(key, f"holds {shown(text)}", f"Write {_ADDRESS_FORM}.", near=text)
    return frozenset(filter(None, addresses.values()))


def _keep(table: Table) -> str:
    table.only("keep")
    return table.one_of("keep", KEEP, KEEP[0])


def _limits(table: Table) -> Limits:
    known = Limits.__dataclass_fields__
    table.only(*known)
    given = {
        key: table.number(key, getattr(LIMITS, key), *limit_bounds(key))
        for key in table.values
        if key in known
    }
    return replace(LIMITS, **given)  # type: ignore[arg-type]  # whole numbers where the limit is one


def _services(table: Table) -> Services:
    known = Services.__dataclass_fields__
    table.only(*known)
    given = {key: table.text(key) for key in table.values if key in known}
    for key, value in given.items():
        if not value.startswith(("http://", "https://")):
            table.fault(key, f"is {shown(value)}, not an http(s) address", "Write https://HOST.")
    return Services(**given)


def _corpus_path(path: Path, folder: Path = Path()) -> Path:
    """``path`` (relative to ``folder``) as an absolute path. Raises UnusableFileError if it cannot be a corpus."""
    whole = _absolute(path, folder, follow=False)
    try:
        if whole.exists():
            check_regular(whole)
    except (OSError, ValueError, UnusableFileError) as exc:
        why = getattr(exc, "strerror", None) or exc
        raise UnusableFileError(f"{whole}: cannot be a corpus: {why}") from exc
    return whole


def _absolute(path: Path, folder: Path = Path(), *, follow: bool = True) -> Path:
    """``path`` as an absolute path, with ``~`` replaced. Raises UnusableFileError for an unknown user or a circle of
    links.
    """
    try:
        whole = folder / path.expanduser()
        return whole.resolve() if follow else whole.absolute()
    except (OSError, RuntimeError, ValueError) as exc:
        raise UnusableFileError(f"{path}: {exc}") from exc


def _address(text: str) -> Address | None:
    host, _, port = text.rpartition(":")
    plain = host.isascii() and host.isprintable() and " " not in host
    number = int(port) if port.isascii() and port.isdecimal() and len(port) <= PORT_DIGITS else 0
    return (host.strip("[]").lower(), number) if host and plain and 0 < number < 65536 else None
