"""Stories of one event are grouped across outlets; a chain of resemblances is cut, and order means nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from fivegwatch.extractors.facts.event_signs import reports_event
from fivegwatch.extractors.facts.events import LINK, EventStory, group_stories, likeness

BAN = EventStory(
    id="a", day=date(2026, 5, 4), language="en", countries=frozenset({"DE"}), topic="T01",
    names=frozenset({"huawei", "bundesregierung"}), rare_names=frozenset({"bundesregierung"}),
    words=frozenset({"german", "huawei", "bans", "networ"}),
    numbers=frozenset({"2029"}), acts=frozenset({"ban"}), reports_event=True,
)  # fmt: skip


def test_the_same_day_country_and_words_are_one_event_and_two_weeks_apart_are_not() -> None:
    assert likeness(BAN, replace(BAN, id="b")) > LINK
    assert likeness(BAN, replace(BAN, id="b", day=date(2026, 5, 30))) == 0.0
    assert likeness(
        BAN,
        replace(
            BAN, id="b", countries=frozenset({"SE"}), names=frozenset({"huawei"}), rare_names=frozenset()
        ),
    ) < likeness(BAN, replace(BAN, id="b"))


def test_a_story_in_another_language_belongs_to_the_event() -> None:
    other = replace(BAN, id="b", language="fr", words=frozenset({"allema", "exclut"}))
    assert likeness(BAN, other) > LINK


def test_a_column_of_an_earlier_day_is_not_of_the_event_and_a_later_one_can_be() -> None:
    early = replace(BAN, id="b", reports_event=False, day=BAN.day - timedelta(days=1))
    late = replace(early, day=BAN.day + timedelta(days=1))
    assert likeness(early, BAN) == likeness(BAN, early) == 0.0 < likeness(late, BAN)


@pytest.mark.parametrize(
    ("title", "site", "expected"),
    [
        ("Huawei: Why the UK might hang up on it", "", False),
        ("Analyse: spionnen en telecom", "", False),
        ("The trade deal can wait | Nils Pratley", "theguardian.com", False),
        ("UK bans Huawei | Light Reading", "lightreading.com", True),
        ("UK bans Huawei | Financial Times", "ft.com", True),
        ("UK bans Huawei: who says so is not known", "", True),
    ],
)
def test_columns_are_told_from_news_by_their_titles(title: str, site: str, expected: bool) -> None:
    assert reports_event(title, site) is expected


def test_a_chain_is_cut_where_its_ends_do_not_resemble_each_other() -> None:
    assert group_stories("abc", {("a", "b"): 0.9, ("b", "c"): 0.8}) == [["a", "b"], ["c"]]
    assert group_stories("abc", {("a", "b"): 0.9, ("b", "c"): 0.8, ("a", "c"): 0.35}) == [["a", "b", "c"]]


def test_groups_do_not_depend_on_the_order_of_stories_and_links() -> None:
    random.seed(7)
    ids = [f"s{i:02}" for i in range(30)]
    links = {(a, b): random.random() for i, b in enumerate(ids) for a in ids[:i] if random.random() < 0.4}
    links = {pair: value for pair, value in links.items() if value >= 0.3}
    expected = group_stories(ids, links)
    for _ in range(5):
        random.shuffle(ids)
        shuffled = list(links.items())
        random.shuffle(shuffled)
        assert group_stories(ids, dict(shuffled)) == expected
