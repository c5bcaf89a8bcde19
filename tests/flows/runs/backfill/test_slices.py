"""Slices of archives: wherever one ends, the next one goes on there, and what both tell stands side by side."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.gates.gates import Gates
from fivegwatch.extractors.model import Page, Unit
from fivegwatch.flows.runs.backfill.scanning import scan_slices
from fivegwatch.flows.runs.backfill.slices import SliceJob, SliceResult, scan_slice, start_scanning
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.sources.warc.records import Cursor
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.page_store import ArchivePart, read_page
from fivegwatch.storage.load.loader import run_loader
from fivegwatch.storage.read.units import known_units
from tests.flows.press import CAPTURED, make_home, old_pages, write_warc
from tests.packing import zstd_pack
from tests.storage.contents import ask

pytestmark = pytest.mark.slow

AT = datetime(2026, 11, 26, tzinfo=UTC)


def in_blocks(data: bytes, size: int = 3_000) -> bytes:
    """As bgzip packs: a member begins after so many bytes, wherever that is."""
    return b"".join(gzip.compress(data[at : at + size], mtime=0) for at in range(0, len(data), size))


REPACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstd_pack,
    "blocks": in_blocks,
}
"""Ways to pack a whole file, members of which are no records."""


def repacked(path: Path, pack: Callable[[bytes], bytes]) -> Path:
    path.write_bytes(pack(gzip.decompress(path.read_bytes())))
    return path


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """An empty corpus, and gates that stop no page: each page is judged."""
    monkeypatch.setattr(Gates, "stopped_by", lambda *_, **__: "")
    home = make_home(tmp_path / "home")
    start_scanning(read_watchlist(home / "watchlist"))
    layout = Layout.for_database(home / "corpus.duckdb")
    prepare(layout)
    return layout


def job_of(path: Path, layout: Layout) -> SliceJob:
    unit = Unit(source="warc", kind="file", locator=str(path), size=path.stat().st_size)
    target = str(layout.link)
    return SliceJob(unit=unit, path=str(path), name=path.name, target=target, run_id="run", at=AT)


def in_slices(job: SliceJob) -> list[SliceResult]:
    """Read to the end, each slice from where the one before it ended."""
    results: list[SliceResult] = []
    while not results or not results[-1].done:
        result = scan_slice(job)
        results.append(result)
        assert len(results) < 500, "reading does not get on"
        job = job.after(result)
    return results


@pytest.mark.parametrize("pack", REPACKED.values(), ids=REPACKED)
def test_reading_goes_on_inside_a_member_page_by_page(
    pack: Callable[[bytes], bytes], tmp_path: Path, layout: Layout
) -> None:
    pages = old_pages()[:12]
    path = repacked(write_warc(tmp_path / "whole.warc.gz", pages), pack)
    job = replace(job_of(path, layout), max_items=1)
    results = in_slices(job)
    assert [result.counts["pages"] for result in results[:12]] == list(range(1, 13))
    assert results[-1].counts["pages"] == 12
    positions = [result.position for result in results]
    assert positions == sorted(positions) and positions[-1] == path.stat().st_size
    assert [Cursor.parse(str(result.cursor)) for result in results] == [result.cursor for result in results]
    run_loader(Path(job.target), publish=True)
    progress = known_units(layout, [job.unit])[job.unit.id]
    assert (progress.state, progress.counts) == ("done", results[-1].counts)
    rows = ask(layout, "select distinct url, raw_ref from base.articles where raw_ref is not null")
    assert len(rows) > 8
    assert all(read_page(layout, ref).final_url == url for url, ref in rows)
    assert ask(layout, "select count(distinct origin_locator) from sightings")[0][0] == 12


class Killed(BaseException):
    """The end of a reader's process, for a reader that lives in ours."""


@dataclass(slots=True)
class HereReader:
    """Reads slices in this process; what kills it is told as the pool tells it."""

    at_once: int = 1

    async def read(self, job: SliceJob) -> SliceResult:
        try:
            return scan_slice(job)
        except Killed as exc:
            raise ExtractionError(f"{job.path}: it died", url=job.path, kind="parse_crash") from exc


@pytest.mark.parametrize("pack", REPACKED.values(), ids=REPACKED)
def test_a_page_that_kills_its_reader_is_found_inside_a_member_too(
    pack: Callable[[bytes], bytes], tmp_path: Path, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = old_pages()[:12]
    append = ArchivePart.append

    def killing(part: ArchivePart, page: Page) -> str:
        if page.final_url == pages[7].url:
            raise Killed
        return append(part, page)

    monkeypatch.setattr(ArchivePart, "append", killing)
    path = repacked(write_warc(tmp_path / "whole.warc.gz", pages), pack)
    results: list[SliceResult] = []
    result = asyncio.run(scan_slices(job_of(path, layout), HereReader(), lambda: False, results.append))
    assert (result.done, result.counts["pages"], result.counts["refused"]) == (True, 12, 1)
    run_loader(layout.link)
    assert ask(layout, "select url from failures") == [(pages[7].url,)]
    assert ask(layout, "select count(*) from entries") == [(11,)]


def test_an_exception_that_nobody_foresaw_costs_its_page_and_is_on_record(
    tmp_path: Path, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = old_pages()[:6]

    append = ArchivePart.append

    def tripping(part: ArchivePart, page: Page) -> str:
        if page.final_url == pages[2].url:
            raise ZeroDivisionError("a bug of ours")
        return append(part, page)

    # Half of what there is to say of the page is said by then.
    monkeypatch.setattr(ArchivePart, "append", tripping)
    path = write_warc(tmp_path / "a.warc.gz", pages)
    (result,) = in_slices(job_of(path, layout))
    assert (result.counts["pages"], result.counts["unreadable"]) == (6, 1)
    run_loader(layout.link)
    ((url, kind, message, locator),) = ask(layout, "select url, kind, message, origin_locator from failures")
    assert (url, kind) == (pages[2].url, "unexpected")
    assert "ZeroDivisionError: a bug of ours (test_slices.py:" in message
    name, _, offset = locator.partition("@")
    assert name == "a.warc.gz" and gzip.decompress(path.read_bytes()[int(offset) :]).find(url.encode()) > 0
    assert ask(layout, "select count(*) from entries")[0][0] == 5


def test_a_capture_time_out_of_reason_loses_no_page_and_is_counted(tmp_path: Path, layout: Layout) -> None:
    never = [datetime(2031, 1, 1, tzinfo=UTC), datetime(1969, 1, 1, tzinfo=UTC)]
    pages = [replace(page, captured_at=when) for page, when in zip(old_pages(), never, strict=False)]
    path = write_warc(tmp_path / "a.warc.gz", [*pages, *old_pages()[2:4]])
    (result,) = in_slices(job_of(path, layout))
    assert (result.counts["pages"], result.counts["bad_date"]) == (4, 2)
    run_loader(layout.link)
    ((count, earliest, latest),) = ask(
        layout, "select count(*), min(captured_at), max(captured_at) from ledger"
    )
    assert (count, earliest >= CAPTURED, latest <= AT) == (4, True, True)
