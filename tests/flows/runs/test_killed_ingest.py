"""SIGKILL at any instant of a run, and the next run gives the corpus of an undisturbed one. Real processes."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fivegwatch.extractors.errors import StorageError
from fivegwatch.flows.demo.newsroom import Newsroom, subscriptions
from fivegwatch.flows.demo.site import Document
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.checks import check_corpus
from fivegwatch.storage.read.queries import run_query
from tests.conftest import CAMPAIGN
from tests.flows.corpora import ask, descendants, differences, left_alive, says, start_ingest, unaccounted
from tests.flows.prefect_stack import wait_for
from tests.flows.press import make_home

CORPORA, KILLS_EACH = (2, 3) if CAMPAIGN else (1, 1)
# One outlet of each kind that matters here; every further language costs time and proves nothing. No outlet with
# its copies: in what order the versions of one story were read is history, and another one after a kill.
OUTLETS = ("harbour-ledger", "harbour-technology", "switchyard", "kurier-sieci", "old-mast", "parish-gazette",
           "prank-bulletin")  # fmt: skip
QUICK = {"retry_base_s": 0.2}
"""A run should spend its time at work, where a kill can do harm, and not on waiting for feeds that fail."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="finds the children of a process in /proc"),
]


class Gated(Newsroom):
    """Once asked ``open_for`` times more it answers nobody until it is opened, so that a run cannot end before."""

    def __init__(self) -> None:
        super().__init__(slow_s=0.2)
        self.open_for = sys.maxsize
        self.closed, self.gate = threading.Event(), threading.Event()

    def close_after(self, requests: int) -> None:
        """Let ``requests`` more in; those of a run that has ended are answered first, or they would count here."""
        self.open()
        wait_for(
            "end of the requests before",
            300,
            lambda: not any("request" in t.name for t in threading.enumerate()),
        )
        self.closed.clear()
        self.gate.clear()
        self.open_for = requests

    def open(self) -> None:
        self.open_for = sys.maxsize
        self.gate.set()

    def document(self, path: str) -> Document | None:
        self.open_for -= 1
        if self.open_for < 0:
            self.closed.set()
            self.gate.wait()
        return super().document(path)


@pytest.fixture
def newsroom() -> Iterator[Gated]:
    with Gated() as room:
        yield room


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Children can be interrupted, also where these tests were started in the background, which ignores Ctrl-C."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.fixture
def feeds(newsroom: Newsroom, tmp_path: Path) -> Path:
    file = tmp_path / "feeds.toml"
    tables = subscriptions(newsroom.url).strip().split("\n\n")
    wanted = [table for table in tables if table.startswith(tuple(f"[{name}]" for name in OUTLETS))]
    assert len(wanted) == len(OUTLETS)
    file.write_text("\n\n".join(wanted), encoding="utf-8")
    return file


@dataclass(slots=True)
class Reader:
    """Asks the published corpus again and again, as an analyst would."""

    database: Path
    answers: int = 0
    errors: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        over = False
        while not over:  # once more after the end, for a corpus that appeared just before it
            over = self.stopping.wait(0.1)
            if self.database.exists():
                try:
                    run_query(self.database, "select count(*) from stories")
                    self.answers += 1
                except StorageError as error:
                    self.errors.append(str(error))


@contextmanager
def reading(database: Path) -> Iterator[Reader]:
    """Somebody who keeps asking for as long as the block lasts."""
    reader = Reader(database)
    thread = threading.Thread(target=reader.run)
    thread.start()
    try:
        yield reader
    finally:
        reader.stopping.set()
        thread.join()


def finish(feeds: Path, database: Path, port: int) -> float:
    """Run to the end; how long it took, in seconds."""
    began = time.monotonic()
    out, err = (process := start_ingest(feeds, database, port)).communicate(timeout=300)
    assert process.returncode == 0, err
    assert json.loads(out)["pages_left"] == 0
    return time.monotonic() - began


def kill(feeds: Path, database: Path, port: int, after_s: float) -> bool:
    """Start a run and SIGKILL it, and only it, after a while; whether it was still at work then."""
    process = start_ingest(feeds, database, port)
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        children = descendants(process.pid)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert left_alive(children, within_s=60) == set()
        return True
    process.communicate()
    return False


def test_a_run_killed_at_any_instant_and_run_again_gives_the_undisturbed_corpus(
    newsroom: Newsroom, feeds: Path, tmp_path: Path
) -> None:
    """In two editions: the second has new stories, edits to old ones, and feeds that did not change."""
    chance = random.Random(5)
    calm, *killed = (tmp_path / name / "c.duckdb" for name in ("calm", *"ab"[:CORPORA]))
    for database in (calm, *killed):
        make_home(database.parent, limits=QUICK)
    for edition in (1, 2):
        lasts_s = finish(feeds, calm, newsroom.port)
        expected = says(calm)
        assert len(expected["stories"]) > 3 and unaccounted(calm) == {}
        for database in killed:
            longest_s, kills = lasts_s, 0
            with reading(database) as reader:
                while kills < KILLS_EACH:
                    struck = kill(feeds, database, newsroom.port, chance.uniform(0.05, 1) * longest_s)
                    kills += struck
                    # A run that was over already leaves little to do for the next one, and so less time to strike.
                    longest_s *= 1 if struck else 0.5
                finish(feeds, database, newsroom.port)
            assert differences(database, expected) == {}
            assert unaccounted(database) == {}
            assert [check for check in check_corpus(Layout.for_database(database)) if not check.ok] == []
            assert reader.answers > 0 and reader.errors == []
        if edition == 1:
            newsroom.advance()


@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_run_reports_it_and_keeps_the_finished_batches(
    newsroom: Gated, feeds: Path, tmp_path: Path
) -> None:
    make_home(tmp_path, limits=QUICK)
    calm, database = tmp_path / "calm.duckdb", tmp_path / "c.duckdb"
    finish(feeds, calm, newsroom.port)
    asked = len(newsroom.requests)
    for requests in (asked // 3, asked // 3):  # the second run goes on where the first was interrupted
        newsroom.close_after(requests)
        process = start_ingest(feeds, database, newsroom.port)
        assert newsroom.closed.wait(300)
        children = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=300)
        newsroom.open()
        assert left_alive(children, within_s=60) == set()
        assert process.returncode == 130 and "Traceback" not in err
        assert "interrupted" in err and "kept" in err
    finish(feeds, database, newsroom.port)
    assert differences(database, says(calm)) == {}
    assert ask(database, "select count(*) from runs where state = 'Completed'")[0][0] >= 1
