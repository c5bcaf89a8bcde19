"""Settings of a working directory: ``fivegwatch.toml``, then the environment. The only reader of the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.extractors.limits import LIMITS, Limits
from fivegwatch.extractors.watchlist.toml import TomlFault, read_toml
from fivegwatch.flows.settings.bounds import NUMBERS, limit_bounds, out_of_bounds
from fivegwatch.sources.files.given import UnusableFileError, check_regular, given_text
from fivegwatch.sources.services.addresses import Services

FILE_NAME = "fivegwatch.toml"
PORT_DIGITS = 5
CONTACT_CHARS = 300
SHOWN_CHARS = 80
Address = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a run needs to know; paths are absolute."""

    home: Path
    database: Path
    """The link analysts open; the working files live beside it in ``<database>.d/``."""
    watchlist: Path | None
    """Folder of the user's watchlist, or None for the shipped one."""
    feeds_file: Path | None = None
    """Replaces the watchlist's ``feeds.toml`` for this run."""
    contact: str = ""
    """Goes into the User-Agent, so that a publisher can write to you."""
    allow: frozenset[Address] = frozenset()
    """Private or loopback addresses that may be contacted: your own machines, each named with its port."""
    workers: int = 2
    """Child processes that parse and judge."""
    run_s: float = 780.0
    """A run stops starting new work after this many seconds, so that it ends before the next is due."""
    keep_batches_days: int = 30
    keep_pages_days: int = 365
    enabled: bool = True
    """The kill switch: False makes scheduled runs end at once. It survives redeploys, unlike a pause."""
    limits: Limits = field(default=LIMITS)
    services: Services = field(default=Services())
    """Base addresses of the services a backfill asks: mirrors of your own, if you have any."""

    @property
    def user_agent(self) -> str:
        """``fivegwatch/VERSION (+contact)``, honest and the same for every request."""
        return f"fivegwatch/{version()} (+{self.contact or 'no contact set'})"


def version() -> str:
    """The installed version, or ``0+checkout`` when the package is not installed."""
    from importlib import metadata  # slow to import, seldom needed

    try:
        return metadata.version("fivegwatch")
    except metadata.PackageNotFoundError:
        return "0+checkout"


def find_home(env: Mapping[str, str], home: str | Path | None = None) -> Path:
    """The working directory: the argument, else ``FIVEGWATCH_HOME``, else the current one if it holds our file.

    Raises:
        SettingsError: no such directory, or the current one is not ours.
    """
    named = str(home or "") or env.get("FIVEGWATCH_HOME", "")
    folder = expanded(Path(named or "."), key="home")
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


def load_settings(env: Mapping[str, str], home: str | Path | None = None) -> Settings:
    """The settings of a working directory.

    Raises:
        SettingsError: the directory or the file is wrong; the message names file, key and remedy.
    """
    folder = find_home(env, home)
    file = folder / FILE_NAME
    try:
        table = read_toml(given_text(file))
    except (UnusableFileError, TomlFault) as exc:
        line = getattr(exc, "line", None)
        place = str(file) if line is None else f"{file}:{line}"
        raise SettingsError(f"{place}: cannot be read: {exc}", key=str(file)) from exc
    table |= {key: env[name] for key, name in _ENVIRONMENT.items() if env.get(name)}
    return _settings(folder, file, table)


def bare_settings(database: Path) -> Settings:
    """Settings for a run that names its own files and needs no working directory."""
    database = usable_database(database, key="--db")
    return Settings(home=database.parent, database=database, watchlist=None)


def usable_database(database: Path, *, key: str) -> Path:
    """The absolute path of the corpus, which need not be there yet.

    Raises:
        SettingsError: something is there that can be no corpus: a folder, a device.
    """
    path = expanded(database, key=key, follow=False)
    try:
        if path.exists():
            check_regular(path)
    except (OSError, ValueError, UnusableFileError) as exc:
        why = getattr(exc, "strerror", None) or exc
        raise SettingsError(f"{key}: {path}: can hold no corpus: {why}", key=key) from exc
    return path


def expanded(path: Path, *, key: str, follow: bool = True) -> Path:
    """``path`` made absolute, ``~`` replaced, links followed or kept.

    Raises:
        SettingsError: it names no user, or leads in a circle.
    """
    try:
        whole = path.expanduser()
        return whole.resolve() if follow else whole.absolute()
    except (OSError, RuntimeError, ValueError) as exc:
        raise SettingsError(f"{key}: {path}: {exc}", key=key) from exc


