"""Defects of a page, as flags: walls -> partial texts -> kinds of page -> damaged texts.

Stories about security use the words of walls too. They differ in structure: walls and error pages are about the page
itself, while the text of a story names the subjects of its headline again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from lxml.etree import XPath

from fivegwatch.extractors.articles.bylines import page_authors
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Entry
from fivegwatch.extractors.pages import wall_phrases
from fivegwatch.extractors.pages.claims import line, types_of
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.elements import SILENT
from fivegwatch.extractors.text.language import text_language
from fivegwatch.extractors.text.scripts import HAN, HANGUL, KANA, UNSPACED
from fivegwatch.extractors.text.word_overlap import key, words

WALL_CHARS = 1_500
"""Most characters of a wall; a longer text with a wall's words is a story about cookies or robots."""
PARTIAL_CHARS = 2_500
VIDEO_CHARS = 800
NOTHING_CHARS = 80
"""A text with fewer characters is a button, not a sentence; in scripts without spaces half as many."""
SHOWN_CHARS = 30_000
TOLD_WORDS = 1.6
"""If the page's ``wordCount`` is at least this many times the number of words that it shows, it withholds the rest."""
GARBLED = 0.01
FOLDED_CHARS = XPath("string-length(normalize-space(.))")
UNREAD = SILENT - {"noscript"}
"""Silent elements except ``noscript``, which readers without scripts see and in which walls explain themselves."""
UNCOUNTED = ("script", "style", "template", "svg")
"""Elements left out of ``page_chars``. They are fewer than ``SILENT``, so that counts agree with those in old corpora:
``SILENT`` would change the count of 50 of 284 pages."""
WALLS = ("bot_wall", "soft_404", "consent_wall", "script_wall")
"""Flags of pages that have no story at all, the most certain first."""

BOT_TITLE, BOT_TEXT, CONSENT, NOT_FOUND, SCRIPT_NEEDED, LIVE = (
    wall_phrases.anywhere(phrases)
    for phrases in (
        wall_phrases.BOT_TITLE, wall_phrases.BOT_TEXT, wall_phrases.CONSENT, wall_phrases.NOT_FOUND,
        wall_phrases.SCRIPT_NEEDED, wall_phrases.LIVE,
    )
)  # fmt: skip
PAYWALL = wall_phrases.anywhere_in_lower_case(wall_phrases.PAYWALL)
CUT_SHORT = wall_phrases.at_end(wall_phrases.CUT_SHORT)
PAYWALL_BOX = re.compile(
    r"(?:^|[\s_-])(?:paywall|pay-wall|regwall|piano-offer|subscription-(?:wall|prompt)|premium-(?:box|wall))",
    re.IGNORECASE,
)
LISTING_PATH = re.compile(
    r"^/?(?:[a-z]{2}/)?$|/(?:tags?|categor(?:y|ies|ie|ia)|authors?|autor(?:en|es)?|topics?|search|suche|page/\d+)(?:/|$)",
    re.IGNORECASE,
)
VIDEO_PATH = re.compile(r"/(?:videos?|watch|mediathek|av|podcasts?)(?:/|$)", re.IGNORECASE)
LIVE_PATH = re.compile(r"(?:live-?(?:blog|ticker|updates?)|newsblog|/live/)", re.IGNORECASE)
MOJIBAKE = re.compile(r"Ã[\x80-\xbf¡-¿]|â€[™œ\x9d“”¢¦]|[ÐÑ][\x80-\xbf°-¿]|Â[\xa0«»]|\ufffd|ï¿½")
WALL_WORDS = wall_phrases.anywhere(
    (
        *wall_phrases.BOT_TITLE, *wall_phrases.BOT_TEXT, *wall_phrases.CONSENT, *wall_phrases.NOT_FOUND,
        *wall_phrases.SCRIPT_NEEDED,
    )
)  # fmt: skip
SUBJECTS = 2
"""Fewest subjects of the headline that the text of a story must name."""
EVIDENCE = 3
"""A page with a wall's words is a story if the number of headline subjects in its text and its marks of a story add up
to at least this."""
WORD_CHARS, STEM_CHARS = 4, 5
"""Fewest letters of a word that can be a subject (shorter words are mostly grammar), and how many of its first letters
are its stem."""
_UNSPACED, _HANGUL = re.compile(f"[{UNSPACED}]"), re.compile(f"[{HANGUL}]")
_DENSE = re.compile(f"[{KANA}{HAN}{HANGUL}]")
ACRONYM = re.compile(r"(?<![^\W_])[^\W\d_]{2,4}(?![^\W_])")
TITLE_CHARS, TEXT_CHARS = 400, 3_000
PROMISED = 3
"""A page is not the one announced if the announcement has at least this many subjects and the page names none of
them."""
SLIGHT_CHARS = 600
"""Most characters of the text of a wall or notice."""


def quality_flags(page: ParsedPage, entry: Entry | None, title: str, text: str) -> tuple[str, ...]:
    """The flags of a page with this title and text, in alphabetical order; empty when the page has no defect."""
    about_page = {*_walls(page, entry, title, text), *_kinds(page, title, text)}
    return tuple(sorted(about_page.union(_partial(page, text), _damage(text))))


def wall_of(flags: tuple[str, ...]) -> str:
    """The first of ``flags`` that means that the page has no story; else empty."""
    return next((wall for wall in WALLS if wall in flags), "")


