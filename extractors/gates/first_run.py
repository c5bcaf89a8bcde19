"""The end of extraction after its first run, for pages that no further run would bring near the threshold."""

from __future__ import annotations

from collections.abc import Callable

from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Article
from fivegwatch.extractors.text.language import text_language
from fivegwatch.extractors.watchlist.compile import Rules

SETTLED_CHARS = 1_500
SETTLED_BELOW = 3.0
"""A first text of so many characters whose score is so far (log-odds) below that of a near miss settles the verdict."""


def is_settled(rules: Rules) -> Callable[[str, str], bool]:
    """A function of title and first text: True if the page will be rejected, whatever text is chosen in the end."""
    far = rules.threshold - rules.near_miss - SETTLED_BELOW

    def settles(title: str, text: str) -> bool:
        if len(text) < SETTLED_CHARS:
            return False
        article = Article(id="", url="", title=title, text=text, language=text_language(text))
        return judge(article, rules).score < far

    return settles
