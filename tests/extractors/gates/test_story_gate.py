"""A page whose text is far from the threshold ends there; stories and short texts are extracted in full."""

from __future__ import annotations

import gzip
import html
from pathlib import Path

import pytest

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.gates.story_gate import FAR, extract_unless_far
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Page
from fivegwatch.extractors.pages.parsed import ParsedPage
from tests.conftest import sample
from tests.extractors.gates.test_gates import GATES, TEXT, TITLE, page, page_of
from tests.extractors.gates.test_stopped import GARDEN, HEAD

IN_PASSING = f"<article><h1>The garden</h1>{GARDEN}<p>{TEXT}</p></article>"
TWO_SCRIPTS = (
    "<article><h1>The garden</h1>"
    + "".join(
        f"<p>第{n}章：园丁在胡萝卜旁边种洋葱，等待春天的雨水，华为手机放在桌子上面。</p>" for n in range(20)
    )
    + f"{GARDEN}</article>"
)


def is_far(captured: Page) -> bool:
    return extract_unless_far(ParsedPage(captured), GATES.rules) is None


def test_a_long_text_that_names_its_subject_in_passing_ends_there_though_it_passes_the_gates() -> None:
    assert GATES.stopped_by(page(IN_PASSING, HEAD)) == ""
    assert is_far(page(IN_PASSING, HEAD))


@pytest.mark.parametrize(
    "other",
    [
        page(f"<article><h1>{TITLE}</h1><p>{TEXT}</p>{GARDEN}</article>", HEAD),
        page(
            f"<h1>The garden</h1><p class='standfirst'>{TITLE}. {TEXT}</p><article>{GARDEN}<p>{TEXT}</p></article>",
            f"{HEAD}<meta name='description' content='{TITLE}. {TEXT}'>",
        ),
        page(f"<article><h1>The garden</h1>{GARDEN[:1200]}</article>", HEAD),
        page(TWO_SCRIPTS, HEAD),
    ],
    ids=["a story", "a standfirst that tells one", "a short text", "a text in two scripts"],
)
def test_stories_and_short_texts_are_extracted_as_ever(other: Page) -> None:
    article = extract_unless_far(ParsedPage(other), GATES.rules)
    assert article == extract_article(other)


def test_a_page_without_text_raises_what_extraction_raises() -> None:
    with pytest.raises(ExtractionError):
        extract_unless_far(ParsedPage(page_of(b"")), GATES.rules)


@pytest.mark.shared
@pytest.mark.slow
def test_no_real_page_ends_there_that_comes_near_the_threshold(shared: Path) -> None:
    """A sample of the recorded pages; FIVEGWATCH_CAMPAIGN=all takes all."""
    rules = GATES.rules
    for path in sample(sorted((shared / "data" / "pages" / "html").glob("*.html.gz")), 24):
        captured = page_of(gzip.decompress(path.read_bytes()))
        try:
            if is_far(captured):
                score = judge(extract_article(captured), rules).score
                assert score < rules.threshold - rules.near_miss, path.name
        except ExtractionError:
            continue


@pytest.mark.shared
@pytest.mark.slow
def test_no_labelled_text_that_is_kept_ends_there(shared: Path) -> None:
    """The page's article is far away when it is extracted in full, and the labelled text itself is no near miss."""
    from benchmarks.labelled import read_labelled

    near = GATES.rules.threshold - GATES.rules.near_miss
    ended = 0
    for item in sample(read_labelled(shared / "data" / "relevance" / "dev2.jsonl"), 8):
        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in item.article.text.split("\n"))
        captured = page(f"<h1>{html.escape(item.article.title)}</h1>{paragraphs}")
        try:
            if not is_far(captured):
                continue
        except ExtractionError:  # too short for an article
            continue
        ended += 1
        assert judge(extract_article(captured), GATES.rules).score < near - FAR / 2, item.id
        assert judge(item.article, GATES.rules).score < near, item.id
    assert ended > 5  # else this test shows nothing
