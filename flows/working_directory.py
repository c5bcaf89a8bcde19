"""A working directory and the files that `init` makes in it."""

from __future__ import annotations

from pathlib import Path

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.extractors.watchlist.subject import SHIPPED_FIRST, SUBJECT_FILE, name_of
from fivegwatch.flows.printing.lines import counted
from fivegwatch.flows.settings.settings import FILE_NAME, Settings, load_settings

TEMPLATE = """# Settings of this fivegwatch directory. Every key may be left out.

# Sent with every request, so that a publisher can write to you before blocking you.
contact = "{contact}"

# The corpus that you query. Its working files are beside it, in corpus.duckdb.d/.
database = "corpus.duckdb"

# Feeds, entities, terms and rules: edit them, then run `fivegwatch watchlist check`.
watchlist = "watchlist"

# Private or loopback addresses that may be contacted, each with its port. Everything else inside a network is refused.
# allow_addresses = ["127.0.0.1:8799"]

# The kill switch: false makes every scheduled run end at once. It survives redeploys, unlike a pause.
enabled = true

# workers = 2              # child processes that parse and judge
# run_seconds = 780        # a run starts no new work after this
# loader_memory_mb = 1024  # memory for merging batches into the corpus
# copy_percent = 5         # of the time, for copies of the corpus where it cannot be published more cheaply
# keep_batches_days = 30   # loaded spool batches, from which the corpus can be rebuilt
# keep_pages_days = 365    # raw pages, from which a change of rules is re-judged
# poll_days = 90           # every poll of a feed; older ones are counted by day

# [judgement]
# keep = "balanced"        # or "wide" (97 % of stories, more that is none), "strict" (97 % right, fewer stories)

# [corpus]
# publish = "lake"         # also into a DuckLake, for readers on other machines

# [limits]                 # bounds on hostile input, for example:
# host_spacing_s = 1.0     # seconds between two requests to one host
"""


def make_directory(folder: Path, contact: str, watchlist: str = "") -> list[str]:
    """Make a working directory; returns lines with the number of files made (and of those that existed), and with the
    paths of corpus and watchlist. Files that the user removed from the watchlist stay removed.

    ``watchlist`` is the name of a shipped watchlist. If it is empty, the directory keeps its own, or gets the first
    shipped one.

    Raises:
        SettingsError: the folder cannot be written to, or has another watchlist.
        WatchlistError: there is no shipped watchlist of this name.
        StorageError: the corpus in the folder cannot be opened.
    """
    from fivegwatch.flows.serving.deployments import deployments_text_for
    from fivegwatch.flows.tuning.update import is_left_out, note_shipped
    from fivegwatch.flows.workers.compiled_rules import compiled_rules
    from fivegwatch.sources.files.watchlist import shipped_watchlist
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.disk.rulebooks import keep_rules
    from fivegwatch.storage.load.loader import run_loader

    watchlist = _watchlist_for(folder / "watchlist", watchlist)
    shipped = shipped_watchlist(watchlist)
    files = {FILE_NAME: TEMPLATE.format(contact=contact), "prefect.yaml": deployments_text_for(folder)}
    files |= {
        f"watchlist/{name}": text
        for name, text in shipped.items()
        if (folder / "watchlist" / name).exists() or not is_left_out(folder / "watchlist", name)
    }
    made = kept = 0
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                kept += 1
                continue
            path.write_text(text, encoding="utf-8")
            made += 1
    except OSError as exc:
        raise SettingsError(
            f"{exc.filename or folder}: cannot be written: {exc.strerror}", key="directory"
        ) from exc
    note_shipped(folder / "watchlist")
    database = load_settings({}, folder).database
    if watchlist != SHIPPED_FIRST:  # so that the corpus knows its topics before the first run
        keep_rules(Layout.for_database(database), compiled_rules(shipped).fingerprint, shipped)
    run_loader(database)
    lines = [
        f"{folder}: {counted(made, 'file', 'files')} made"
        + (f", {kept} found and left as they are" if kept else "")
    ]
    return [*lines, f"corpus: {database}", f"watchlist: {folder / 'watchlist'} (yours to edit)"]


def _watchlist_for(folder: Path, name: str) -> str:
    """The name of the watchlist for ``folder``: that of the watchlist in it, else ``name``, else the first shipped.

    Raises: SettingsError if ``folder`` has another watchlist than ``name``, because their files would be mixed.
    """
    subject = folder / SUBJECT_FILE
    if not (folder / "rules.toml").exists():
        return name or SHIPPED_FIRST
    own = name_of(subject.read_text(encoding="utf-8") if subject.is_file() else None)
    if name not in ("", own):
        raise SettingsError(
            f"{folder} holds the watchlist {own!r}; {name!r} needs a directory of its own", key="--watchlist"
        )
    return own


def own_files(settings: Settings) -> dict[str, Path]:
    """The files of a working directory that a user edits, by relative path, such as ``watchlist/feeds.toml``.

    The watchlist is included even if it is outside the directory.
    """
    files = {name: settings.home / name for name in (FILE_NAME, "prefect.yaml")}
    for path in sorted(settings.watchlist.rglob("*")) if settings.watchlist else ():
        assert settings.watchlist is not None
        files[f"watchlist/{path.relative_to(settings.watchlist).as_posix()}"] = path
    return {name: path for name, path in files.items() if path.is_file()}
