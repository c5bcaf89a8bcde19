"""Where boxes side by side part a page's text, and what extraction writes in one sentence all the same."""

from __future__ import annotations

import gzip
import re
from itertools import accumulate
from pathlib import Path

import pytest

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.gates.gates import remaining_lines
from fivegwatch.extractors.gates.page_text import PageTexts
from fivegwatch.extractors.pages.parsed import ParsedPage
from tests.conftest import sample
from tests.extractors.gates.test_gates import page_of


def _letters(lines: list[str]) -> tuple[str, list[int]]:
    """The letters and digits of lines, and how many of them are before the end of each line."""
    pieces = ["".join(filter(str.isalnum, piece)) for piece in lines]
    return "".join(pieces), list(accumulate(map(len, pieces)))


def _is_parted(sentence: str, text: tuple[str, list[int]]) -> bool | None:
    """Whether a seam stands in the sentence; None when the text does not have it in one piece."""
    letters = "".join(filter(str.isalnum, sentence))
    place = text[0].find(letters)
    return any(place < seam < place + len(letters) for seam in text[1]) if place >= 0 else None


@pytest.mark.shared
def test_seams_of_a_real_page_hardly_part_a_sentence_that_those_of_its_pruned_tree_do_not(
    shared: Path,
) -> None:
    """Of a sample of the pages; FIVEGWATCH_CAMPAIGN=all takes all. Of 25,000 sentences it was one line of two
    placeholders for advertisements."""
    seen, parted = 0, []
    for path in sample(sorted((shared / "data" / "pages" / "html").glob("*.html.gz")), 24):
        captured = page_of(gzip.decompress(path.read_bytes()))
        parsed = ParsedPage(captured)
        try:
            text = extract_article(captured, parsed=parsed).text
        except ExtractionError:
            continue
        raw = _letters(PageTexts(captured).shown())
        pruned = _letters(remaining_lines(parsed))
        for sentence in re.split(r"(?<=[.!?]) |\n", text):
            seen += len(sentence) > 40
            if len(sentence) > 40 and _is_parted(sentence, raw) and _is_parted(sentence, pruned) is False:
                parted.append(sentence)
    assert seen > 500
    assert len(parted) <= seen / 2_000, parted
