"""Checks of a working directory and its corpus; none of them writes anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fivegwatch.extractors.errors import NewsError, SettingsError
from fivegwatch.extractors.watchlist.compile import KEEP_FILE
from fivegwatch.flows.doctor.findings import FAULT, NOTE, OK, Finding
from fivegwatch.flows.runs.clock import utc_now
from fivegwatch.flows.runs.condition import troubles
from fivegwatch.flows.runs.trusted_clock import clock_problem
from fivegwatch.flows.serving.deployments import FILE_NAME, deployments_text, read_deployments, worker_home
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.flows.tuning.check import find_faults
from fivegwatch.flows.tuning.update import is_current, shipped_version
from fivegwatch.sources.files.given import UnusableFileError, given_text
from fivegwatch.sources.files.watchlist import read_watchlist, shipped_for
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.locks import has_corpus
from fivegwatch.storage.disk.page_store import read_page
from fivegwatch.storage.load.loader import is_loaded
from fivegwatch.storage.read.checks import check_corpus
from fivegwatch.storage.read.health import overview
from fivegwatch.storage.read.store import select

REPAIR = "Run `fivegwatch doctor --repair`."
PAGES_TRIED = 20


def check_directory(settings: Settings) -> Iterator[Finding]:
    """Findings on settings, watchlist, deployments and the other contents of the working directory."""
    yield Finding(
        check="settings",
        level=OK if settings.contact else NOTE,
        detail=f"contact {settings.contact}"
        if settings.contact
        else "no contact: publishers cannot write to you",
        remedy="" if settings.contact else "Set `contact` in fivegwatch.toml.",
    )
    if not settings.enabled:
        yield Finding(
            check="settings", level=NOTE, detail="enabled = false: scheduled runs end at once",
            remedy="Set it to true in fivegwatch.toml to go on.",
        )  # fmt: skip
    yield from _watchlist(settings)
    file = settings.home / FILE_NAME
    try:
        shipped = "" if file.exists() else "there is none; `serve` takes the shipped one"
        rows = read_deployments(given_text(file), str(file)) if file.exists() else ()
        yield Finding(check="deployments", detail=shipped or f"{len(rows)} in {file}")
        yield from _worker(settings, given_text(file) if rows else "")
        known = {row.entrypoint for row in rows}
        lacking = [row.name for row in read_deployments(deployments_text()) if row.entrypoint not in known]
        if rows and lacking:
            yield Finding(
                check="deployments",
                level=NOTE,
                detail=f"{file} has none of this release's: {', '.join(lacking)}",
                remedy="If you want them, copy them from the prefect.yaml that `fivegwatch init` writes elsewhere.",
            )
    except (SettingsError, UnusableFileError) as exc:
        yield Finding(check="deployments", level=FAULT, detail=str(exc))


def _worker(settings: Settings, text: str) -> Iterator[Finding]:
    """Findings on the directory in which a Prefect worker starts runs, and on what these runs would import."""
    file, given = settings.home / FILE_NAME, worker_home(text)
    if given and Path(given) != settings.home:
        yield Finding(
            check="deployments", level=NOTE,
            detail=f"{file} gives the runs of a Prefect worker another directory: {given}",
            remedy=f"Write {settings.home} there, in FIVEGWATCH_HOME and below `pull:`, and deploy again.",
        )  # fmt: skip
    if (settings.home / "fivegwatch").is_dir() or (settings.home / "fivegwatch.py").exists():
        yield Finding(
            check="packages here", level=NOTE,
            detail=f"{settings.home} holds a package `fivegwatch`: `prefect deploy` here imports it instead of ours"
            + ("" if given else ", and so do the runs of a Prefect worker"),
            remedy="Give it another name, or deploy from the watchlist's folder with --prefect-file ../prefect.yaml"
            + ("." if given else ", after moving the prefect.yaml away and running `fivegwatch init` here."),
        )  # fmt: skip


def _watchlist(settings: Settings) -> Iterator[Finding]:
    if settings.watchlist is None:
        yield Finding(
            check="watchlist", level=NOTE, detail="there is none: the shipped one is used",
            remedy="`fivegwatch init` makes one that you can edit.",
        )  # fmt: skip
        return
    try:
        files = read_watchlist(settings.watchlist, settings.keep)
    except NewsError as exc:
        yield Finding(check="watchlist", level=FAULT, detail=str(exc))
        return
    faults, shipped = find_faults(files), shipped_for(files)
    files.pop(KEEP_FILE, None)
    changed = sum(files[name] != text for name, text in shipped.items() if name in files)
    missing = sorted(set(shipped) - set(files))
    others = (
        f", {changed} of them edited" if changed else ", as this release ships them" if shipped else ", yours"
    )
    others += f"; missing: {', '.join(missing)}" if missing else ""
    yield Finding(
        check="watchlist", level=FAULT if faults else OK, detail="; ".join(faults) or f"{len(files)} files{others}"
    )  # fmt: skip
    if shipped and not is_current(settings.watchlist, shipped):
        yield Finding(
            check="watchlist",
            level=NOTE,
            detail=f"made from that of release {shipped_version(settings.watchlist) or '?'}; this one ships another",
            remedy="`fivegwatch watchlist update --dry-run` shows what is new.",
        )


def check_store(settings: Settings) -> Iterator[Finding]:
    """Findings on the corpus: whether store and published copy agree, spool, schema, rows, page archive, clock."""
    layout = Layout.for_database(settings.database)
    if not has_corpus(layout):
        yield Finding(
            check="corpus", level=FAULT, detail=f"there is none at {settings.database}",
            remedy="Correct `database`, restore a backup (`fivegwatch restore`), or make one with `fivegwatch init`.",
        )  # fmt: skip
        return
    good = 0
    for check in check_corpus(layout):
        good += check.ok
        if not check.ok:
            remedy = REPAIR if check.name in ("published link", "spool", "store") else check.remedy
            yield Finding(check=check.name, level=FAULT, detail=check.detail, remedy=remedy)
    yield Finding(check="corpus", detail=f"{good} checks of {settings.database} passed")
    yield from _runs(settings)
    for look in (_loaded, _archive, _clock):
        try:
            yield look(layout)
        except NewsError as exc:
            yield Finding(check="store", level=FAULT, detail=str(exc), remedy=REPAIR)


def _runs(settings: Settings) -> Iterator[Finding]:
    """Findings for the reasons for which `status` exits with 1, without those that other checks report."""
    if not settings.database.exists():
        return
    try:
        reasons = troubles(settings, overview(settings.database), utc_now())
    except NewsError as exc:
        yield Finding(check="runs", level=FAULT, detail=str(exc), remedy=REPAIR)
        return
    reasons = [item for item in reasons if item.kind not in ("switched_off", "clock")]
    for item in reasons:
        yield Finding(check="runs", level=FAULT, detail=item.message)
    if not reasons:
        yield Finding(check="runs", detail="`status` has nothing to complain of")


def _loaded(layout: Layout) -> Finding:
    if not layout.store.exists():
        detail = f"{layout.store} is missing; it can be rebuilt from a published version and later batches"
        return Finding(check="store", level=FAULT, detail=detail, remedy=REPAIR)
    if is_loaded(layout):
        return Finding(check="store", detail="complete: it has every batch that was published or loaded")
    detail = "batches wait, the schema is older, or the store lacks what was published"
    return Finding(check="store", level=NOTE, detail=detail, remedy=f"The next run repairs it; or: {REPAIR}")


def _archive(layout: Layout) -> Finding:
    """A finding on whether the newest archived pages can be read. Older ones may have been removed on purpose."""
    sql = "select raw_ref from base.articles where raw_ref is not null order by captured_at desc limit $1"
    rows, bad = select(layout, sql, [PAGES_TRIED]), []
    for row in rows:
        try:
            read_page(layout, row["raw_ref"])
        except NewsError as exc:
            bad.append(str(exc))
    if not bad:
        return Finding(check="page archive", detail=f"the newest {len(rows)} pages can be read")
    return Finding(
        check="page archive", level=NOTE,
        detail=f"{len(bad)} of the newest {len(rows)} pages cannot be read, for example: {bad[0]}",
        remedy="A change of rules cannot judge them again. Restore `raw` from a backup if you have one.",
    )  # fmt: skip


def _clock(layout: Layout) -> Finding:
    problem = clock_problem(layout)
    return Finding(
        check="clock", level=FAULT if problem else OK, detail=problem or "no record is later than this machine's clock",
        remedy=REPAIR if problem else "",
    )  # fmt: skip
