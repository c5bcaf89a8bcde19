"""The first look never rules out what a close look finds, and it sees the same texts."""

from __future__ import annotations

import gzip
import random
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.gates.first_look import QuickScan
from fivegwatch.extractors.gates.gates import Gates
from fivegwatch.extractors.gates.page_text import main_text, readings, shown_of
from fivegwatch.extractors.gates.quick_fold import quick_fold
from fivegwatch.extractors.text.folding import fold_text
from tests.conftest import examples, sample
from tests.extractors.gates.test_gates import DISGUISES, SUBJECTS, page_of
from tests.extractors.watchlist_builder import shipped_rules

QUICK = QuickScan(shipped_rules())
GATES = Gates(shipped_rules())


def named_closely(body: bytes, content_type: str = "text/html") -> bool:
    """Whether a close look at every text of the page finds a subject."""
    shown = shown_of(page_of(body, content_type))
    return any(GATES._find(reading, "subjects") for reading in readings(shown, main_text(shown)))


def named_at_first(body: bytes, content_type: str = "text/html") -> bool:
    shown = shown_of(page_of(body, content_type))
    return bool(QUICK.look(readings(shown, main_text(shown))).subjects)


LETTERS = st.sampled_from([
    *"aZ9 &-.`~é", "ß", "ŉ", "ﬁ", "İ", "ı", "ς", "я", "Ж", "ａ", "Ｇ", "\u00ad", "\u200b", "\u0301", "½", "ﷺ", "أ", "ـ",
    "华", "ガ", "か\u3099", "ก", "한", "\U0001f4f1", "\U0001d5a0", "\ud800", "\n", "\u00a0",
])  # fmt: skip


@settings(max_examples=examples(150), deadline=None)
@given(st.one_of(st.lists(LETTERS, max_size=30).map("".join), st.text(max_size=30)))
@example("Stra\u00dfe ﬁ ½")
def test_folding_by_table_says_what_folding_says(text: str) -> None:
    quick, exact = quick_fold(text), fold_text(text)
    if quick is None:
        return  # read the slow way
    # Blanks run together, one of them on either side; inside, one may stand next to those.
    assert re.sub(" +", " ", quick.text) == re.sub(" +", " ", exact.text)
    assert "  " not in quick.text[1:-1]
    assert quick.attached == exact.attached
    place = 0
    for at, char in enumerate(quick.text[1:-1], 1):
        if char == " ":
            continue
        place = exact.text.index(char, place)
        assert int(quick.origins[at]) == exact.original_span(place, place + 1)[0]
        place += 1


MARKUP = st.sampled_from([
    "<", ">", "</", "<b", "<p>", "<br/>", "<i>", "</i>", "<!-- ", "-->", "a", "5G", " ", "\n", '"', "'", " x=", "/",
    "&lt;", "&amp;", '<a title="a>b">', "<script>", "</script>", "<style>", "</style>", "<td>", "Hua", "wei",
    "\u200b", "`", "~", "=", "é", "<meta title=", "\x01",
])  # fmt: skip


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(MARKUP, max_size=40).map("".join))
def test_a_subject_in_broken_markup_is_not_overlooked(markup: str) -> None:
    body = f"<title>x</title>{markup}".encode()
    assert named_at_first(body) >= named_closely(body)


@settings(max_examples=examples(80), deadline=None)
@given(
    st.sampled_from(SUBJECTS), st.sampled_from(sorted(DISGUISES)), st.sampled_from(["utf-8", "utf-16", "gb18030"]),
    st.lists(MARKUP, max_size=6).map("".join), st.lists(MARKUP, max_size=6).map("".join),
)  # fmt: skip
def test_a_subject_in_any_markup_is_not_overlooked(
    subject: str, disguise: str, charset: str, before: str, after: str
) -> None:
    markup = f"<html><body>{before}<p>{DISGUISES[disguise](subject)}</p>{after}</body></html>"
    body, declared = markup.encode(charset, "xmlcharrefreplace"), f"text/html; charset={charset}"
    assert named_at_first(body, declared) >= named_closely(body, declared)


@pytest.mark.shared
def test_real_pages_are_seen_alike_also_when_damaged(shared: Path) -> None:
    chance = random.Random(11)
    paths = sorted((shared / "data" / "pages" / "html").glob("*.html.gz"))
    for path in sample(paths, 15):
        body = gzip.decompress(path.read_bytes())
        assert named_at_first(body) == named_closely(body), path.name
        if len(body) > 300_000:
            continue
        at, cut = chance.randrange(len(body)), chance.randrange(len(body))
        term = DISGUISES[chance.choice(sorted(DISGUISES))](chance.choice(SUBJECTS)).encode("utf-8", "replace")
        damaged = body[:at] + b" " + term + b" " + body[at:cut] + body[cut + chance.randrange(40) :]
        assert named_at_first(damaged) >= named_closely(damaged), path.name
