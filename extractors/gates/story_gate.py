"""The last gate before an article is extracted in full: the judge's answer to the page's text alone.

It costs half an extraction: authors, dates, address and flags are not computed for a page that is no story.
"""

from __future__ import annotations

from dataclasses import replace

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.articles.body import choose_body
from fivegwatch.extractors.articles.headline import read_headlines
from fivegwatch.extractors.articles.quality import WALL_CHARS
from fivegwatch.extractors.articles.standfirst import possible_standfirsts
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Article, Entry
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.language import is_in_two_scripts, text_language
from fivegwatch.extractors.watchlist.compile import Rules

FAR = 2.0
"""A text is far from a near miss if its score (log-odds) is at least this much below that of near misses. Later steps
of extraction still change a text (bylines and credits at its edges): that raised the score of one of 478 recorded pages
by 1.5, from -8.0, and all others by less than 0.3; and of 145 labelled texts made into pages that this gate stops by at
most 0.17."""


def extract_unless_far(parsed: ParsedPage, *rules: Rules, entry: Entry | None = None) -> Article | None:
    """The article of a page; None if its text is long and, by each of the ``rules``, far from a near miss.

    Short texts are extracted in full, which tells walls and teasers from stories; so are texts in two scripts, whose
    language, and with it the verdict, can depend on a line at their edges. The page's feed ``entry`` may supply text
    and title.

    Raises: ExtractionError, as ``extract_article`` does.
    """
    chosen = choose_body(parsed, entry)
    text = chosen[0].text
    is_clear = len(text) > WALL_CHARS and not is_in_two_scripts(text)
    if is_clear and all(_is_far(parsed, entry, text, each) for each in rules):
        return None
    return extract_article(parsed.fetched, entry=entry, parsed=parsed, chosen=chosen)


def _is_far(parsed: ParsedPage, entry: Entry | None, text: str, rules: Rules) -> bool:
    """Whether the judge rejects the text by far, with and without the standfirsts that the page may have."""
    title = read_headlines(parsed, entry).chosen
    line = rules.threshold - rules.near_miss - FAR
    article = Article(id="", url="", title=title, text=text, language=text_language(text))
    if judge(article, rules).score >= line:
        return False
    standfirsts = "\n".join(possible_standfirsts(parsed))
    return not standfirsts or judge(replace(article, text=f"{standfirsts}\n{text}"), rules).score < line
