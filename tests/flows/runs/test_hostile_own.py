"""A real ingest over hazards of our own making: each costs itself only, and the good feeds beside them nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.extractors.watchlist_builder import shipped_rules
from tests.flows.hostile_documents import cases
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
    slowdown,
    texts_of_rejected,
)
from tests.flows.hostile_verdicts import Context, Seen, broken_checks, seen_feed, seen_page
from tests.hostile_site import HostileSite

pytestmark = pytest.mark.slow

LIMITS = "document_s = 8.0\nread_s = 4.0\npage_extract_s = 5.0\nfeed_parse_s = 5.0\n"
"""Shorter than the shipped ones, for a test that always runs."""
GROWTH_MB = 600


class Walk:
    """One run over everything, and what is known after it."""

    def __init__(self, home: Path) -> None:
        slower = slowdown()
        with HostileSite() as site:
            self.cases: list[Case] = list(cases(site))
            with Announcer([case for case in self.cases if case["kind"] == "page"]) as announcer:
                own = [(name, f"{announcer.url}/{name}.xml") for name in (ANNOUNCER, *CONTROLS)]
                feeds = [(feed_id(case), case["url"]) for case in self.cases if case["kind"] == "feed"]
                ports = [site.port, announcer.port]
                listed = feeds_toml([*own, *feeds])
                self.run: Run = ingest(home, listed, ports, "--due", limits=LIMITS, timeout_s=240 * slower)
            self.slower = max(slower, slowdown())
            self.canary = site.canary
            self.asked = {case["id"]: len(site.asked(urlsplit(case["url"]).path)) for case in self.cases}
        assert self.run.code == 0, self.run.err
        self.corpus = Corpus.read(self.run.db)
        self.texts = asyncio.run(texts_of_rejected(self.corpus))
        self.rules = shipped_rules()

    def seen(self, case: Case) -> Seen:
        seen = (seen_feed if case["kind"] == "feed" else seen_page)(case, self.corpus, 0)
        if seen.article is not None:
            seen.text = seen.article["text"] or self.texts.get(seen.article["article_id"], "")
        return seen

    def faults(self, case: Case) -> list[str]:
        """What is wrong with how a case ended."""
        seen = self.seen(case)
        wrong = (
            [] if seen.outcomes & set(case["accept"]) else [f"{sorted(seen.outcomes)}: {seen.reason:.120}"]
        )
        return [*wrong, *broken_checks(case, seen, Context(self.canary, {}, self.rules))]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    return Walk(tmp_path_factory.mktemp("own"))


def test_each_hazard_ends_as_its_case_expects(walk: Walk) -> None:
    assert len(walk.cases) >= 50
    assert {case["id"]: faults for case in walk.cases if (faults := walk.faults(case))} == {}


def test_good_feeds_beside_the_hazards_are_read_completely(walk: Walk) -> None:
    assert harmed_controls(walk.corpus) == []


def test_nothing_ever_reaches_the_internal_service(walk: Walk) -> None:
    assert walk.canary == 0


def test_requests_and_bytes_of_each_hazard_stay_within_their_bounds(walk: Walk) -> None:
    asked = {case["id"]: walk.asked[case["id"]] for case in walk.cases}
    assert {name: times for name, times in asked.items() if times > 3 * 2} == {}
    assert walk.run.peaks.main < GROWTH_MB
    assert walk.run.peaks.child < GROWTH_MB
    # Seconds are those of the clock: on a busy machine everything takes as many times longer as it is slower.
    bounds = {case["id"]: case["bounds"]["max_seconds"] * walk.slower for case in walk.cases}
    slow = {case["id"]: s for case in walk.cases if (s := walk.seen(case).seconds) > bounds[case["id"]]}
    assert slow == {}
