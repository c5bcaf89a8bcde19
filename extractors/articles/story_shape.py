"""Whether a page has the shape of a story: its text names what its headline names, and it has a story's marks.

Walls and error pages are about the page itself; a story's headline names what its text names again.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from fivegwatch.extractors.articles.bylines import page_authors
from fivegwatch.extractors.pages import wall_phrases
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.scripts import HAN, HANGUL, KANA, UNSPACED
from fivegwatch.extractors.text.word_overlap import key, words

WALL_WORDS = wall_phrases.anywhere(
    (
        *wall_phrases.BOT_TITLE, *wall_phrases.BOT_TEXT, *wall_phrases.CONSENT, *wall_phrases.NOT_FOUND,
        *wall_phrases.SCRIPT_NEEDED,
    )
)  # fmt: skip
SUBJECTS = 2
"""Fewest subjects of the headline that the text of a story names."""
EVIDENCE = 3
"""A page with a wall's words is a story if its subjects named again and its marks of a story add up to this."""
WORD_CHARS, STEM_CHARS = 4, 5
"""Fewest letters of a word that can be a subject (shorter words are mostly grammar), and letters kept as its stem."""
_UNSPACED, _HANGUL = re.compile(f"[{UNSPACED}]"), re.compile(f"[{HANGUL}]")
_DENSE = re.compile(f"[{KANA}{HAN}{HANGUL}]")
ACRONYM = re.compile(r"(?<![^\W_])[^\W\d_]{2,4}(?![^\W_])")
TITLE_CHARS, TEXT_CHARS = 400, 3_000
PROMISED = 3
"""A page that names none of the subjects of its announcement is another page if there are at least this many."""
SLIGHT_CHARS = 600
"""Longest text of a wall or notice."""


def weight(text: str) -> int:
    """The length of ``text`` in alphabetic characters; a Chinese, Japanese or Korean character counts as two."""
    return len(text) + len(_DENSE.findall(text[:2_000]))


def subjects(text: str) -> set[str]:
    """Stems of the words of ``text`` that can name something: long words, acronyms, words with digits, CJK pairs."""
    stems: set[str] = set()
    last = ""
    for word in words(text):
        if _UNSPACED.match(word):
            stems |= {last + word} if _UNSPACED.match(last) else set()
        elif _HANGUL.match(word):
            stems |= {word[:2]} if len(word) > 1 else set()
        elif len(word) >= WORD_CHARS:
            stems.add(word[:STEM_CHARS])
        elif not word.isalpha() and not word.isdigit():
            stems.add(word)
        last = word
    if not text.isupper():
        stems |= {name.casefold() for name in ACRONYM.findall(text) if name.isupper()}
    return {stem for stem in stems if not stem.isdigit()}


def taken_up(page: ParsedPage, title: str, text: str) -> int:
    """How many subjects of ``title`` the ``text`` names; the outlet's name and phrases of walls do not count."""
    outlet = f"{key(urlsplit(page.url).hostname or '')} {' '.join(page.site_names)}"
    named = {stem for stem in subjects(WALL_WORDS.sub(" ", title[:TITLE_CHARS])) if key(stem) not in outlet}
    # The text may repeat the headline, on one line with the date.
    rest = text[:TEXT_CHARS].replace(title, " ") if title else ""
    return len(named & subjects(WALL_WORDS.sub(" ", rest)))


def declares_article(page: ParsedPage) -> bool:
    """Whether the page tells machines that it is an article or a video."""
    return (
        page.declared_article or page.declared_video or bool(page.claims.first_meta("article:published_time"))
    )


def _looks_like_article(page: ParsedPage) -> bool:
    """Whether the page has a byline, a ``time`` element, or an ``article`` element with a paragraph."""
    marked = any(page.tree.find(path) is not None for path in (".//time", ".//article//p"))
    return marked or bool(page_authors(page, None))


def is_story(page: ParsedPage, title: str, text: str) -> bool:
    """Whether a page with the words of a wall is a story: its text names what its headline names, and it has marks."""
    named = taken_up(page, title, text)
    marks = declares_article(page) + _looks_like_article(page)
    return named >= SUBJECTS and min(named, EVIDENCE) + marks >= EVIDENCE


def is_no_story(page: ParsedPage, announced: str, title: str, text: str) -> bool:
    """Whether a short page, in any language, holds no story; a later request may then get one.

    A page holds no story in two cases: it names nothing that its feed ``announced``; or it has no mark of a story and
    its text does not name what its title names.
    """
    if declares_article(page):
        return False
    promised = subjects(announced[:TITLE_CHARS])
    if len(promised) >= PROMISED and not promised & subjects(f"{title}\n{text[:TEXT_CHARS]}"):
        return True
    if weight(text) >= SLIGHT_CHARS or taken_up(page, title, text) >= SUBJECTS:
        return False
    return not _looks_like_article(page)
