"""Marking up evidence in place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fivegwatch.extractors.judging.marking import cut, excerpts
from fivegwatch.extractors.model import Match


def match(start: int, end: int, rule: str = "r") -> Match:
    return Match(rule=rule, facet="threat", field="text", start=start, end=end, quote="")


@given(st.text(max_size=200), st.lists(st.tuples(st.integers(-5, 220), st.integers(-5, 220)), max_size=8))
def test_the_pieces_joined_are_the_text_whatever_the_matches(text: str, spans: list[tuple[int, int]]) -> None:
    pieces = cut(text, [match(start, end) for start, end in spans], "text")
    assert "".join(piece.text for piece in pieces) == text


def test_overlapping_matches_are_both_named_on_the_piece_they_share() -> None:
    pieces = cut("ban on Huawei gear", [match(0, 13, "ban"), match(7, 18, "gear")], "text")
    assert [(piece.text, piece.rules) for piece in pieces] == [
        ("ban on ", ("ban",)),
        ("Huawei", ("ban", "gear")),
        (" gear", ("gear",)),
    ]


def test_passages_keep_a_little_text_around_each_match_and_drop_the_rest() -> None:
    text = "x" * 500 + "5G" + "y" * 500 + "SS7" + "z" * 10
    found = list(excerpts(cut(text, [match(500, 502), match(1002, 1005)], "text"), around=20))
    assert ["".join(piece.text for piece in passage) for passage in found] == [
        "…" + "x" * 20 + "5G" + "y" * 20 + "…",
        "…" + "y" * 20 + "SS7" + "z" * 10,
    ]


def test_a_text_without_matches_has_no_excerpts() -> None:
    assert list(excerpts(cut("nothing here", [], "text"))) == []
