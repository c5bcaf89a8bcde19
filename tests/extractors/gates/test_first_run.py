"""Extraction ends after its first run only for pages that are rejected in any case."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.gates.first_run import SETTLED_CHARS, is_settled
from fivegwatch.extractors.judging.judgement import judge
from tests.conftest import sample
from tests.extractors.gates.test_gates import STORIES, TEXT, TITLE, page, page_of
from tests.extractors.watchlist_builder import shipped_rules

SETTLES = is_settled(shipped_rules())
GARDEN = "The gardener plants onions beside the carrots and waits for the rain of the spring. "
LONG = GARDEN * (SETTLED_CHARS // len(GARDEN) + 1)


def test_a_long_text_about_something_else_is_settled_and_a_short_one_is_not() -> None:
    assert SETTLES("The garden", LONG)
    assert not SETTLES("The garden", GARDEN)
    assert not SETTLES(TITLE, f"{TEXT} {LONG}")


def test_a_settled_page_is_extracted_in_one_run() -> None:
    captured = page(
        f"<article><h1>The garden</h1>{'<p>' + LONG + '</p>'}<div class=x><p>{GARDEN}</p></div></article>"
    )
    settled = extract_article(captured, settles=SETTLES)
    assert [method for method, _ in settled.lengths] == ["trafilatura-fast"]
    assert len(extract_article(captured).lengths) > 1
    assert "onions" in settled.text
    story = page(f"<article><h1>{TITLE}</h1><p>{TEXT}</p><p>{LONG}</p></article>")
    assert extract_article(story, settles=SETTLES) == extract_article(story)


@pytest.mark.slow
@pytest.mark.shared
def test_no_verdict_on_a_real_page_depends_on_where_extraction_ends(shared: Path) -> None:
    """Of real pages, each as it is and with a story between its paragraphs; FIVEGWATCH_CAMPAIGN=all takes all."""
    paths = sample(sorted((shared / "data" / "pages" / "html").glob("*.html.gz")), 12)
    for path, story in zip(paths, STORIES * len(paths), strict=False):
        body = gzip.decompress(path.read_bytes())
        paragraph = b"<p>" + story["text"].encode() + b"</p>"
        for markup in (body, body.replace(b"</p>", b"</p>" + paragraph, 1)):
            verdicts = []
            for settles in (None, SETTLES):
                try:
                    decision = judge(extract_article(page_of(markup), settles=settles), shipped_rules())
                    verdicts.append(decision.verdict)
                except ExtractionError as error:
                    verdicts.append(error.kind)
            assert verdicts[0] == verdicts[1], path.name
