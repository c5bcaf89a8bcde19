"""Lines at the edges of a text: which are removed and which belong to the story."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.articles.edges import trim_lines

LONG = (
    "The regulator told the operators on Monday to take the equipment out of their core networks "
    "by the end of next year."
)


@pytest.mark.parametrize(
    "line",
    [
        "Von der Leyen warnt vor Abhängigkeit",
        "By 2027 the old network will be gone",
        "Updated rules meet resistance",
        "Stand der Dinge",
        "Di Maio difende la scelta",
        "Ada Quill left the company in March.",
        "Quill, the ministry's adviser, is to answer before the committee",
    ],
)
def test_a_first_line_that_only_begins_like_a_byline_or_date_is_kept(line: str) -> None:
    text = f"{line}\n{LONG}"
    assert trim_lines(text, headlines=("Another title",), names=("Ada Quill", "The Daily Signal")) == text


@pytest.mark.parametrize(
    "line",
    [
        "Operators told to clear networks",
        "By Ada Quill and Ben Ortiz",
        "Von Clara Ried, Sundhafen",
        "文／Clara Ried",
        "Published 14 November 2026",
        "Stand: 14.11.2026, 08:00 Uhr",
        "14 November 2026",
        "Photo: Example Agency",
    ],
)
def test_a_first_line_that_is_title_byline_date_or_credit_is_removed(line: str) -> None:
    names = ("Ada Quill", "Ben Ortiz", "Clara Ried", "The Daily Signal")
    assert trim_lines(f"{line}\n{LONG}", headlines=("Operators told to clear networks",), names=names) == LONG


@pytest.mark.parametrize(
    "tail",
    [
        "Sign up for our newsletter.",
        "Follow us on Twitter and Facebook",
        "Tags: core network, regulator\nComments",
        "Abonnez-vous à notre lettre\nTous droits réservés",
        "подписывайтесь на наш канал",
        "無断転載を禁じます",
    ],
)
def test_promotion_after_the_story_is_removed(tail: str) -> None:
    assert trim_lines(f"{LONG}\n{tail}", headlines=(), names=()) == LONG


def test_a_promotional_line_inside_the_story_is_kept() -> None:
    """Promotion is cut at the end only, because a story may use the same words."""
    text = f"{LONG}\nThe attackers asked readers to subscribe to a newsletter.\n{LONG} It was the third such order."
    assert trim_lines(text, headlines=(), names=()) == text


@pytest.mark.parametrize(
    "line", ["mq/tb", "Tags: core network, regulator", "With reports from Sundhafen", "写真は例示", "(aq)"]
)
def test_a_last_short_line_that_is_no_sentence_is_removed(line: str) -> None:
    assert trim_lines(f"{LONG}\n{line}", headlines=(), names=()) == LONG


@pytest.mark.parametrize(
    "end",
    [
        "It was the third such order.",
        "“We have no spare parts.”",
        "「予備品はない。」（ミラ記者）",
        "- switches\n- antennas",
        "Northline Ltd\n7 Quay Road",
    ],
)
def test_a_last_sentence_a_list_and_an_address_are_kept(end: str) -> None:
    assert trim_lines(f"{LONG}\n{end}", headlines=(), names=()) == f"{LONG}\n{end}"
