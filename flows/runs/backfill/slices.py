"""Reads one slice of a WARC file in a worker: from a given record on, with all results delivered together.

records -> pages -> gates -> article -> decision -> batch and archive part -> delivered with the unit's new cursor

A slice ends after a fixed amount of reading, never after a time. All its records have the time of the run, and its
archive part is named after the offset in the file. A slice may be read twice, if its worker was killed or a scheduler
lost contact with it. Both readings deliver the same records, and the corpus merges them into one.
"""

from __future__ import annotations

import gc
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from fivegwatch.extractors.announce import entry_at
from fivegwatch.extractors.errors import ExtractionError, FetchError, StorageError, unexpected
from fivegwatch.extractors.facts.facts_of_story import judge_story
from fivegwatch.extractors.gates.gates import Gates
from fivegwatch.extractors.gates.story_gate import extract_unless_far
from fivegwatch.extractors.model import Article, Failure, Origin, Page, Unit
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.flows.runs.verdicts import record_verdict
from fivegwatch.flows.workers.compiled_rules import gates_of
from fivegwatch.sources.warc.local_files import open_archive
from fivegwatch.sources.warc.pages import WarcItem, WarcPage, WarcSkip, read_pages
from fivegwatch.sources.warc.records import START, Cursor, Damage
from fivegwatch.storage.disk.page_store import ArchivePart
from fivegwatch.storage.spool.batches import Batch
from fivegwatch.storage.spool.deliveries import deliver
from fivegwatch.storage.spool.records import Attempt, Failed, Progress, Provenance, Sighting

