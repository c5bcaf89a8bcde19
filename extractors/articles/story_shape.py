"""Whether a page has the shape of a story, whatever words stand in it: a subject and a story's marks.

Walls and error pages speak of the page; a story's headline names somebody or something that its sentences name again.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from fivegwatch.extractors.articles.bylines import page_authors
from fivegwatch.extractors.articles.headline import site_names
from fivegwatch.extractors.pages import wall_phrases
from fivegwatch.extractors.pages.claims import Structured, types_of
from fivegwatch.extractors.text.likeness import key, words

WALL_WORDS = wall_phrases.anywhere(
    (
        *wall_phrases.BOT_TITLE, *wall_phrases.BOT_TEXT, *wall_phrases.CONSENT, *wall_phrases.NOT_FOUND,
        *wall_phrases.SCRIPT_NEEDED,
    )
)  # fmt: skip
SUBJECTS = 2
"""Words of the headline that the text must take up."""
EVIDENCE = 3
"""Words taken up and marks, together, that make a story of a page that says a wall's words."""
WORD_CHARS, STEM_CHARS = 4, 5
"""Shorter words are mostly grammar; what follows the stem mostly is."""
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")
HANGUL = re.compile(r"[\uac00-\ud7af]")
SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
ACRONYM = re.compile(r"(?<![^\W_])[^\W\d_]{2,4}(?![^\W_])")
TITLE_CHARS, TEXT_CHARS = 400, 3_000
PROMISED = 3
"""Subjects an announcement must have, for a page without any of them to be another page."""
SLIGHT_CHARS = 600
"""As much as walls and notices say."""


def weight(text: str) -> int:
    """The length of ``text`` in characters of an alphabet: a Chinese, Japanese or Korean one says as much as two."""
    return len(text) + len(SPACELESS.findall(text[:2_000]))


def subjects(text: str) -> set[str]:
    """Stems of the words of ``text`` that can name something: long, with figures, acronyms, pairs of signs."""
    found: set[str] = set()
    last = ""
    for word in words(text):
        if UNSPACED.match(word):
            found |= {last + word} if UNSPACED.match(last) else set()
        elif HANGUL.match(word):
            found |= {word[:2]} if len(word) > 1 else set()
        elif len(word) >= WORD_CHARS:
            found.add(word[:STEM_CHARS])
        elif not word.isalpha() and not word.isdigit():
            found.add(word)
        last = word
    if not text.isupper():
        found |= {name.casefold() for name in ACRONYM.findall(text) if name.isupper()}
    return {stem for stem in found if not stem.isdigit()}


def taken_up(title: str, text: str, claims: Structured, url: str) -> int:
    """How many subjects of ``title`` the ``text`` names, the outlet's name and walls' phrases in both aside."""
    outlet = f"{key(urlsplit(url).hostname or '')} {' '.join(site_names(claims, url))}"
    named = {stem for stem in subjects(WALL_WORDS.sub(" ", title[:TITLE_CHARS])) if key(stem) not in outlet}
    # The headline may stand in the text once more, in one line with the date.
    told = text[:TEXT_CHARS].replace(title, " ") if title else ""
    return len(named & subjects(WALL_WORDS.sub(" ", told)))


def marks(tree: HtmlElement, claims: Structured, url: str) -> int:
    """What only stories have: 1 for being told to machines as an article, 1 for a byline, time or article element."""
    return int(told_as_article(claims)) + int(_looks_like_article(tree, claims, url))


def told_as_article(claims: Structured) -> bool:
    """Whether the page tells machines that it is an article, or a film with a few words."""
    return bool(
        claims.article.get("headline")
        or claims.article.get("datePublished")
        or claims.first_meta("og:type").lower().startswith(("article", "video"))
        or any("VideoObject" in types_of(node) for node in claims.nodes)
        or claims.first_meta("article:published_time")
    )


def _looks_like_article(tree: HtmlElement, claims: Structured, url: str) -> bool:
    return (
        tree.find(".//time") is not None
        or any(box.find(".//p") is not None for box in tree.iter("article"))
        or bool(page_authors(tree, claims, None, site_names(claims, url)))
    )


def is_story(title: str, text: str, tree: HtmlElement, claims: Structured, url: str) -> bool:
    """Whether a page that says a wall's words is a story all the same: its headline goes on, and its text with it."""
    named = taken_up(title, text, claims, url)
    return named >= SUBJECTS and min(named, EVIDENCE) + marks(tree, claims, url) >= EVIDENCE


def is_no_story(
    announced: str, title: str, text: str, tree: HtmlElement, claims: Structured, url: str
) -> bool:
    """Whether a short page shows something else than a story, in whatever language: asking again may help.

    It names nothing of what its feed ``announced``, or it has no mark of a story and its text nothing of its title.
    """
    if told_as_article(claims):
        return False
    promised = subjects(announced[:TITLE_CHARS])
    shown = f"{title}\n{text[:TEXT_CHARS]}"
    if len(promised) >= PROMISED and not promised & subjects(shown):
        return True
    if weight(text) >= SLIGHT_CHARS or taken_up(title, text, claims, url) >= SUBJECTS:
        return False
    return not _looks_like_article(tree, claims, url)
