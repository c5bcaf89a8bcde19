"""What is wrong with a page's text, as flags: nothing is dropped in silence, and no wall is mistaken for a story."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from fivegwatch.extractors.articles.story_shape import is_no_story, is_story, weight
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Page
from fivegwatch.extractors.pages import wall_phrases
from fivegwatch.extractors.pages.claims import Structured, line, types_of
from fivegwatch.extractors.text.language import text_language
from fivegwatch.extractors.text.likeness import words

WALL_CHARS = 1_500
"""A wall says little; a longer text that speaks of cookies or robots is about them."""
PARTIAL_CHARS = 2_500
VIDEO_CHARS = 800
NOTHING_CHARS = 80
"""Less than this is a button, not a sentence; half of it in scripts without spaces."""
SHOWN_CHARS = 30_000
TOLD_WORDS = 1.6
"""A page that claims this many times the words it shows keeps the rest back."""
GARBLED = 0.01
FOLDED_CHARS = XPath("string-length(normalize-space(.))")
SILENT = frozenset(("script", "style", "template", "svg", "head", "title"))
WALLS = ("bot_wall", "soft_404", "consent_wall", "script_wall")
"""Flags of pages that hold no story at all, the surest first."""

BOT_TITLE, BOT_TEXT, CONSENT, NOT_FOUND, SCRIPT_NEEDED, PAYWALL, LIVE = (
    wall_phrases.anywhere(phrases)
    for phrases in (
        wall_phrases.BOT_TITLE, wall_phrases.BOT_TEXT, wall_phrases.CONSENT, wall_phrases.NOT_FOUND,
        wall_phrases.SCRIPT_NEEDED, wall_phrases.PAYWALL, wall_phrases.LIVE,
    )
)  # fmt: skip
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the flags are told from."""

    page: Page
    tree: HtmlElement
    claims: Structured
    title: str
    text: str
    announced: str = ""
    """The title by which a feed announced the page."""

    def shown(self, most: int) -> str:
        """The page's visible text, what scripts-off readers see included, up to about ``most`` characters."""
        return visible_text(self.tree, most)


def quality_flags(seen: Seen) -> tuple[str, ...]:
    """The flags of a page, in alphabetical order; empty when nothing is wrong with it."""
    return tuple(sorted({*_walls(seen), *_partial(seen), *_kinds(seen), *_damage(seen.text)}))


def wall_of(flags: tuple[str, ...]) -> str:
    """The flag that says the page holds no story, or empty."""
    return next((wall for wall in WALLS if wall in flags), "")


def is_nothing(text: str) -> bool:
    """Whether ``text`` is too little to judge anything by: a few words, or hardly a word among figures."""
    return weight(text) < NOTHING_CHARS or not text_language(text)


def _walls(seen: Seen) -> Iterator[str]:
    if any(name == "cf-mitigated" for name, _ in seen.page.headers):
        yield "bot_wall"
    if seen.page.status in (404, 410):
        yield "soft_404"
    if weight(seen.text) <= WALL_CHARS:
        said = set(_wall_words(seen))
        if said and not is_story(seen.title, seen.text, seen.tree, seen.claims, seen.page.final_url):
            yield from said
        elif is_no_story(seen.announced, seen.title, seen.text, seen.tree, seen.claims, seen.page.final_url):
            yield "no_story"


def _wall_words(seen: Seen) -> Iterator[str]:
    """The walls that a page speaks of; a story may do so, too."""
    little = (
        f"{seen.title}\n{seen.text}"
        if len(seen.text) >= LIMITS.stub_chars
        else f"{seen.title}\n{seen.shown(WALL_CHARS)}"
    )
    heading = f"{seen.title}\n{_document_title(seen.tree)}"
    if BOT_TEXT.search(little) or any(BOT_TITLE.match(name.strip()) for name in heading.split("\n")):
        yield "bot_wall"
    if NOT_FOUND.search(heading) or (len(seen.text) < 2 * LIMITS.stub_chars and NOT_FOUND.search(seen.text)):
        yield "soft_404"
    if len({found.group().lower() for found in CONSENT.finditer(little)}) >= 2:
        yield "consent_wall"
    if len(seen.text) < LIMITS.stub_chars and SCRIPT_NEEDED.search(little):
        yield "script_wall"


def _partial(seen: Seen) -> Iterator[str]:
    heavy = weight(seen.text)
    if heavy < LIMITS.stub_chars:
        yield "too_short"
    told = line(seen.claims.article.get("wordCount"))
    withheld = told.isdigit() and len(words(seen.text[: LIMITS.content_chars])) * TOLD_WORDS < int(told)
    cut = bool(CUT_SHORT.search(seen.text[-60:].rstrip()))
    if heavy <= PARTIAL_CHARS and (cut or withheld):
        yield "teaser"
    if heavy <= PARTIAL_CHARS or withheld:
        closed = str(seen.claims.article.get("isAccessibleForFree", "")).lower() == "false"
        if closed or PAYWALL.search(seen.shown(SHOWN_CHARS)) or _has_paywall_box(seen.tree):
            yield "paywall"


def _kinds(seen: Seen) -> Iterator[str]:
    types = {name for node in seen.claims.nodes for name in types_of(node)}
    path = urlsplit(seen.page.final_url).path
    if "LiveBlogPosting" in types or LIVE.search(seen.title) or LIVE_PATH.search(path):
        yield "live_blog"
    about_video = (
        seen.claims.first_meta("og:type").startswith("video")
        or "VideoObject" in types
        or bool(VIDEO_PATH.search(path))
    )
    if (
        about_video
        and weight(seen.text) <= VIDEO_CHARS
        and (VIDEO_PATH.search(path) or not seen.claims.article)
    ):
        yield "video_stub"
    told_article = bool(seen.claims.article) or seen.claims.first_meta("og:type").lower() == "article"
    if LISTING_PATH.search(path) and not urlsplit(seen.page.final_url).query and not told_article:
        yield "listing_page"


def _damage(text: str) -> Iterator[str]:
    sample = text[:20_000]
    letters = sum(map(str.isalpha, sample))
    if len(MOJIBAKE.findall(sample)) > GARBLED * max(letters, 1) or (
        len(sample) >= LIMITS.stub_chars and letters < 0.2 * len(sample)
    ):
        yield "garbled"


def _document_title(tree: HtmlElement) -> str:
    return " ".join((tree.findtext(".//head//title") or "").split())


def _has_paywall_box(tree: HtmlElement) -> bool:
    named = (
        box
        for tag in ("div", "section", "aside", "p")
        for box in tree.iter(tag)
        if PAYWALL_BOX.search(box.get("class") or "")
    )
    return any(box.text_content().strip() for box in islice(named, 20))


def visible_text(tree: HtmlElement, most: int) -> str:
    """The text of ``tree`` without scripts and styles, white space folded, up to about ``most`` characters."""
    pieces: list[str] = []
    room = most
    for element in tree.iter():
        silent = not isinstance(element.tag, str) or element.tag in SILENT
        for piece in ("" if silent else element.text, element.tail):
            if piece and (shown := " ".join(piece.split())):
                pieces.append(shown)
                room -= len(shown)
        if room <= 0:
            break
    return " ".join(pieces)


def shown_chars(tree: HtmlElement) -> int:
    """Characters of all the page shows, white space folded, scripts and styles left out."""
    body = tree.find(".//body")
    if body is None:
        return 0
    silent = sum(FOLDED_CHARS(element) for element in body.iter("script", "style", "template", "svg"))
    return max(0, int(FOLDED_CHARS(body) - silent))
