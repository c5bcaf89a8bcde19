"""What an index says of a story, and whether it is worth a look: all of it from the watchlist."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.judging.worth_fetching import Interest, slug_words
from fivegwatch.extractors.watchlist.compile import compile_rules
from tests.extractors.watchlist_builder import FILES, shipped_rules, small_rules

PLAIN = "https://news.example/2019/06/a-day-in-the-park.html"
SILENT = "https://news.example/detail-ifyhryex5754975.shtml"


def asks_for(url: str = PLAIN, title: str = "", *organisations: str) -> bool:
    return Interest(shipped_rules())(url, title, organisations, ("SOME_THEME",))


@pytest.mark.parametrize(
    "url",
    ["https://news.example/tech/5g-rollout-delayed", "https://news.example/why_huawei_matters.html",
     "https://news.example/zte/", "https://news.example/%E5%8D%8E%E4%B8%BA-2019", "https://news.example/a?x=1#5g-later"],
)  # fmt: skip
def test_a_subject_in_the_address_is_enough_but_only_in_its_path(url: str) -> None:
    assert asks_for(url) == ("#" not in url)
    assert not asks_for("https://huawei-5g.example/a-day-in-the-park")


@pytest.mark.parametrize(
    ("title", "wanted"),
    [("UK to strip Huawei from networks", True), ("华为回应禁令", True), ("Nuova rete 5G a Milano", True),
     ("Grandma's cake needs 5g of sugar", False), ("A day in the park", False), ("The Orange County fair", False),
     ("Nokia warns of attack on its routers", True), ("Nokia appoints new chief", False),
     ("Critic attacks theatre network", False)],
)  # fmt: skip
def test_a_title_is_read_as_the_matcher_reads_it(title: str, wanted: bool) -> None:
    assert asks_for(title=title) is wanted


@pytest.mark.parametrize(
    ("names", "wanted"),
    [(("huawei technologies",), True), (("united nations", "zte"), True), (("bandai namco",), False),
     (("zteam records",), False), (("ericsson",), False), (("verizon",), False)],
)  # fmt: skip
def test_an_organisation_is_matched_even_if_its_capitals_are_lost(
    names: tuple[str, ...], wanted: bool
) -> None:
    assert asks_for(PLAIN, "A day in the park", *names) is wanted


def test_a_possible_subject_needs_an_angle() -> None:
    assert asks_for(PLAIN, "Cyberattack on carrier's records", "verizon")
    assert not asks_for(PLAIN, "Cyberattack on hospital records", "mercy hospital")


def test_a_story_without_words_to_judge_by_is_let_through() -> None:
    assert asks_for(SILENT, "", "ericsson")
    assert not asks_for(SILENT, "Ericsson names a new chief", "ericsson")
    assert not asks_for(SILENT, "", "bandai namco")


def test_a_name_added_to_the_watchlist_is_asked_for_and_one_taken_out_is_not() -> None:
    own = {**FILES, "entities/vendor.toml": '[acme]\nname = "Acme Radio"\nfacet = "vendor"\n'}
    assert Interest(compile_rules(own))(PLAIN, "", ("acme radio",), ())
    assert not Interest(compile_rules(own))(PLAIN, "", ("huawei",), ())
    assert Interest(small_rules())(PLAIN, "", ("huawei",), ())


@pytest.mark.parametrize(
    ("url", "words"),
    [("https://a.example/b/5G_ban-2019.html?x=y#z", "b 5G ban 2019"), ("https://a.example", ""),
     ("http://a.example/%E5%8D%8E%E4%B8%BA", "华为"), ("no address", "no address"),
     ("http://a.example/v1.2/x", "v1 2 x")],
)  # fmt: skip
def test_the_words_of_an_address_are_those_of_its_path(url: str, words: str) -> None:
    assert slug_words(url) == words