SLICE_BYTES = 16 * 1024 * 1024
SLICE_JUDGED = 32
"""A slice ends after SLICE_BYTES of the file, or after SLICE_JUDGED pages that passed the gates: a few seconds of work.
A kill loses no more than that, and the progress bar moves as often.
"""
SLICE_S = 180.0
"""Bound on the processor seconds of a slice, which usually takes a few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceJob:
    """One slice to read: where it begins, and for which unit and run."""

    unit: Unit
    path: str
    """The file to read: a path, or an address with ``://`` that fsspec opens."""
    name: str
    """The name of the file as sightings show it."""
    target: str
    """Where to deliver: the published database, or the address of a shared spool."""
    run_id: str
    at: datetime
    start: Cursor = START
    position: int = 0
    """Number of bytes of the file that are read before ``start``; inside a member it is more than the offset of
    ``start``.
    """
    number: int = 1
    """Number of this slice within its unit and run, from 1."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Counts of the unit up to ``start``."""
    max_items: int = 0
    """Most records to read; 0 for no limit."""
    refuse_first: tuple[str, str] | None = None
    """If the first page is known to kill its reader: (kind, message) of the failure with which it is recorded instead
    of read.
    """

    def after(self, result: SliceResult) -> SliceJob:
        """The job for the next slice of the same unit."""
        return replace(
            self, start=result.cursor, position=result.position, number=self.number + 1, counts=result.counts,
            refuse_first=None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceResult:
    """How far a slice was read, with the counts."""

    cursor: Cursor
    """Where the next slice begins."""
    position: int
    """Number of bytes of the file that are read before ``cursor``; it never decreases."""
    done: bool
    """Whether the file is read to its end."""
    counts: dict[str, int]
    """Counts of the whole unit up to ``cursor``."""


@dataclass(slots=True)
class _Worker:
    """What one worker process keeps between its slices; set once when it starts."""

    rules: Rules | None = None
    gates: Gates | None = None
    key: str = ""


_worker = _Worker()


def start_scanning(files: Mapping[str, str]) -> None:
    """Compile the watchlist and the gates once in this process."""
    key = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()
    if _worker.key == key:
        return
    _worker.gates = gates_of(files)
    _worker.rules = _worker.gates.rules
    _worker.key = key
    # The rules stay until the process ends: a full garbage collection would visit all of them, for a quarter of a
    # second.
    gc.collect()
    gc.freeze()


def scan_slice(job: SliceJob) -> SliceResult:
    """Read one slice, judge the pages that pass the gates, and deliver the verdicts together with the unit's progress.

    Raises: StorageError if the file cannot be read, or nothing can be delivered.
    """
    if _worker.rules is None or _worker.gates is None:
        raise RuntimeError("start_scanning was not called in this process")
    scan = _Slice(job, _worker.rules, _worker.gates)
    with open_archive(job.path) as handle:
        for item in read_pages(handle, name=job.name, start=job.start, now=job.at):
            scan.record(item)
            scan.move_behind(item)
            if scan.is_full():
                break
        else:
            scan.done = True
    return scan.deliver()


class _Slice:
    """A slice that is being read: its batch, its archive part, its counts and its cursor."""

    def __init__(self, job: SliceJob, rules: Rules, gates: Gates) -> None:
        self._job, self._rules, self._gates = job, rules, gates
        self._batch = Batch()
        self._part = ArchivePart(
            moment=job.at, number=job.unit.id, position=job.start.offset, inner=job.start.inner
        )
        self._counts = Counter(job.counts)
        self._cursor, self._position = job.start, job.position
        self._judged, self._items = 0, 0
        self._refuse = job.refuse_first
        self.done = False

    def record(self, item: WarcItem) -> None:
        """Count ``item``, and record how a page ended, or that a stretch of the file is damaged."""
        if isinstance(item, Damage):
            self._counts["broken"] += 1
            self._fail(f"{self._job.name}@{item.at}", item.reason, item.message, item)
        elif isinstance(item, WarcSkip):
            self._counts[f"no_page.{item.reason}"] += 1
        else:
            self._counts["pages"] += 1
            self._counts[self._read(item)] += 1

    def move_behind(self, item: WarcItem) -> None:
        """Move the cursor behind a record."""
        self._cursor, self._position = item.after, max(self._position, item.read_to)
        self._items += 1

    def is_full(self) -> bool:
        """Whether the fixed amount has been read, so that the slice ends here."""
        job = self._job
        if job.max_items and self._items >= job.max_items:
            return True
        return self._position - job.position >= SLICE_BYTES or self._judged >= SLICE_JUDGED

    def deliver(self) -> SliceResult:
        """Deliver the batch and the archive part; returns how far the slice was read."""
        job, counts = self._job, dict(self._counts)
        progress = Progress.of(job.run_id, job.unit, state="done" if self.done else "running", at=job.at)
        self._batch.add(
            replace(
                progress,
                cursor="" if self.done else str(self._cursor),
                position=self._position,
                step=2 * job.number + int(self.done),
                counts=counts,
            )
        )
        deliver(job.target, self._batch, self._part)
        return SliceResult(cursor=self._cursor, position=self._position, done=self.done, counts=counts)

    def _read(self, item: WarcPage) -> str:
        """Read a page; returns how it ended: ``refused``, ``unreadable``, ``stopped.GATE`` or a verdict.

        A page that cannot be read is recorded and does not stop the others.
        """
        if self._refuse is not None:
            kind, message = self._refuse
            self._refuse = None
            self._fail(item.page.final_url, kind, message, item)
            return "refused"
        if not item.is_dated:
            self._counts["bad_date"] += 1
        url, before = item.page.final_url, len(self._batch)
        try:
            parsed = ParsedPage(item.page)
            gate = self._gates.stopped_by(item.page, parsed=parsed)
            article = None if gate else extract_unless_far(parsed, self._rules)
            return f"stopped.{gate or 'story'}" if article is None else self._judge(article, item.page)
        except (ExtractionError, FetchError) as error:
            kind, message = error.kind, str(error)
        except (MemoryError, StorageError):
            raise
        except Exception as error:  # a bug of ours, which must not cost all other pages
            kind, message = "unexpected", f"{url}: {unexpected(error)}"
        del self._batch.rows[before:]
        self._fail(url, kind, message, item)
        return "unreadable"

    def _judge(self, article: Article, page: Page) -> str:
        """Judge the article of a page that passed the gates, and record the result; returns the verdict."""
        job, batch = self._job, self._batch
        self._judged += 1
        decision = judge_story(article, self._rules)
        entry = replace(entry_at(page.final_url, page.origin, title=article.title), language=article.language)
        # Sighted when it was captured: that is when it is known to have existed.
        batch.add(Sighting.of(job.run_id, entry, seen_at=page.captured_at))
        provenance = Provenance.of(page, entry, self._part.append(page))
        record_verdict(batch, job.run_id, (article, decision), provenance, job.at)
        batch.add(
            Attempt(
                run_id=job.run_id,
                entry_id=entry.id,
                attempted_at=job.at,
                state="done",
                attempts=1,
                article_id=article.id,
                status=page.status,
                kind="judged",
            )
        )
        return decision.verdict

    def _fail(self, url: str, kind: str, message: str, item: WarcItem) -> None:
        stage = "parse" if isinstance(item, Damage) else "extract"
        origin = Origin(kind="warc", locator=f"{self._job.name}@{item.at}")
        failure = Failure(
            url=url, stage=stage, kind=kind, message=message, transient=False, failed_at=self._job.at, origin=origin
        )  # fmt: skip
        self._batch.add(Failed.of(self._job.run_id, failure))
