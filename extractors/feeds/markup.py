"""Prepares the XML of a feed for feedparser: prolog off -> entities refused -> faults repaired -> depth checked.

Takes time linear in the length of the text.

Standard: XML 1.0.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime
from xml.parsers import expat

from fivegwatch.extractors.errors import FeedError
from fivegwatch.extractors.feeds.asked_pauses import skipped_times
from fivegwatch.extractors.feeds.entries import SHAPELESS, newest
from fivegwatch.extractors.feeds.sections import close_sections
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.web.sniff import Root, find_root

_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
"""RSS, Atom, RDF, and the CDF of 1997 that feedparser still reads."""
_AT_LINE_START = re.compile(
    r"^[ \t]{0,40}<(?:\?xml\b|!--|!DOCTYPE\b|(?:[A-Za-z_][\w.-]{0,40}:)?(?:rss|feed|RDF|channel)[\s>/])",
    re.I | re.M,
)
_ENTITY = re.compile(r"<!ENTITY\b", re.I)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
# Declarations of a named character, and of an external list of them (RSS 0.91 and 1.0); such lists are never loaded.
_CHARACTER_ENTITY = re.compile(
    r"<!ENTITY\s{1,20}([A-Za-z][\w.-]{0,40})\s{1,20}(?:\"([^\"<&%]|&#\w{1,9};)\"|'([^'<&%]|&#\w{1,9};)')\s{0,20}>",
    re.I,
)
_CHARACTER_LIST = re.compile(
    r"<!ENTITY\s{1,20}%\s{1,20}\w{1,40}\s{1,20}PUBLIC\s{1,20}[\"']-//W3C//ENTITIES [^\"'<>]{1,100}[\"']\s{1,20}"
    r"[\"'][^\"'<>]{1,200}[\"']\s{0,20}>",
    re.I,
)
_ITEM = re.compile(r"<((?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry))(?=[\s>/])")
_DATE = re.compile(
    r"<(?:[\w.-]{1,40}:)?(?:pubDate|date|published|updated|issued|modified)\b[^<>]{0,200}>([^<]{4,80})<", re.I
)
_CHARACTER = re.compile(r"&#(x[0-9A-Fa-f]{0,200}|[0-9]{0,200});", re.I)
# A bare "&" outside CDATA is the most common fault of feeds; repaired, the strict parser can read them. An unclosed
# CDATA section matches to the end, so that the search for its end stays linear.
_AMPERSAND = re.compile(r"<!\[CDATA\[(?s:.*?\]\]>|.*)|&(?!#|[A-Za-z][A-Za-z0-9]{0,31};)")
# A person's element and its content (text, sections, comments, other elements), which never reaches past the item.
_PERSON = re.compile(
    r"<((?:[\w.-]+:)?(?:author|creator|contributor|managingEditor|webMaster|publisher|owner))(?:\s[^<>]*+)?(?<!/)>"
    r"((?:[^<]++|<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*)"
    r"|<(?!/\1[\s>]|/?(?:[\w.-]+:)?(?:item|entry)[\s/>]))*+)",
    re.I | re.S,
)
_IN_PERSON = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<[^<>]*>", re.S)
_PERSON_CHARS = 600
# feedparser resolves every guid that is not marked "false": it would make an address of the guid 77-abc.
_PERMALINK = re.compile(r"\s+isPermaLink\s*=\s*(?:\"\s*(true)?[^\"<>]*\"|'\s*(true)?[^'<>]*')", re.I)
_GUID = re.compile(
    r"<((?:[\w.-]{1,40}:)?(?:guid|id))((?:\s[^<>]{0,300})?)(?<!/)>"
    r"(?=(\s*+(?:<!\[CDATA\[)?+\s*+https?://)?)",
    re.I,
)
_BEFORE_ADDRESS = re.compile(f"(?<![{SHAPELESS}])[{SHAPELESS}]++(?=https?://)", re.I)
# Serializers of HTML write <link/> and put the address after it.
_EMPTY_LINK = re.compile(r"<link\s*+/?>\s*+(https?://[^\s<>]{1,4000}+)\s*+(?:</link\s*+>\s*+)?+(?=<)", re.I)
# No feed has a tag this long; feedparser needs minutes for thousands of attributes.
_LONG_TAG = re.compile(r"<([A-Za-z_][\w:.-]{0,100})[^<>]{65536,}>")
_ALTERNATE = re.compile(
    r"<link\b(?=[^<>]{0,500}\brel\s*=\s*[\"']?alternate)(?=[^<>]{0,500}application/(?:rss|atom|feed)\+(?:xml|json))"
    r"[^<>]{0,500}?\bhref\s*=\s*[\"']?([^\"'\s<>]{1,500})",
    re.I,
)
# The bound of libxml2; feeds with XHTML inside stay under 60.
MAX_DEPTH = 256
# The root element must begin within this; blank lines and warnings may come before it.
_PROLOG_CHARS = 1_000_000


@dataclass(frozen=True, slots=True)
class FeedMarkup:
    """The XML of a feed from the start of its root element on, safe to parse."""

    text: str
    root: str
    """The root element's name without its prefix, lower case: ``rss``, ``feed``, ``rdf`` or ``channel``."""
    partial: bool
    """Whether the root element is never closed, because the document was cut short."""
    items: int
    """Number of items outside of CDATA sections and comments, counted by their start tags."""
    dropped: int
    """Number of items cut out, because the feed has more than ``LIMITS.feed_entries``."""
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    """Hours (UTC) and weekdays (Monday 0) in which the feed asks not to be polled."""