def parse_address(text: str, *, key: str = "--allow-address") -> Address:
    """``HOST:PORT`` (``[::1]:8080`` for IPv6) as a pair.

    Raises:
        SettingsError: not of that form.
    """
    host, colon, port = text.rpartition(":")
    plain = host.isascii() and host.isprintable() and " " not in host
    number = int(port) if port.isascii() and port.isdecimal() and len(port) <= PORT_DIGITS else 0
    if not colon or not host or not plain or not 0 < number < 65536:
        raise SettingsError(f"{key}: {text!r} is not HOST:PORT, for example 127.0.0.1:8799", key=key)
    return host.strip("[]").lower(), number


_ENVIRONMENT = {"contact": "FIVEGWATCH_CONTACT", "database": "FIVEGWATCH_DATABASE"}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "contact": str,
    "database": str,
    "watchlist": str,
    "allow_addresses": list,
    "workers": int,
    "run_seconds": (int, float),
    "keep_batches_days": int,
    "keep_pages_days": int,
    "enabled": bool,
    "limits": dict,
    "services": dict,
}


def _settings(folder: Path, file: Path, table: dict[str, Any]) -> Settings:
    for key, value in table.items():
        _check(file, key, value)
    watchlist = folder / table.get("watchlist", "watchlist")
    if "watchlist" in table and not watchlist.is_dir():
        raise SettingsError(f"{file}: watchlist: {watchlist} is not a folder", key="watchlist")
    return Settings(
        home=folder,
        database=usable_database(
            folder / _at_home(table.get("database", "corpus.duckdb"), file), key=f"{file}: database"
        ),
        watchlist=watchlist if watchlist.is_dir() else None,
        contact=table.get("contact", "").strip(),
        allow=frozenset(
            parse_address(item, key=f"{file}: allow_addresses") for item in table.get("allow_addresses", [])
        ),
        workers=table.get("workers", 2),
        run_s=float(table.get("run_seconds", 780)),
        keep_batches_days=table.get("keep_batches_days", 30),
        keep_pages_days=table.get("keep_pages_days", 365),
        enabled=table.get("enabled", True),
        limits=_limits(file, table.get("limits", {})),
        services=_services(file, table.get("services", {})),
    )


def _check(file: Path, key: str, value: Any) -> None:
    if key not in _TYPES:
        raise SettingsError(f"{file}: unknown key {key!r}. Known: {', '.join(sorted(_TYPES))}", key=key)
    wrong = not isinstance(value, _TYPES[key]) or (isinstance(value, bool) and _TYPES[key] is not bool)
    if wrong:
        raise SettingsError(f"{file}: {key}: {_shown(value)} has the wrong type", key=key)
    if key in NUMBERS and (why := out_of_bounds(value, NUMBERS[key])):
        raise SettingsError(f"{file}: {key}: {why}", key=key)
    if key in ("database", "watchlist") and any(ord(char) < 32 for char in value):
        raise SettingsError(f"{file}: {key}: {_shown(value)} can be no path", key=key)
    if key == "contact" and not (value.isprintable() and len(value) <= CONTACT_CHARS):
        why = f"must be one printable line of at most {CONTACT_CHARS} characters (it is sent in a header)"
        raise SettingsError(f"{file}: contact: {why}", key=key)
    if key == "allow_addresses" and not all(isinstance(item, str) for item in value):
        raise SettingsError(
            f"{file}: allow_addresses: a list of texts, for example ['127.0.0.1:8799']", key=key
        )


def _services(file: Path, table: dict[str, Any]) -> Services:
    known = set(Services.__dataclass_fields__)
    for key, value in table.items():
        if key not in known:
            raise SettingsError(
                f"{file}: services: unknown key {key!r}. Known: {', '.join(sorted(known))}", key=key
            )
        if not isinstance(value, str) or not value.startswith(("http://", "https://")):
            raise SettingsError(f"{file}: services.{key}: {_shown(value)} is no http(s) address", key=key)
    return Services(**table)


def _limits(file: Path, table: dict[str, Any]) -> Limits:
    known = set(Limits.__dataclass_fields__)
    for key, value in table.items():
        if key not in known:
            raise SettingsError(
                f"{file}: limits: unknown key {key!r}. Known: {', '.join(sorted(known))}", key=key
            )
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise SettingsError(f"{file}: limits.{key}: {_shown(value)} is not a number", key=key)
        if isinstance(getattr(LIMITS, key), int) and not isinstance(value, int):
            raise SettingsError(f"{file}: limits.{key}: {value!r} is not a whole number", key=key)
        if why := out_of_bounds(value, limit_bounds(key)):
            raise SettingsError(f"{file}: limits.{key}: {why}", key=key)
    return replace(LIMITS, **table)


def _at_home(name: str, file: Path) -> Path:
    """``name``, where it begins with ``~`` the path it means."""
    return expanded(Path(name), key=f"{file}: database", follow=False) if name.startswith("~") else Path(name)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}..."