def is_nothing(text: str) -> bool:
    """Whether ``text`` is too little to judge: a few words, or digits with hardly a word."""
    return weight(text) < NOTHING_CHARS or not text_language(text)


def _walls(page: ParsedPage, entry: Entry | None, title: str, text: str) -> Iterator[str]:
    if any(name == "cf-mitigated" for name, _ in page.fetched.headers):
        yield "bot_wall"
    if page.fetched.status in (404, 410):
        yield "soft_404"
    if weight(text) > WALL_CHARS:
        return
    walls = set(_wall_words(page, title, text))
    if walls and not is_story(page, title, text):
        yield from walls
    elif is_no_story(page, entry.title if entry is not None else "", title, text):
        yield "no_story"


def _wall_words(page: ParsedPage, title: str, text: str) -> Iterator[str]:
    """Names of the walls whose words the page has; a story may have such words too."""
    stub = len(text) < LIMITS.stub_chars
    little = f"{title}\n{shown_text(page, WALL_CHARS) if stub else text}"
    heading = f"{title}\n{page.title_tag}"
    if BOT_TEXT.search(little) or any(BOT_TITLE.match(name.strip()) for name in heading.split("\n")):
        yield "bot_wall"
    if NOT_FOUND.search(heading) or (len(text) < 2 * LIMITS.stub_chars and NOT_FOUND.search(text)):
        yield "soft_404"
    if len({match.group().lower() for match in CONSENT.finditer(little)}) >= 2:
        yield "consent_wall"
    if stub and SCRIPT_NEEDED.search(little):
        yield "script_wall"


def _partial(page: ParsedPage, text: str) -> Iterator[str]:
    heavy = weight(text)
    if heavy < LIMITS.stub_chars:
        yield "too_short"
    claimed = line(page.claims.article.get("wordCount"))
    withheld = claimed.isdigit() and len(words(text[: LIMITS.content_chars])) * TOLD_WORDS < int(claimed)
    if heavy <= PARTIAL_CHARS and (withheld or CUT_SHORT.search(text[-60:].rstrip())):
        yield "teaser"
    if heavy <= PARTIAL_CHARS or withheld:
        closed = str(page.claims.article.get("isAccessibleForFree", "")).lower() == "false"
        if closed or PAYWALL.search(shown_text(page, SHOWN_CHARS).lower()) or _has_paywall_box(page):
            yield "paywall"


def _kinds(page: ParsedPage, title: str, text: str) -> Iterator[str]:
    address = urlsplit(page.url)
    live = any("LiveBlogPosting" in types_of(node) for node in page.claims.nodes)
    if live or LIVE.search(title) or LIVE_PATH.search(address.path):
        yield "live_blog"
    at_video = VIDEO_PATH.search(address.path)
    if weight(text) <= VIDEO_CHARS and (at_video or (page.declared_video and not page.claims.article)):
        yield "video_stub"
    if LISTING_PATH.search(address.path) and not address.query and not page.declared_article:
        yield "listing_page"


def _damage(text: str) -> Iterator[str]:
    sample = text[:20_000]
    letters = sum(map(str.isalpha, sample))
    if len(MOJIBAKE.findall(sample)) > GARBLED * max(letters, 1) or (
        len(sample) >= LIMITS.stub_chars and letters < 0.2 * len(sample)
    ):
        yield "garbled"


def _has_paywall_box(page: ParsedPage) -> bool:
    boxes = page.tree.iter("div", "section", "aside", "p")
    named = (box for box in boxes if PAYWALL_BOX.search(box.get("class") or ""))
    return any(box.text_content().strip() for box in islice(named, 20))


def shown_text(page: ParsedPage, most: int) -> str:
    """The text that the page shows, ``noscript`` included, as one line of at most about ``most`` characters."""
    pieces: list[str] = []
    room = most
    for element in page.tree.iter():
        for piece in ("" if element.tag in UNREAD else element.text, element.tail):
            if piece and (text := " ".join(piece.split())):
                pieces.append(text)
                room -= len(text)
        if room <= 0:
            break
    return " ".join(pieces)


def shown_chars(page: ParsedPage) -> int:
    """Number of characters in all text that the page shows, white space folded."""
    if page.body is None:
        return 0
    silent = sum(FOLDED_CHARS(element) for element in page.body.iter(*UNCOUNTED))
    return max(0, int(FOLDED_CHARS(page.body) - silent))


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
    """Whether a page with the words of a wall is a story: its text names the subjects of its headline, and it has marks
    of a story."""
    named = taken_up(page, title, text)
    marks = declares_article(page) + _looks_like_article(page)
    return named >= SUBJECTS and min(named, EVIDENCE) + marks >= EVIDENCE


def is_no_story(page: ParsedPage, announced: str, title: str, text: str) -> bool:
    """Whether a short page, in any language, has no story; a later request may then get one.

    A page has no story in two cases: it names nothing that its feed ``announced``; or it has no mark of a story and its
    text does not name the subjects of its title.
    """
    if declares_article(page):
        return False
    promised = subjects(announced[:TITLE_CHARS])
    if len(promised) >= PROMISED and not promised & subjects(f"{title}\n{text[:TEXT_CHARS]}"):
        return True
    if weight(text) >= SLIGHT_CHARS or taken_up(page, title, text) >= SUBJECTS:
        return False
    return not _looks_like_article(page)
