"""What runs in the workers of a WARC backfill: one slice of one file, from a record on, into one delivery.

A slice is cut by what was read and never by time, all its records carry the time of the run, and its archive part is
named after the place in the file. So a slice that is done twice (a killed worker, a scheduler that lost sight of
one) says the same thing twice, which the corpus takes for once.
"""

from __future__ import annotations

import gc
import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.errors import ExtractionError, FetchError, StorageError, unexpected
from fivegwatch.extractors.gates.gates import Gates
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Entry, Failure, Origin, Unit
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.watchlist.compile import Rules, compile_rules
from fivegwatch.extractors.web.urls import canonical_url, url_id
from fivegwatch.flows.runs.verdicts import record_verdict
from fivegwatch.sources.warc.pages import WarcItem, WarcPage, WarcSkip, read_pages
from fivegwatch.sources.warc.records import START, Cursor, Damage
from fivegwatch.storage.disk.page_store import ArchivePart
from fivegwatch.storage.spool.batches import Batch
from fivegwatch.storage.spool.deliveries import deliver
from fivegwatch.storage.spool.records import Attempt, Failed, Progress, Provenance, Sighting

SLICE_BYTES = 16 * 1024 * 1024
SLICE_JUDGED = 32
"""A slice ends after so many bytes of the file, or so many pages that passed the gates: seconds of work, which is what
a kill costs and how often the bar moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceJob:
    """Where a slice begins, and in whose name it is read."""

    unit: Unit
    place: str
    """The file: a path, or an address with ``://`` that fsspec opens."""
    name: str
    """What sightings call the file."""
    target: str
    """Where to deliver: the database users open, or the address of a shared spool."""
    run_id: str
    at: datetime
    start: Cursor = START
    position: int = 0
    """Bytes of the file read up to ``start``; more than its offset inside of a member."""
    number: int = 1
    """Which slice of its unit this is in this run."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Of the unit, up to ``start``."""
    max_items: int = 0
    """Stop after so many records; 0 for no such bound."""
    refuse_first: tuple[str, str] | None = None
    """(kind, message): the first page is known to kill its reader; it is put on record unread."""
    use_gates: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceResult:
    """How far a slice came. ``counts`` are of the whole unit up to here."""

    cursor: Cursor
    """Where the next slice begins."""
    position: int
    """Bytes of the file read up to there; never goes backwards."""
    done: bool
    counts: dict[str, int]
    cpu_s: float


@dataclass(slots=True)
class _Worker:
    """State of one worker process, set once when it starts."""

    rules: Rules | None = None
    gates: Gates | None = None
    key: str = ""


_worker = _Worker()


def start_scanning(files: Mapping[str, str]) -> None:
    """Compile the watchlist and the gates once in this process."""
    key = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()
    if _worker.key == key:
        return
    _worker.rules = compile_rules(files)
    _worker.gates = Gates(_worker.rules)
    _worker.key = key
    # The rules are here to stay: a full collection of garbage would look at all of them, for a quarter of a second.
    gc.collect()
    gc.freeze()


def scan_slice(job: SliceJob) -> SliceResult:
    """Read one slice, judge what passes the gates, deliver the verdicts together with the unit's progress.

    Raises:
        StorageError: the file cannot be opened, or nothing can be delivered.
    """
    if _worker.rules is None or _worker.gates is None:
        raise RuntimeError("start_scanning was not called in this process")
    started = time.process_time()
    scan = _Scan(job, _worker.rules, _worker.gates)
    with _opened(job.place) as handle:
        scan.read(handle)
    return scan.finish(time.process_time() - started)


