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
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from flows.demo.newsroom import Newsroom, subscriptions
from storage.checks import check_corpus
from storage.layout import Layout
from storage.queries import run_query
from extractors.errors import StorageError
from tests.flows.corpora import ask, descendants, left_alive, says, start_ingest, unaccounted

CORPORA, KILLS_EACH = 4, 3

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds the children of a process in /proc")


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(slow_s=0.2) as room:
        yield room


@pytest.fixture(scope="module")
def feeds(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("newsroom") / "feeds.toml"
    file.write_text(subscriptions(newsroom.url), encoding="utf-8")
    return file


@dataclass(slots=True)
class Reader:
    """Asks the published corpus again and again, as an analyst would."""

    database: Path
    answers: int = 0
    errors: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.stopping.wait(0.1):
            if self.database.exists():
                try:
                    run_query(self.database, "select count(*) from stories")
                    self.answers += 1
                except StorageError as error:
                    self.errors.append(str(error))


def finish(feeds: Path, database: Path, port: int) -> float:
    """Run to the end; how long it took, in seconds."""
    began = time.monotonic()
    out, err = (process := start_ingest(feeds, database, port)).communicate(timeout=120)
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
        assert left_alive(children, within_s=15) == set()
        return True
    process.communicate()
    return False


def test_a_run_killed_at_any_instant_and_run_again_gives_the_undisturbed_corpus(
    newsroom: Newsroom, feeds: Path, tmp_path: Path
) -> None:
    calm, chance, kills = tmp_path / "calm" / "c.duckdb", random.Random(5), 0
    calm.parent.mkdir()
    lasts_s = finish(feeds, calm, newsroom.port)
    expected = says(calm)
    assert len(expected["stories"]) > 5 and unaccounted(calm) == {}
    for number in range(CORPORA):
        database = tmp_path / f"killed{number}" / "c.duckdb"
        database.parent.mkdir()
        reader = Reader(database)
        thread = threading.Thread(target=reader.run)
        thread.start()
        try:
            for _ in range(KILLS_EACH):
                kills += kill(feeds, database, newsroom.port, chance.uniform(0.3, lasts_s))
            finish(feeds, database, newsroom.port)
        finally:
            reader.stopping.set()
            thread.join()
        assert says(database) == expected
        assert unaccounted(database) == {}
        assert [check for check in check_corpus(Layout.for_database(database)) if not check.ok] == []
        assert reader.answers > 0 and reader.errors == []
    assert kills >= CORPORA * KILLS_EACH // 2


def test_an_interrupted_run_says_so_and_keeps_what_was_finished(
    newsroom: Newsroom, feeds: Path, tmp_path: Path
) -> None:
    calm, database = tmp_path / "calm.duckdb", tmp_path / "c.duckdb"
    lasts_s = finish(feeds, calm, newsroom.port)
    for part in (0.3, 0.6, 0.8):
        process = start_ingest(feeds, database, newsroom.port)
        time.sleep(part * lasts_s)
        children = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert left_alive(children, within_s=15) == set()
        if process.returncode != 0:
            assert process.returncode == 130 and "Traceback" not in err
            assert "interrupted" in err and "kept" in err
    finish(feeds, database, newsroom.port)
    assert says(database) == says(calm)
    assert ask(database, "select count(*) from runs where state = 'Completed'")[0][0] >= 1
