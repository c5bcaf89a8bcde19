"""Gates, extraction and judgement together take time in proportion to a page's length, whatever it repeats."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.gates.gates import Gates
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Page
from fivegwatch.extractors.watchlist.compile import Rules
from tests.extractors.articles.test_article import make_page
from tests.extractors.watchlist_builder import shipped_rules
from tests.growth import assert_costs_in_proportion

pytestmark = pytest.mark.slow

STORY = f"<p>{'The ministry bars Huawei from the 5G core network over fears of spying. ' * 5}</p>"
NEWS_DATA = '{"@type": "NewsArticle", "headline": "@", "articleBody": "@"}'
METAS = '<meta property="og:title" content="@"><meta name="author" content="@"><meta name="date" content="@">'
BYLINE = '<span class="author">By @</span><time datetime="@">@</time>'
PARTS = {
    "text": f"<title>A story</title><body><article>{STORY}<p>@</p></article>",
    "title": f"<title>Huawei 5G @</title><body><h1>@</h1>{STORY}",
    "data": f'<title>A</title><script type="application/ld+json">@</script><body>{STORY}',
    "claims": f'<title>A</title><script type="application/ld+json">{NEWS_DATA}</script><body>{STORY}',
    "state": f'<title>A</title><body><script>x = {{"a": "<p>1<p>2<p>3@"}}</script>{STORY}',
    "meta": f"<title>A</title>{METAS}<body>{STORY}",
    "byline": f"<title>A</title><body><h1>Huawei and the 5G core</h1>{BYLINE}{STORY}",
    "class": f'<title>A</title><body><div class="@" id="@" style="@">{STORY}</div>',
}
UNITS = (" :", "|", "\t", '\\"', "&amp;", "<b>a</b>", "operator ", "5G ", "1 ", "by ")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("unit", UNITS)
def test_a_page_costs_in_proportion_to_what_it_repeats(part: str, unit: str) -> None:
    rules = shipped_rules()
    gates = Gates(rules)

    def reading(size: int) -> Callable[[], object]:
        markup = PARTS[part].replace("@", unit * (size // len(unit)))
        page = make_page(markup, "https://news.example/a")
        return lambda: read(page, gates, rules)

    assert_costs_in_proportion(reading, 24_000)


def read(page: Page, gates: Gates, rules: Rules) -> None:
    gates.stopped_by(page)
    with suppress(ExtractionError):  # a page may say nothing
        judge(extract_article(page), rules)
