"""A real ingest over every case of the developers' hostile server: each ends as it should, and harms nobody else."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fivegwatch.extractors.limits import LIMITS
from tests.buffers import unread_bytes
from tests.extractors.watchlist_builder import shipped_rules
from tests.flows.hostile_run import (
    ANNOUNCER,
    CONTROLS,
    Announcer,
    Case,
    Corpus,
    Run,
    feed_id,
    feeds_toml,
    harmed_controls,
    ingest,
    texts_of_rejected,
)
from tests.flows.hostile_verdicts import Context, Seen, broken_checks, seen_feed, seen_page

pytestmark = pytest.mark.shared
TWICE = {"second_poll", "idempotent", "remember_new_url", "disable"}
SMALL_MEMORY_MB = 150
DOCUMENT_S = 25.0
"""The deadline of one document: sooner than the shipped one, for feeds and then pages wait until it is over."""
KNOWN: dict[str, str] = {}
"""Cases that do not end right yet, and why."""


class Server:
    """The hostile server as a process of its own."""

    def __init__(self, shared: Path) -> None:
        command = [sys.executable, "-B", "-W", "ignore", str(shared / "hostile" / "server.py"), "--port", "0"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        self._base = json.loads(self._process.stdout.readline())["url"]

    def ask(self, path: str) -> Any:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self._base + path) as answer:
            return json.load(answer)

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=600)


class Walk:
    """Three runs and what is known after each: all cases; those to be polled twice, again; the greedy ones alone."""

    def __init__(self, server: Server, folder: Path) -> None:
        index = server.ask("/index.json")
        # The slow ones first, so that they wait side by side and not one batch after the other.
        self.cases: list[Case] = sorted(index["cases"], key=lambda case: not case["slow"])
        self.again = {case["id"] for case in self.cases if TWICE & set(case["checks"])}
        self.ports = [port for name, port in index["ports"].items() if name != "canary"]
        self.rules = shipped_rules()
        with Announcer([case for case in self.cases if case["kind"] == "page"]) as announcer:
            self.run = self.ingest(folder / "all", announcer, self.cases)
            self.stats = server.ask("/_stats")
            self.corpus = Corpus.read(self.run.db)
            announcer.revised = frozenset(self.again)
            twice = [case for case in self.cases if case["id"] in self.again]
            self.rerun = self.ingest(folder / "all", announcer, twice)
            self.recorpus = Corpus.read(self.rerun.db)
            self.restats = server.ask("/_stats")
        self.texts = asyncio.run(texts_of_rejected(self.corpus))
        self.greedy = [case for case in self.cases if self.is_greedy(case)]
        with Announcer([case for case in self.greedy if case["kind"] == "page"]) as announcer:
            self.alone = self.ingest(folder / "greedy", announcer, self.greedy)
        self.alone_corpus = Corpus.read(self.alone.db)
        self.canary = server.ask("/_canary")["hits"]

    def ingest(self, home: Path, announcer: Announcer, cases: list[Case]) -> Run:
        home.mkdir(exist_ok=True)
        own = [(name, f"{announcer.url}/{name}.xml") for name in (ANNOUNCER, *CONTROLS)]
        feeds = [(feed_id(case), case["url"]) for case in cases if case["kind"] == "feed"]
        run = ingest(
            home,
            feeds_toml([*own, *feeds]),
            [*self.ports, announcer.port],
            "--due",
            limits=f"document_s = {DOCUMENT_S}\n",
        )
        assert run.code == 0, run.err
        return run

    def is_greedy(self, case: Case) -> bool:
        """Allowed little memory, or over its time in the crowd: what these cost is seen when they run alone."""
        if case["bounds"]["max_rss_growth_mb"] <= SMALL_MEMORY_MB:
            return True
        return case["kind"] == "feed" and self.seen(case).seconds > case["bounds"]["max_seconds"]

    def seen(self, case: Case, corpus: Corpus | None = None, number: int = 0) -> Seen:
        look = seen_feed if case["kind"] == "feed" else seen_page
        seen = look(case, corpus or self.corpus, number)
        if seen.article is not None:
            seen.text = seen.article["text"] or self.texts.get(seen.article["article_id"], "")
        return seen

    def faults(self, case: Case) -> list[str]:
        """What is wrong with how a case ended."""
        seen = self.seen(case)
        context = Context(self.canary, self.restats.get(case["path"], {}), self.rules)
        if case["id"] in self.again and not seen.state.get("disabled_reason"):
            context.second = self.seen(case, self.recorpus, 1)
        wrong = (
            [] if seen.outcomes & set(case["accept"]) else [f"{sorted(seen.outcomes)}: {seen.reason:.120}"]
        )
        return [*wrong, *broken_checks(case, seen, context)]

    def overrun(self, case: Case) -> Iterator[str]:
        """Each bound of a case that was broken, memory apart."""
        bounds, stats = case["bounds"], self.stats.get(case["path"], {})
        # Other cases lead to these two.
        if not case["id"].endswith("/body/ok") and stats.get("requests", 0) > bounds["max_requests"]:
            yield f"{stats['requests']} requests"
        if stats.get("bytes_sent", 0) > bounds["max_wire_bytes"] + unread_bytes():
            yield f"{stats['bytes_sent']:,} bytes"
        seconds = self.seen(case).seconds
        if case in self.greedy:
            # Starting the children is part of no document: the quickest good feed waited for them just as long.
            polls = self.alone_corpus.tables["polls"]
            started = min(poll["seconds"] for poll in polls if poll["feed_id"] in CONTROLS)
            seconds = min(seconds, self.seen(case, self.alone_corpus).seconds - started)
        seconds = max(seconds, stats.get("max_seconds", 0.0))
        longest = bounds["max_seconds"]
        if longest > LIMITS.document_s:  # so much of it is for the shipped deadline
            longest -= LIMITS.document_s - DOCUMENT_S
        if seconds > longest:
            yield f"{seconds:.1f} s"


@pytest.fixture(scope="module")
def walk(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    if not (shared / "hostile" / "server.py").is_file():
        pytest.skip(f"no hostile server in {shared}")
    server = Server(shared)
    try:
        yield Walk(server, tmp_path_factory.mktemp("hostile"))
    finally:
        server.close()


def test_at_least_95_percent_of_the_cases_end_as_they_should_and_the_others_are_listed(walk: Walk) -> None:
    wrong = {case["id"]: faults for case in walk.cases if (faults := walk.faults(case))}
    assert len(walk.cases) > 400
    assert {name: faults for name, faults in wrong.items() if name not in KNOWN} == {}
    assert len(wrong) <= 0.05 * len(walk.cases)


def test_no_case_breaks_its_bounds_on_time_requests_and_bytes(walk: Walk) -> None:
    assert {case["id"]: over for case in walk.cases if (over := list(walk.overrun(case)))} == {}


def test_memory_stays_within_the_bounds_of_a_single_case_even_with_all_at_once(walk: Walk) -> None:
    plain = walk.rerun.peaks
    bound = min(c["bounds"]["max_rss_growth_mb"] for c in walk.cases if c not in walk.greedy)
    assert walk.run.peaks.main - plain.main < bound
    assert walk.run.peaks.child - plain.child < bound
    # All the bombs together stay below what each of them may cost.
    assert walk.alone.peaks.main - plain.main < SMALL_MEMORY_MB


def test_nothing_ever_reaches_the_internal_service(walk: Walk) -> None:
    assert walk.canary == 0
    assert not [path for path, stats in walk.restats.items() if stats.get("leaked")]


def test_good_feeds_of_the_same_run_are_read_completely(walk: Walk) -> None:
    for corpus in (walk.corpus, walk.alone_corpus):
        assert harmed_controls(corpus) == []


def test_every_case_that_failed_has_its_reason_in_the_corpus(walk: Walk) -> None:
    failures = walk.corpus.tables["failures"]
    assert all(row["kind"] and row["message"] for row in failures)
    told = {row["feed_id"] for row in walk.corpus.tables["polls"] if row["outcome"] == "failed"}
    assert told <= {row["origin_locator"] for row in failures if row["stage"] == "poll"}
    ended = [row for row in walk.corpus.tables["entries"] if row["state"] in ("gone", "retry")]
    ended = [row for row in ended if row["kind"] != "walled"]  # judged on what there is: no failure
    assert {row["url"] for row in ended} <= {row["url"] for row in failures}
