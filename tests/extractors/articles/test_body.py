"""Headings and lists between a story's paragraphs are put back; link lists, pictures and what follows are not."""

from __future__ import annotations

import pytest
from lxml.html import fromstring

from fivegwatch.extractors.articles.body import with_lost_parts

STORY = (
    "The first mast fell silent on Monday, and by noon the whole valley was quiet.",
    "Three operators want to know who sent the commands to their stations that day.",
    "The regulator will publish its answer in April, when the new rules come into force.",
)


def restored(between: str, after: str = "") -> list[str]:
    tree = fromstring(f"<div><p>{STORY[0]}</p><p>{STORY[1]}</p>{between}<p>{STORY[2]}</p>{after}</div>")
    return with_lost_parts(tree, "\n".join(STORY)).split("\n")[2:-1]


@pytest.mark.parametrize(
    ("between", "lines"),
    [
        ("<h2>What comes next</h2>", ["What comes next"]),
        ("<ul><li>Sign all</li><li>By <a href='/n'>two</a> keys</li></ul>", ["Sign all", "By two keys"]),
        ("<dl><dt>Unsigned</dt><dd>Eleven of thirty</dd></dl>", ["Unsigned", "Eleven of thirty"]),
        ("<ul><li><a href='/n'>Bridge closes in May</a></li></ul>", []),
        ("<ul><li><img src=x>A mast in the valley</li></ul>", []),
        ("<div><h2>Boxed heading of something else</h2></div>", []),
        (f"<h2>{STORY[0]}</h2>", []),
    ],
)  # fmt: skip
def test_headings_and_lists_between_paragraphs_of_one_box_are_restored(
    between: str, lines: list[str]
) -> None:
    assert restored(between) == lines


def test_what_follows_the_last_paragraph_stays_out() -> None:
    tail = with_lost_parts(
        fromstring(f"<div><p>{STORY[0]}</p><p>{STORY[1]}</p><p>{STORY[2]}</p><h2>More</h2></div>"),
        "\n".join(STORY),
    )
    assert tail == "\n".join(STORY)
