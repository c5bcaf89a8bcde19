"""Measures the completeness of a corpus against an independent index of the press.

index -> candidates -> the status of each in the corpus -> a sample of the unread ones judged -> counts -> record
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from fivegwatch.flows.printing.lines import counted
from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.flows.runs.backfill.sources import UrlLists
from fivegwatch.flows.runs.clock import utc_now
from fivegwatch.flows.runs.coverage.candidates import Asked, Index, candidates_of, judged_aside
from fivegwatch.flows.runs.coverage.figures import MISSED, Counts
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.flows.workers.compiled_rules import compiled_rules
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.storage.read.completeness import Candidate, Standing, recorded, standings
from fivegwatch.storage.spool.measurements import Completeness, MissedStory, measure_id

STORED = 10_000
"""Most missed addresses that are recorded; those known to be stories come first."""
STALE_S = 172_800
"""A temporary folder older than this many seconds was left by a killed measurement."""
PREFIX = "coverage-"
BEST = ("held", "rejected", "not_fetched", "not_announced", "not_watched")
"""The statuses of candidates in order, from kept to never watched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A candidate that the corpus does not have."""

    candidate: Candidate
    standing: Standing
    is_story: bool | None
    """Whether it is a story by our rules; None if its page was not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The result of comparing the corpus with the index."""

    asked: Asked
    index: Index
    counts: Counts
    missed: tuple[Missed, ...]
    """First certain stories, then candidates whose page was not read, then those judged to be no story."""


async def measure(
    settings: Settings, asked: Asked, report: Reporter, *, aside: Path | None = None
) -> Measured:
    """Compare the published corpus with the index; nothing is written to the corpus.

    Pages are fetched and judged as in any run, but into a separate folder inside ``aside`` (default: the system's
    folder for temporary files), which is removed at the end.

    Raises: WatchlistError, SettingsError, StorageError; FetchError if the index could not be read.
    """
    rules = compiled_rules(read_watchlist(settings.watchlist, settings.keep))
    with _folder(aside) as folder:
        index = await candidates_of(settings, asked, rules, folder / "index", report)
        index, status = by_story(index, standings(settings.database, index.candidates))
        unread = [one for one, of in zip(index.candidates, status, strict=True) if of.status in MISSED]
        if index.certain:
            verdicts: dict[str, bool | None] = {one.id: True for one in unread}
        else:
            verdicts = await _sampled(settings, sample_of(unread, asked.sample), folder / "sample", report)
    by_status = Counter(of.status for of in status)
    counts = Counts(
        **by_status,
        sampled=len(verdicts),
        sampled_kept=sum(kept is True for kept in verdicts.values()),
        sampled_unread=sum(kept is None for kept in verdicts.values()),
        whole=index.read >= index.files,
    )
    missed = [
        Missed(
            candidate=one, standing=of, is_story=False if of.status == "rejected" else verdicts.get(one.id)
        )
        for one, of in zip(index.candidates, status, strict=True)
        if of.status != "held"
    ]
    missed.sort(
        key=lambda one: ((True, None, False).index(one.is_story), one.candidate.site, one.candidate.id)
    )
    return Measured(asked=asked, index=index, counts=counts, missed=tuple(missed))


def by_story(index: Index, status: Sequence[Standing]) -> tuple[Index, list[Standing]]:
    """``index`` with only one candidate for each story, and the standing of each of these candidates in the corpus.

    A story that several candidates report is represented by the candidate whose standing is best.
    """
    best: dict[str, tuple[Candidate, Standing]] = {}
    for one, of in zip(index.candidates, status, strict=True):
        if one.story not in best or BEST.index(of.status) < BEST.index(best[one.story][1].status):
            best[one.story] = (one, of)
    return replace(index, candidates=tuple(one for one, _ in best.values())), [of for _, of in best.values()]


def sample_of(unread: Sequence[Candidate], number: int) -> list[Candidate]:
    """``number`` of the candidates, chosen at random; the same at each call, so that measurements can be compared."""
    return sorted(unread, key=lambda one: hashlib.sha256(f"sample {one.id}".encode()).digest())[:number]


async def _sampled(
    settings: Settings, sample: Sequence[Candidate], folder: Path, report: Reporter
) -> dict[str, bool | None]:
    """For each page of the sample: whether it is a story by our rules; None if it could not be read."""
    if not sample:
        return {}
    addresses = folder / "addresses.txt"
    await asyncio.to_thread(addresses.write_text, "".join(f"{one.url}\n" for one in sample), encoding="utf-8")
    report.note(f"judges a sample of {len(sample):,} pages that the corpus never read")
    database = await judged_aside(settings, UrlLists(files=(str(addresses),)), folder, report)
    verdict = {"held": True, "rejected": False}
    judged = standings(database, sample)
    return {one.id: verdict.get(of.status) for one, of in zip(sample, judged, strict=True)}


@contextmanager
def _folder(aside: Path | None) -> Iterator[Path]:
    """Yield a new folder, which is removed at the end of the block; folders left by killed measurements are removed
    too.
    """
    for old in aside.glob(f"{PREFIX}*") if aside else ():
        if old.stat().st_mtime < time.time() - STALE_S:
            shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=aside, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for part in ("index", "sample"):
            (folder / part).mkdir()
        yield folder


def better_before(measured: Measured, database: Path) -> str:
    """Why the recorded measurement of the same days is better than this one, with the remedy; empty if it is not
    better.

    It is better if its bounds are closer, and it read more files or judged a larger sample. A new measurement of the
    same size is always accepted, even with wider bounds: the corpus may have changed.
    """
    asked, counts = measured.asked, measured.counts
    before = recorded(database, measure_id(asked.source, asked.since, asked.until))
    if before is None:
        return ""
    _, low, high = counts.share()
    smaller = counts.sampled < min(before["sampled"], counts.missed) and not measured.index.certain
    if high - low <= before["high"] - before["low"] or not (
        smaller or measured.index.read < before["files_read"]
    ):
        return ""
    rests = f"{counted(before['files_read'], 'file', 'files')} and a sample of {before['sampled']:,}"
    return (
        f"the measurement of {before['measured_at']:%Y-%m-%d} rests on {rests} and bounds the share by"
        f" {before['low']:.0%} and {before['high']:.0%}, this one by {low:.0%} and {high:.0%}. Read as much, or record"
        " this one with --replace."
    )


def records_of(measured: Measured) -> list[Completeness | MissedStory]:
    """The records of ``measured``, for the spool."""
    asked, counts = measured.asked, measured.counts
    share, low, high = counts.share()
    figures = {name: value for name, value in asdict(counts).items() if name != "whole"}
    key, now = measure_id(asked.source, asked.since, asked.until), utc_now()
    whole = Completeness(
        measure_id=key, source=asked.source, since=str(asked.since), until=str(asked.until),
        files_read=measured.index.read, files=measured.index.files, candidates=counts.candidates, **figures,
        share=share, low=low, high=high, measured_at=now,
    )  # fmt: skip
    missed = [
        MissedStory(
            measure_id=key, entry_id=one.candidate.id, url=one.candidate.url, title=one.candidate.title,
            site=one.candidate.site, why=one.standing.status, detail=one.standing.detail, is_story=one.is_story,
            measured_at=now,
        )
        for one in measured.missed[:STORED]
    ]  # fmt: skip
    return [whole, *missed]