class _Scan:
    """One slice being read."""

    def __init__(self, job: SliceJob, rules: Rules, gates: Gates) -> None:
        self._job, self._rules, self._gates = job, rules, gates
        self._batch = Batch()
        self._part = ArchivePart(
            moment=job.at, number=job.unit.id, position=job.start.offset, inner=job.start.inner
        )
        self._counts = Counter(job.counts)
        self._cursor, self._position, self._done = job.start, job.position, True
        self._passed, self._items = 0, 0
        self._refuse = job.refuse_first

    def read(self, handle: BinaryIO) -> None:
        """Go through the records until the slice is full or the file ends."""
        job = self._job
        for item in read_pages(handle, name=job.name, start=job.start, now=job.at):
            self._take(item)
            self._cursor, self._position = item.after, max(self._position, item.read_to)
            self._items += 1
            full = self._position - job.position >= SLICE_BYTES or self._passed >= SLICE_JUDGED
            if full or (job.max_items and self._items >= job.max_items):
                self._done = False
                return

    def finish(self, cpu_s: float) -> SliceResult:
        """Deliver what was found."""
        job, counts = self._job, dict(self._counts)
        self._batch.add(
            replace(
                Progress.of(job.run_id, job.unit, state="done" if self._done else "running", at=job.at),
                cursor="" if self._done else str(self._cursor),
                position=self._position,
                step=2 * job.number + int(self._done),
                counts=counts,
            )
        )
        deliver(job.target, self._batch, self._part)
        return SliceResult(
            cursor=self._cursor, position=self._position, done=self._done, counts=counts, cpu_s=cpu_s
        )

    def _take(self, item: WarcItem) -> None:
        counts = self._counts
        if isinstance(item, Damage):
            counts["broken"] += 1
            self._fail(f"{self._job.name}@{item.at}", item.reason, item.message, "parse", item.at)
        elif isinstance(item, WarcSkip):
            counts[f"no_page.{item.reason}"] += 1
        elif self._refuse is not None:
            counts["pages"] += 1
            counts["refused"] += 1
            kind, message = self._refuse
            self._refuse = None
            self._fail(item.page.final_url, kind, message, "extract", item.at)
        else:
            counts["pages"] += 1
            if not item.is_dated:
                counts["bad_date"] += 1
            self._try(item)

    def _try(self, item: WarcPage) -> None:
        """What a page trips over costs that page alone, and is on record."""
        url, before = item.page.final_url, len(self._batch)
        try:
            self._sift(item)
        except (ExtractionError, FetchError) as error:
            kind, message = error.kind, str(error)
        except (MemoryError, StorageError):
            raise
        except Exception as error:  # a bug of ours, which must not cost all other pages
            kind, message = "unexpected", f"{url}: {unexpected(error)}"
        else:
            return
        del self._batch.rows[before:]
        self._counts["unreadable"] += 1
        self._fail(url, kind, message, "extract", item.at)

    def _sift(self, item: WarcPage) -> None:
        counts = self._counts
        parsed = ParsedPage(item.page)
        gate = self._gates.stopped_by(item.page, parsed=parsed) if self._job.use_gates else ""
        if gate:
            counts[f"stopped.{gate}"] += 1
            return
        self._passed += 1
        self._judge(parsed)

    def _judge(self, parsed: ParsedPage) -> None:
        job, batch, page = self._job, self._batch, parsed.fetched
        article = extract_article(page, parsed=parsed)
        decision = judge(article, self._rules)
        canonical = canonical_url(page.final_url)
        entry = Entry(
            id=url_id(canonical), url=page.final_url, canonical_url=canonical, title=article.title,
            language=article.language, origin=page.origin,
        )  # fmt: skip
        # Sighted when it was captured: that is when it is known to have been there.
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
        self._counts[decision.verdict] += 1

    def _fail(self, url: str, kind: str, message: str, stage: str, at: Cursor) -> None:
        origin = Origin(kind="warc", locator=f"{self._job.name}@{at}")
        failure = Failure(
            url=url, stage=stage, kind=kind, message=message, transient=False, failed_at=self._job.at, origin=origin
        )  # fmt: skip
        self._batch.add(Failed.of(self._job.run_id, failure))


@contextmanager
def _opened(place: str) -> Iterator[BinaryIO]:
    if "://" not in place:
        with _of_the_file(place), Path(place).open("rb") as handle:
            yield handle
        return
    try:
        import fsspec

        with _of_the_file(place), fsspec.open(place, "rb") as remote:
            yield remote
    except ImportError as exc:
        raise StorageError(
            f"{place}: the library for this kind of address is missing ({exc}). Install fivegwatch[cluster].",
            path=place,
            kind="missing_library",
        ) from exc


@contextmanager
def _of_the_file(place: str) -> Iterator[None]:
    """Trouble with reading the file is the file's, not the corpus's."""
    try:
        yield
    except OSError as exc:
        message = f"{place}: cannot be read: {exc.strerror or exc}"
        raise StorageError(message, path=place, kind="unreadable_file") from exc
