"""Figures and flags that say what is wrong with a page."""

from __future__ import annotations

from fivegwatch.extractors.articles.article import extract_article
from tests.extractors.articles.test_article import make_page
from tests.extractors.articles.test_edges import LONG


def test_page_chars_counts_all_shown_words_but_no_scripts_and_styles() -> None:
    silent = f"<script>var x = '{LONG}';</script><style>p {{}}</style>"
    body = f"<nav>Menu</nav>{silent}<p>{LONG}</p>  <p> {LONG} </p><footer>Imprint</footer>"
    article = extract_article(make_page(f"<html><body>{body}</body></html>"))
    assert abs(article.page_chars - len(f"Menu {LONG} {LONG} Imprint")) <= 4
    assert article.page_chars > len(article.text) > 0
