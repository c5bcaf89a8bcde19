"""Possible sentences hold every sentence that extraction makes of a page, whatever it drops."""

from __future__ import annotations

import html
import random
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.gates.page_text import PageTexts
from fivegwatch.extractors.gates.sentences import REACH, Lines, possible_sentences, spellings
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.judging.passages import PASSAGE_REACH, sentence_ends
from tests.conftest import examples
from tests.extractors.gates.test_gates import DISGUISES, GATES, STORIES, SUBJECTS, page, page_of
from tests.extractors.watchlist_builder import shipped_rules

SEGMENTS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["5G", "spies", "a", "b.", "c!", "d。e", "f" * 300]), max_size=5).map(
            " ".join
        ),
        st.sampled_from(["`", "~ ", " ~ "]),
        st.booleans(),
    ),
    min_size=1,
    max_size=9,
)


def sentences_of(text: str) -> Iterator[str]:
    """The sentences that the judge reads in a text."""
    yield from (text[begin:end] for begin, end in pairwise((0, *sentence_ends(text), len(text))))


@settings(max_examples=examples(300), deadline=None)
@given(SEGMENTS, st.sampled_from(["", " "]))
@example([("5G a", "`", True), ("b. b. a", "~ ", False), ("spies", "`", True)], " ")
@example([("", "`", False), ("spies", "`", True), ("", "~ ", False), ("5G", "`", True)], " ")
def test_two_words_of_a_sentence_stay_together_whatever_is_dropped(
    segments: list[tuple[str, str, bool]], glue: str
) -> None:
    line = "".join(text + mark for text, mark, _ in segments)
    possible = [f" {spelt} " for sentence in possible_sentences(line) for spelt in spellings(sentence)]
    left = "".join(
        (text if kept else "") + mark.replace("`", glue).replace("~", "") for text, mark, kept in segments
    )
    for sentence in sentences_of(left):
        if len(sentence) <= PASSAGE_REACH and "5G " in sentence and " spies " in sentence:
            assert any("5G " in spelt and " spies" in spelt for spelt in possible), sentence


def test_words_out_of_reach_and_full_stops_between_the_same_tags_part_sentences() -> None:
    assert list(possible_sentences("One. Two. Three.")) == ["Two. ", "One. ", "Three."]
    far = f"5G {'x ' * REACH}spies"
    assert not any("5G" in part and "spies" in part for part in possible_sentences(far))


def test_a_line_with_tags_inside_words_is_read_both_ways_and_known_by_its_number() -> None:
    lines = Lines(["first", "Hua`wei is `here`.", "5G`net", "last"])
    assert lines.plain.split("\n") == [
        "first",
        "Huawei is here.",
        "5Gnet",
        "last",
        "Hua wei is here .",
        "5G net",
    ]
    words = ("first", "Huawei", "last", "Hua wei", "5G net")
    assert list(lines.numbers_at(map(lines.plain.index, words))) == [0, 1, 3, 1, 2]


MARKUP = st.sampled_from([
    "<b", "<p>", "<br/>", "<i>", "</i>", "<!-- ", "-->", "a", "5G", " ", "\n", '"', "'", " x=", "/", "&lt;", "&amp;",
    '<a title="a>b">', "<script>", "</script>", "<style>", "</style>", "<td>", "Hua", "wei", "\u200b", "`", "~", "=",
    "é", "<meta title=", "\x01",
])  # fmt: skip


@pytest.mark.slow
@settings(max_examples=examples(80), deadline=None)
@given(
    st.sampled_from(SUBJECTS), st.sampled_from(sorted(DISGUISES)), st.sampled_from(["utf-8", "utf-16", "gb18030"]),
    st.lists(MARKUP, max_size=6).map("".join), st.lists(MARKUP, max_size=6).map("".join),
)  # fmt: skip
def test_a_subject_that_extraction_reads_in_broken_markup_is_among_the_lines(
    subject: str, disguise: str, charset: str, before: str, after: str
) -> None:
    markup = f"<html><body>{before}<p>{DISGUISES[disguise](subject)}</p>{after}</body></html>"
    captured = page_of(markup.encode(charset, "xmlcharrefreplace"), f"text/html; charset={charset}")
    try:
        text = extract_article(captured).text
    except ExtractionError:
        return
    plain = "".join(Lines(PageTexts(captured).shown()).plain.split())
    assert all(
        "".join(word for word in line.split()) in plain for line in text.split("\n") if subject in line
    )


TAGS = [
    *("span", "b", "em", "a", "sup", "small", "q", "cite", "abbr", "time", "label", "button", "svg"),
    *("p", "div", "aside", "figure", "section", "ul", "table", "form", "h2"),
]
ATTRIBUTES = [
    "",
    " class=tooltip",
    " style='display:none'",
    " hidden",
    " class=caption",
    " href=/a",
    " aria-hidden=true",
]
INSERTED = [
    "Advert.",
    "Read more: the weather. And football.",
    "[1]",
    "Photo: AP. All rights reserved. ",
    "",
    "*",
    "a",
]


def cut_up(text: str, chance: random.Random) -> str:
    """``text`` with elements around and between its words, at random."""
    rate = chance.choice([0.02, 0.1, 0.3])
    words = []
    for word in map(html.escape, text.split()):
        tag, attributes = chance.choice(TAGS), chance.choice(ATTRIBUTES)
        kind = chance.random()
        if kind < rate / 2:
            word = f"<{tag}{attributes}>{word}</{tag}>"
        elif kind < rate:
            word += f" <{tag}{attributes}>{chance.choice(INSERTED)}</{tag}>"
        words.append(word)
    around = chance.choice(
        ["<p>{}</p>", "<div>{}</div>", "{}", "<table><tr><td>{}</table>", "<ul><li>{}</ul>"]
    )
    return around.format(" ".join(words))


@pytest.mark.slow
def test_no_story_cut_up_by_elements_is_lost() -> None:
    chance, seen = random.Random(7), 0
    for _ in range(examples(120)):
        story = chance.choice(STORIES)
        captured = page(cut_up(story["text"], chance))
        if GATES.stopped_by(captured) == "":
            continue
        seen += 1
        try:
            decision = judge(extract_article(captured), shipped_rules())
        except ExtractionError:
            continue
        assert not (decision.relevant or decision.near_miss), captured.body
    assert seen