def read_markup(text: str, *, url: str, now: datetime) -> FeedMarkup:
    """The feed in ``text``, without prolog and without surplus items.

    Raises: FeedError of kind ``empty_body``, ``not_a_feed``, ``entity`` or ``too_deep``.
    """
    if not text.strip():
        raise FeedError(f"{url}: the document is empty", url=url, kind="empty_body")
    root = _find_root(text, url)
    # Entities are declared before the root; a plain DOCTYPE (RSS 0.91) is allowed and dropped.
    names = _named_characters(_COMMENT.sub(" ", text[: root.start]), url)
    text = text[root.start :]
    if names:
        text = re.sub(f"&({'|'.join(map(re.escape, names))});", lambda match: names[match[1]], text)
    body, items = close_sections(text, root.tag)
    partial = f"</{root.tag}" not in body and not re.match(r"<[^<>]*/>\s*\Z", body)
    body, dropped = _cap_items(_CHARACTER.sub(_legal_character, body), now)
    body = _PERSON.sub(_clipped_person, body)
    body = _AMPERSAND.sub(lambda match: "&amp;" if match.group(0) == "&" else match.group(0), body)
    body = _BEFORE_ADDRESS.sub("", body)
    body = _EMPTY_LINK.sub(r"<link>\1</link>", _GUID.sub(_plain_guid, body))
    body = _LONG_TAG.sub(r"<\1>", body)
    _check_depth(body, url)
    first = _ITEM.search(body)
    hours, days = skipped_times(body[: first.start() if first else None])
    return FeedMarkup(body, root.name, partial, max(0, items - dropped), dropped, hours, days)


def begins_a_line(text: str) -> bool:
    """True if the XML of a feed begins at the start of some line of ``text``; in JSON no line begins with a tag."""
    return _AT_LINE_START.search(text, 0, _PROLOG_CHARS) is not None


def _named_characters(prolog: str, url: str) -> dict[str, str]:
    """The named characters that ``prolog`` declares. Raises: FeedError for any other entity."""
    characters = {one[1]: one[2] or one[3] for one in _CHARACTER_ENTITY.finditer(prolog)}
    characters = {name: value for name, value in characters.items() if not html.unescape(value).isascii()}
    if len(_ENTITY.findall(prolog)) > len(characters) + len(_CHARACTER_LIST.findall(prolog)):
        raise FeedError(f"{url}: declares XML entities, which no feed needs", url=url, kind="entity")
    return characters


def _find_root(text: str, url: str) -> Root:
    root = find_root(text, within=_PROLOG_CHARS)
    if root is not None and root.name == "html":
        raise FeedError(f"{url}: an HTML page, not a feed{_announced(text)}", url=url, kind="not_a_feed")
    if root is None or root.name not in _ROOTS:
        raise FeedError(f"{url}: no RSS, Atom, RDF or JSON feed", url=url, kind="not_a_feed")
    return root


def _announced(text: str) -> str:
    match = _ALTERNATE.search(text[:200_000])
    return f"; the page names the feed {match.group(1)}" if match else ""


def _clipped_person(match: re.Match[str]) -> str:
    """The element cut to the length of a name: feedparser's search for an e-mail address in it takes quadratic time."""
    content = match[2]
    if len(content) <= _PERSON_CHARS or len(text := _IN_PERSON.sub(r"\1", content)) <= _PERSON_CHARS:
        return match[0]
    return match[0].removesuffix(content) + text[:_PERSON_CHARS].replace("<", " ")


def _plain_guid(match: re.Match[str]) -> str:
    """The start tag of a guid with an ``isPermaLink`` that feedparser understands.

    Only an absolute address is a link (RSS 2.0; RFC 4287 4.2.6: an id is never resolved).
    """
    permalink = _PERMALINK.search(match[2])
    is_link = match[3] is not None and (
        permalink is None or "true" in (permalink[1] or permalink[2] or "").lower()
    )
    return f'<{match[1]}{_PERMALINK.sub("", match[2])} isPermaLink="{str(is_link).lower()}">'


def _legal_character(match: re.Match[str]) -> str:
    """The character reference, or nothing if XML does not allow the character."""
    digits = match.group(1).lower()
    if len(digits) > 9 or digits in ("", "x"):
        return ""
    code = int(digits[1:], 16) if digits.startswith("x") else int(digits)
    if 0x80 <= code <= 0x9F:  # read as windows-1252, as in browsers
        return bytes([code]).decode("cp1252", "ignore")
    if code < 0x10000 and chr(code) in SHAPELESS:
        return chr(code)
    legal = (
        code in (9, 10, 13)
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )
    return match.group(0) if legal else ""


def _cap_items(text: str, now: datetime) -> tuple[str, int]:
    """``text`` with its newest items, at most ``LIMITS.feed_entries``, and the number of items cut out."""
    cap = LIMITS.feed_entries
    starts = [(match.start(), match.group(1)) for match in _ITEM.finditer(text)]
    if len(starts) <= cap:
        return text, 0
    name = starts[-1][1]
    last = max(text.rfind(f"</{name}>") + len(name) + 3, text.rfind("/>", starts[-1][0]) + 2, starts[-1][0])
    if newest(_first_date(text, starts[0][0]), _first_date(text, starts[-1][0]), now):
        text = text[: starts[0][0]] + text[starts[-cap][0] :]
    else:
        text = text[: starts[cap][0]] + text[last:]
    return text, len(starts) - cap


def _first_date(text: str, start: int) -> str:
    match = _DATE.search(text, start, start + 20_000)
    return match.group(1) if match else ""


def _check_depth(text: str, url: str) -> None:
    """Raises: FeedError if elements are nested deeper than `MAX_DEPTH`, as far as the text is well-formed."""
    depth = 0
    parser = expat.ParserCreate("utf-8")

    def start(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise FeedError(f"{url}: elements nested over {MAX_DEPTH} deep", url=url, kind="too_deep")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError:
        return  # feedparser can read most feeds that are not well-formed
