"""Judges stored texts and archived pages again after a change of rules, without the network.

load what waits -> freeze the published version -> judge ranges of its rows in children -> spool -> load -> publish

Like ``flows.runs.ingest`` it does not need Prefect. The next run continues a killed one: it loads what reached the
spool, and skips verdicts that have the fingerprint of the present rules.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.flows.printing.lines import counted
from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.flows.runs.batching import Step, plain_step
from fivegwatch.flows.runs.checked_rules import check_parts
from fivegwatch.flows.runs.clock import Clock, utc_now
from fivegwatch.flows.runs.rejudging import (
    KEPT,
    NEAR,
    REJECTED,
    Change,
    Job,
    Outcome,
    rejudge,
    start_rejudging,
)
from fivegwatch.flows.runs.run_log import LoggedReporter, run_log
from fivegwatch.flows.runs.tools import new_run_id, put_account
from fivegwatch.flows.runs.trusted_clock import trusted_clock
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.flows.workers.bounded_pool import Pool
from fivegwatch.flows.workers.compiled_rules import compiled_rules
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.rulebooks import keep_rules
from fivegwatch.storage.lake.publish import update_lake
from fivegwatch.storage.load.loader import run_loader
from fivegwatch.storage.read.texts import Selection, Stock, frozen_version, stock
from fivegwatch.storage.spool.records import Run

TEXTS_A_JOB = 1_000
PAGE_WEIGHT = 40
"""Reading one archived page takes the time of judging this many texts (`benchmarks.refilter`)."""
JOBS_A_LOAD = 20
TEXT_S = 0.05
"""Seconds that a job may take for each of its texts, on a busy machine; a job that takes longer is halved."""
JOB_S = 30.0

Rows = Sequence[tuple[int, bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refilter:
    """What to judge again."""

    dry_run: bool = False
    """Write nothing, only find out what would change."""
    since: datetime | None = None
    """Only pages captured from this time on."""
    everything: bool = False
    """Judge again also what was judged by these very rules, as after an upgrade of the program; only verdicts that
    differ are written.
    """


@dataclass(slots=True, kw_only=True)
class Refiltering:
    """The result of one refilter run: counts, and the verdicts that changed."""

    dry_run: bool
    fingerprint: str
    rules_before: tuple[str, ...] = ()
    """Fingerprints of the rules by which the earlier verdicts were made."""
    outcome: Outcome = field(default_factory=Outcome)

    def counts(self) -> dict[str, int]:
        """The counts by name; texts and pages together are as many as kept, near misses and rejected together."""
        done, moved = self.outcome, Counter(change.movement for change in self.outcome.changes)
        after = Counter[str]()
        for (_, verdict), number in done.verdicts.items():
            after[verdict] += number
        return {
            "texts": done.texts,
            "pages": done.pages,
            "kept": after[KEPT],
            "near_misses": after[NEAR],
            "rejected": after[REJECTED],
            **{name: moved[name] for name in ("enters", "leaves", "nears", "recedes")},
            "written": done.written,
            "cannot": sum(done.lost.values()),
        }

    def sentence(self) -> str:
        """All counts in one line."""
        counts = self.counts()
        if not counts["texts"] + counts["pages"]:
            text = "Nothing to judge again: every verdict is by these rules"
        else:
            moved = [counted(counts[name], *verbs) for name, verbs in _VERBS.items() if counts[name]]
            what = ", ".join(moved) or "no verdict changes"
            texts = counted(counts["texts"], "text", "texts")
            pages = counted(counts["pages"], "page", "pages")
            text = f"{texts} and {pages} judged again: {what}"
        if counts["cannot"]:
            why = ", ".join(f"{_WHY.get(kind, kind)}: {n}" for kind, n in sorted(self.outcome.lost.items()))
            text += f"; {counts['cannot']} cannot be re-judged ({why})"
        return f"{text}.{' Nothing was written (dry run).' if self.dry_run else ''}"

    def as_dict(self) -> dict[str, Any]:
        """The counts and every change, as values for JSON."""
        return {
            "summary": self.sentence(),
            "dry_run": self.dry_run,
            "rules": self.fingerprint,
            "rules_before": list(self.rules_before),
            **self.counts(),
            "cannot_by_reason": dict(sorted(self.outcome.lost.items())),
            "changes": [
                {"movement": c.movement, **dataclasses.asdict(c)}
                for c in sorted_changes(self.outcome.changes)
            ],
        }


_VERBS = {
    "enters": ("enters", "enter"),
    "leaves": ("leaves", "leave"),
    "nears": ("becomes a near miss", "become near misses"),
    "recedes": ("is no longer a near miss", "are no longer near misses"),
}
"""For each movement: the verb for one page, and for several."""
_WHY = {"not_kept": "neither text nor page was kept", "not_archived": "the archived page is gone"}
_ORDER = ("enters", "leaves", "nears", "recedes")


def sorted_changes(changes: Sequence[Change]) -> list[Change]:
    """The changes by movement (enters first), then by how much the score changed."""
    return sorted(
        changes, key=lambda c: (_ORDER.index(c.movement), -abs(c.score_after - c.score_before), c.url, c.id)
    )


async def run_refilter(
    settings: Settings,
    report: Reporter,
    request: Refilter,
    *,
    flow: str = "refilter",
    step: Step = plain_step,
) -> Refiltering:
    """Judge stored articles again by the present watchlist; returns the counts and all changes.

    The caller holds the run lock, except for a dry run, which reads the published corpus and writes nothing.

    Raises:
        WatchlistError, ClockError, StorageError: the run could not do its job. What was done until then is kept.
    """
    if request.dry_run:
        return await _refilter(settings, report, request, flow, step, "")
    run_id = new_run_id(utc_now())
    with run_log(Layout.for_database(settings.database), flow, run_id):
        return await _refilter(settings, LoggedReporter(report), request, flow, step, run_id)


async def _refilter(
    settings: Settings, report: Reporter, request: Refilter, flow: str, step: Step, run_id: str
) -> Refiltering:
    files = read_watchlist(settings.watchlist, settings.keep)
    rules = compiled_rules(files)
    layout = Layout.for_database(settings.database)
    chosen = Selection(other_than="" if request.everything else rules.fingerprint, since=request.since)
    account = Refiltering(dry_run=request.dry_run, fingerprint=rules.fingerprint)
    clock: Clock | None = None
    if not request.dry_run and layout.root.exists():
        check_parts(layout, settings.watchlist, files)
        # Also what an interrupted run left in the spool.
        await step("load: what waited", lambda: asyncio.to_thread(run_loader, settings.database))
        clock = await trusted_clock(settings, layout, files, report, offline=True)
    with frozen_version(layout) as version:
        todo = stock(version, chosen)
        account.rules_before = todo.fingerprints
        job = Job(database=settings.database, version=version, rows=(0, 0), chosen=chosen)
        if clock and todo.rows:
            keep_rules(layout, rules.fingerprint, files)
            started_at = clock.now()
            began = Run(run_id=run_id, flow=flow, started_at=started_at)
            job = dataclasses.replace(job, run=began, only_changed=request.everything)
        report.stage("texts", len(todo.rows))
        with Pool(settings.workers, initializer=start_rejudging, initargs=(files,)) as pool:
            account.outcome.add(await judge_all(settings, pool, job, todo, report, step))
    if clock and job.run and account.outcome.written:
        put_account(layout, job.run, account, clock.now())
        await step("load: verdicts", lambda: asyncio.to_thread(run_loader, settings.database))
        await asyncio.to_thread(update_lake, settings.database, settings.lake, settings.loader)
    return account


async def judge_all(
    settings: Settings, pool: Pool, job: Job, todo: Stock, report: Reporter, step: Step = plain_step
) -> Outcome:
    """The outcome of judging ``todo`` in jobs. Each job is a range of rows; a few are worked on at a time, and the
    verdicts are loaded after every `JOBS_A_LOAD` jobs.
    """
    whole = Outcome()
    if todo.lost:
        whole.lost["not_kept"] = todo.lost
    stretches = list(_stretches(todo.rows))
    slots = asyncio.Semaphore(settings.workers)

    async def one(number: int, rows: Rows) -> None:
        async with slots:
            name = f"rejudge: {number} ({len(rows)})"
            whole.add(await step(name, lambda: _judge_rows(settings, pool, job, rows)))
            report.advance(len(rows))

    for first in range(0, len(stretches), JOBS_A_LOAD):
        async with asyncio.TaskGroup() as group:
            for number, rows in enumerate(stretches[first : first + JOBS_A_LOAD], first + 1):
                group.create_task(one(number, rows))
        if job.run and first + JOBS_A_LOAD < len(stretches):
            await step(
                "load: verdicts", lambda: asyncio.to_thread(run_loader, settings.database, publish=False)
            )
    return whole


async def _judge_rows(settings: Settings, pool: Pool, job: Job, rows: Rows) -> Outcome:
    """The outcome of one job. If its child hangs or dies, each half of the rows is tried, down to the single article at
    fault.
    """
    limits = settings.limits
    pages = sum(not kept for _, kept in rows)
    job = dataclasses.replace(job, rows=(rows[0][0], rows[-1][0]))
    try:
        return await pool.run(
            rejudge, job,
            timeout_s=JOB_S + TEXT_S * len(rows) + limits.page_extract_s * pages,
            url=f"{len(rows)} stored articles", memory=limits.page_extract_memory,
        )  # fmt: skip
    except ExtractionError as error:
        if len(rows) == 1:
            return Outcome(lost=Counter({error.kind: 1}))
    outcome = Outcome()
    for half in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
        outcome.add(await _judge_rows(settings, pool, job, half))
    return outcome


def _stretches(rows: Rows) -> Iterator[Rows]:
    begin = weight = 0
    for end, (_, kept) in enumerate(rows):
        weight += 1 if kept else PAGE_WEIGHT
        if weight >= TEXTS_A_JOB:
            yield rows[begin : end + 1]
            begin, weight = end + 1, 0
    if begin < len(rows):
        yield rows[begin:]


def judged_by(settings: Settings, folder: Path | None) -> Settings:
    """``settings`` with ``folder`` as the watchlist; unchanged if ``folder`` is None."""
    return dataclasses.replace(settings, watchlist=folder) if folder else settings
