"""The short way through trafilatura gives the text of the whole way; pages that need its later stages take that."""

from __future__ import annotations

import pytest
import trafilatura
from justext import core
from lxml.html import fromstring
from trafilatura import external

from fivegwatch.extractors.articles import runs
from fivegwatch.extractors.articles.runs import trafilatura_text
from fivegwatch.extractors.pages.parsed import ParsedPage
from tests.extractors.articles.test_article import make_page

SENTENCE = (
    "The operator replaced every antenna on mast {} after engineers had found a second transmitter in it. "
)
THREAD = '<script type="application/ld+json">{"@type": "DiscussionForumPosting"}</script>'


def sentences(first: int, last: int) -> str:
    return "".join(f"<p>{SENTENCE.format(number)}</p>" for number in range(first, last))


LONG = f"<div class=post><h2>Masts</h2>{sentences(0, 40)}</div>"
REPLIES = f"<{{0}} {{1}}>{sentences(50, 60)}</{{0}}>"


@pytest.mark.parametrize(
    ("body", "short"),
    [
        (LONG, True),
        (f"<div class=post>{sentences(0, 12)}</div>", True),
        (f"<div class=post>{sentences(0, 40)}{REPLIES.format('div', 'id=comments')}</div>", True),
        (f"<div class=post>{sentences(0, 40)}{REPLIES.format('div', 'class=commentary')}</div>", True),
        (f"<div class=post>{sentences(0, 40)}{REPLIES.format('section', 'class=post-comments')}</div>", True),
        (f"<div class=post>{sentences(0, 40)}{REPLIES.format('ol', 'id=disqus_thread')}</div>", True),
        (f"<div class=post>{sentences(0, 40)}{REPLIES.format('div', 'id=infinite-scroll')}</div>", True),
        (f"<div class=post>{sentences(0, 40)}{REPLIES.format('aside', 'class=mvp-post-add-box')}</div>", True),
        (f"{THREAD}<div class=post>{sentences(0, 40)}{REPLIES.format('div', 'id=comments')}</div>", False),
        (f"<div class=post>{sentences(0, 2)}</div>", False),
        (f"<article>{sentences(0, 4)}</article><div>{sentences(10, 60)}</div>", False),
        ("<p>Few words.</p>", False),
    ],
)  # fmt: skip
def test_the_first_stage_alone_gives_the_text_of_all_where_it_is_enough(body: str, short: bool) -> None:
    page = ParsedPage(make_page(f"<html><head><title>Masts</title></head><body>{body}</body></html>"))
    document = trafilatura.bare_extraction(page.pruned, url=page.url, include_comments=False, fast=True)
    assert trafilatura_text(page, "fast") == document.text
    assert bool(runs._first_stage(page)) == short


def test_trafilatura_gives_justext_the_words_it_would_gather_itself() -> None:
    """justext makes a set of ours; of those that trafilatura gathers a tuple would stay besides."""
    ours = external.JT_STOPLIST
    assert ours
    assert core.define_stoplist(ours) == core.define_stoplist(external.jt_stoplist_init())
    external.JT_STOPLIST = ours
    core.define_stoplist.cache_clear()
    external.try_justext(
        fromstring("<html><body><p>The operator said that it would.</p></body></html>"), None, None
    )
    assert core.define_stoplist.cache_info().currsize == 1
    assert external.JT_STOPLIST is ours
