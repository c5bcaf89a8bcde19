"""A file that became another one since it was read is read from its start; one that did not is left alone."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fivegwatch.extractors.model import Unit, UnitState
from fivegwatch.flows.printing.progress import Silent
from fivegwatch.flows.runs.backfill.changes import in_a_line
from fivegwatch.flows.runs.backfill.run import run_backfill
from fivegwatch.flows.runs.backfill.sources import Archives
from fivegwatch.flows.settings.settings import load_settings
from fivegwatch.sources.warc.file_identity import EDGE_BYTES, as_it_is, change, check_unchanged, plan_archive
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Progress
from tests.flows.backfilled import backfill, facts
from tests.flows.cli_runner import fivegwatch
from tests.flows.press import make_home, old_pages, write_warc
from tests.storage.contents import ask

pytestmark = pytest.mark.slow

PAGES = old_pages()[::4]
"""A few of each kind: what becomes of a file does not depend on how much is in it."""
HALF = len(PAGES) // 2


def other_pages(path: Path) -> None:
    write_warc(path, PAGES[HALF:])


def grow(path: Path) -> None:
    write_warc(path.with_suffix(".more"), PAGES[HALF:])
    with path.open("ab") as file:
        file.write(path.with_suffix(".more").read_bytes())


def same_size(path: Path) -> None:
    # The identifier of a file, in its first record, is what two files of one size differ in.
    content = bytearray(path.read_bytes())
    content[9] ^= 1  # the operating system in the gzip header
    path.write_bytes(content)


def ledger(home: Path) -> list[tuple[object, ...]]:
    return ask(Layout.for_database(home / "corpus.duckdb"), "select id, verdict from ledger order by id")


def captures(home: Path) -> dict[str, int]:
    """The number of captures found in each archive, by file name."""
    return {Path(locator).name: counts["pages"] for locator, _, _, counts in facts(home)["units"]}


def test_files_that_became_others_are_read_from_their_start_and_named(tmp_path: Path) -> None:
    home, whole = make_home(tmp_path / "home"), write_warc(tmp_path / "whole", PAGES)
    replaced, grown, edited, torn = archives = [tmp_path / f"{name}.warc.gz" for name in "abcd"]
    for archive in (replaced, grown, edited):
        write_warc(archive, PAGES[:HALF])
    torn.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    backfill(home, "warc", *archives)
    assert captures(home)["d.warc.gz"] < len(PAGES)
    first, second = len(PAGES[:HALF]), len(PAGES[HALF:])

    other_pages(replaced), grow(grown), same_size(edited), shutil.copy(whole, torn)
    assert read_again(home, archives, "warc", *archives) == {
        "a.warc.gz": second, "b.warc.gz": len(PAGES), "c.warc.gz": first, "d.warc.gz": len(PAGES)
    }  # fmt: skip
    grow(replaced), same_size(grown), other_pages(edited)
    read_again(home, [replaced, grown, edited], "resume")
    alone = make_home(tmp_path / "alone")
    backfill(alone, "warc", *archives)
    assert facts(home)["units"] == facts(alone)["units"]
    assert set(ledger(alone)) <= set(ledger(home))


def read_again(home: Path, changed: list[Path], *request: str | Path) -> dict[str, int]:
    """Captures by file after ``request`` read the ``changed`` archives; every answer until then has named them."""
    names = sorted(map(str, changed))
    status = json.loads(fivegwatch("backfill", "status", "--json", cwd=home).out)
    assert sorted(row["unit"] for row in status["changed"]) == names
    in_words = fivegwatch("backfill", "status", cwd=home).out
    assert f"{len(names)} files have changed since they were read: " in in_words
    assert all(f"{name}: it ha" in in_words for name in names[:3])
    assert ("; ..." in in_words) == (len(names) > 3)
    look = json.loads(fivegwatch("backfill", *request, "--dry-run", "--json", cwd=home).out)
    account = backfill(home, *request)
    assert (look["units"], account["units_done"]) == (len(names), len(names))
    assert (look["units_known"], account["units_known"]) == (0, 0)
    for answer in (look, account):
        assert sorted(row["unit"] for row in answer["changed"]) == names
    assert json.loads(fivegwatch("backfill", "status", "--json", cwd=home).out)["changed"] == []
    return captures(home)


def test_a_single_file_is_named_in_the_singular() -> None:
    assert in_a_line({"a.warc.gz": "it had 2 bytes"}) == (
        "1 file has changed since it was read: a.warc.gz: it had 2 bytes"
    )


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


def test_files_that_changed_between_a_stop_and_the_next_run_are_not_read_from_the_middle(
    tmp_path: Path,
) -> None:
    home, alone = make_home(tmp_path / "home"), make_home(tmp_path / "alone")
    archives = [write_warc(tmp_path / f"{name}.warc.gz", PAGES) for name in "ab"]
    for archive, become in zip(archives, (other_pages, cut), strict=True):
        stopped = as_it_is(plan_archive(archive))
        stand(home, stopped, state="running", position=stopped.size - 100)
        become(archive)
    account = backfill(home, "resume")
    assert (account["units_done"], len(account["changed"])) == (2, 2)
    backfill(alone, "warc", *archives)
    assert facts(home)["units"] == facts(alone)["units"]


def stand(home: Path, unit: Unit, *, state: UnitState, position: int) -> None:
    """Let the corpus believe that a run of the past came so far."""
    batch = Batch()
    cursor = "" if state == "done" else str(position)
    batch.add(
        replace(
            Progress.of("past", unit, state=state, at=datetime.now(UTC) - timedelta(days=40)),
            cursor=cursor,
            position=position,
            step=2 * position,
        )
    )
    layout = Layout.for_database(home / "corpus.duckdb")
    prepare(layout)
    put_batch(layout, batch)


class Meddler(Silent):
    """Lets the file become another one as soon as a slice of it is read."""

    def __init__(self, become: Callable[[], object]) -> None:
        super().__init__()
        self._become = become

    def advance(self, done: float = 1) -> None:
        super().advance(done)
        self._become()


def test_files_that_change_while_they_are_read_never_end_as_done(tmp_path: Path) -> None:
    home, alone = make_home(tmp_path / "home", workers=2), make_home(tmp_path / "alone")
    # All pages, so that a file is more than one slice.
    archives = [write_warc(tmp_path / f"{name}.warc.gz", old_pages()) for name in "ab"]
    settings = load_settings({}, str(home))
    prepare(Layout.for_database(settings.database))
    report = Meddler(lambda: (other_pages(archives[0]), cut(archives[1])))
    request = Archives(files=tuple(map(str, archives)))
    account = asyncio.run(run_backfill(settings, report, request, flow="test"))
    assert (account.units_done, account.units_failed) == (0, 2)
    state = "select state, problem from backfill_units"
    assert ask(Layout.for_database(settings.database), state) == 2 * [("failed", "changed")]
    assert backfill(home, "resume")["units_done"] == 2
    backfill(alone, "warc", *archives)
    assert facts(home)["units"] == facts(alone)["units"]


@pytest.mark.parametrize(("size", "read"), [("same", 0), ("unknown", 0), ("other", 1)])
def test_a_unit_of_an_older_version_is_known_by_its_size_alone(tmp_path: Path, size: str, read: int) -> None:
    home, archive = make_home(tmp_path / "home"), write_warc(tmp_path / "a.warc.gz", PAGES)
    length = archive.stat().st_size
    there = {"same": length, "unknown": 0, "other": length - 1}[size]
    old = Unit(source="warc", kind="file", locator=str(archive), size=there)
    stand(home, old, state="done", position=there)
    account = backfill(home, "warc", archive)
    assert (account["units"], account["units_known"]) == (read, 1 - read)


def test_a_file_that_was_copied_or_touched_or_is_gone_is_left_alone(tmp_path: Path) -> None:
    home, archive = make_home(tmp_path / "home"), write_warc(tmp_path / "a.warc.gz", PAGES)
    backfill(home, "warc", archive)
    before = facts(home)
    shutil.copy(archive, tmp_path / "b")
    (tmp_path / "b").replace(archive)
    os.utime(archive, (1, 1))
    assert backfill(home, "warc", archive)["units_known"] == 1
    archive.unlink()
    assert backfill(home, "resume")["units"] == 0
    assert json.loads(fivegwatch("backfill", "status", "--json", cwd=home).out)["changed"] == []
    assert facts(home) == before


def test_both_ends_of_a_file_tell_its_version_and_its_middle_costs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.warc"
    size = 4 * EDGE_BYTES
    file.write_bytes(bytes(size))
    unit = plan_archive(file)
    for at, told in ((0, True), (EDGE_BYTES - 1, True), (2 * EDGE_BYTES, False), (size - 1, True)):
        content = bytearray(size)
        content[at] = 1
        file.write_bytes(content)
        assert bool(change(unit, as_it_is(unit))) == told, at
        assert as_it_is(unit).id == unit.id


@pytest.mark.parametrize("size", [0, 1, EDGE_BYTES, EDGE_BYTES + 1, 2 * EDGE_BYTES + 1])
def test_a_file_of_any_size_is_the_same_as_itself_and_no_other(tmp_path: Path, size: int) -> None:
    file = tmp_path / "a.warc"
    file.write_bytes(bytes(size))
    unit = plan_archive(file)
    assert change(unit, as_it_is(unit)) == ""
    check_unchanged(unit)
    file.write_bytes(bytes(size + 1))
    assert change(unit, as_it_is(unit)) == f"it had {size:,} bytes and has {size + 1:,} now"
    assert change(replace(unit, size=0, options=()), as_it_is(unit)) == ""
