"""Finds the standfirst, the paragraph under the headline, which extractors drop.

It is the paragraph that the page's description repeats, else the one that its class, role or microdata names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from weakref import WeakKeyDictionary

from lxml.etree import XPath
from lxml.html import HtmlElement

from fivegwatch.extractors.pages.claims import line
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.elements import SILENT
from fivegwatch.extractors.text.plain import words_shown
from fivegwatch.extractors.text.word_overlap import key

DESCRIPTION_KEY = 30
"""Fewest characters of a description that may be a standfirst; shorter ones are slogans."""
PROBE_CHARS = 20
LONGEST = 700
CUT_KEY = 80
"""A description of at least so many letters may be cut from a longer standfirst; some systems cut at 150."""
TRIES = 20
NAMED = re.compile(
    r"(?:^|[\s_-])(?:stand-?first|lead|lede|intro(?:duction)?|excerpt|sub-?(?:title|headline|heading|head|line)|dec?k|strap-?line"
    r"|alternativeheadline|description|summary|synopsis|teaser(?:-?text)?|vorspann|anriss|unterzeile|chap[oô]|chapeau|sous-?titre|sottotitolo|sommario|occhiello"
    r"|catenaccio|entradilla|bajada|copete|sub-?t[ií]tulo|linha-?fina|gravata|inleiding|ingressi?|manchet|underrubrik|sapo|perex|zajawka|bevezeto|spot|anons)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Class names of a standfirst: the newspaper term for it in many languages."""
CAPTION = re.compile(
    r"caption|figure|carousel|gallery|slide|player|(?:^|[\s_-])(?:ima?ge?|photo|picture|foto|bild|credit|media|video|audio)",
    re.IGNORECASE,
)
PARTS = frozenset({
    "div", "ul", "li", "p", "h2", "h3", "span", "b", "strong", "i", "em", "a", "br", "font", "time", "sup", "sub",
})  # fmt: skip
"""Elements that may be in a box that holds a standfirst and nothing else."""
SHORTEST = 40
LINKED = 0.5
_NAMES = XPath("//@class | //@itemprop | //@role", smart_strings=False)


def with_standfirst(page: ParsedPage, text: str) -> str:
    """``text`` with the page's standfirst in front, if the page shows one and ``text`` lacks it.

    A standfirst is a visible block with the words of the page's description, or one between headline and story whose
    class names it a standfirst.
    """
    if not text:
        return text
    present = key(text)
    for description in _descriptions(page):
        if key(description)[:60] in present:
            continue
        for block in _visible(page, description, present):
            if key(block)[:40] not in present:
                return f"{block}\n{text}"
    named = _named(page, present)
    return f"{named}\n{text}" if named else text


def _named(page: ParsedPage, present: str) -> str:
    """The text of the block between headline and story whose class names it a standfirst; else empty."""
    elements, heading = page.elements, page.main_heading
    if heading not in elements or not _standfirst_names(page.tree):
        return ""
    for element in elements[elements.index(heading) + 1 :]:
        if element.tag in SILENT:
            continue
        begun = key((element.text or "")[:100])
        if len(begun) >= DESCRIPTION_KEY and begun[:40] in present:
            return ""
        if NAMED.search(_names(element)) and (lead := _lead_of(element, present)):
            return lead
    return ""


def _names(element: HtmlElement) -> str:
    """The classes of an element, its microdata properties and its role (``doc-subtitle``)."""
    return " ".join(element.get(name) or "" for name in ("class", "itemprop", "role"))


def _standfirst_names(tree: HtmlElement) -> set[str]:
    """The values of the attributes that `_names` reads, anywhere on the page, that name a standfirst."""
    return set(filter(NAMED.search, set(_NAMES(tree))))


def _lead_of(element: HtmlElement, present: str) -> str:
    """The text of ``element`` if it consists of one paragraph that is not a caption; else empty."""
    if any(child.tag not in PARTS for child in element.iterdescendants()) or any(
        CAPTION.search(f"{box.tag} {box.get('class') or ''}")
        for box in (element, *islice(element.iterancestors(), 3))
    ):
        return ""
    text = words_shown(element)
    linked = sum(len(" ".join(link.text_content().split())) for link in element.iter("a"))
    digits = sum(map(str.isdigit, text))
    if not SHORTEST <= len(text) <= LONGEST or max(linked, 3 * digits) > LINKED * len(text):
        return ""
    return "" if key(text)[:100] in present else text


def possible_standfirsts(page: ParsedPage) -> tuple[str, ...]:
    """Every text that ``with_standfirst`` could put in front of some article of the page; the gates judge with each."""
    known = _possible.get(page)
    if known is None:
        known = _possible[page] = tuple(_all_standfirsts(page))
    return known


_possible: WeakKeyDictionary[ParsedPage, tuple[str, ...]] = WeakKeyDictionary()


def _all_standfirsts(page: ParsedPage) -> Iterator[str]:
    for description in _descriptions(page):
        yield from _visible(page, description, "")
    if names := _standfirst_names(page.tree):
        elements = page.tree.xpath("//*[@class or @itemprop or @role]")
        named = (e for e in elements if not names.isdisjoint(map(e.get, ("class", "itemprop", "role"))))
        yield from filter(None, (_lead_of(element, "") for element in named))


def _descriptions(page: ParsedPage) -> Iterator[str]:
    claims = page.claims
    metas = (claims.first_meta("og:description"), claims.first_meta("description"))
    texts = (text.rstrip(" .…") for text in (*metas, line(claims.article.get("description"))))
    return (text for text in dict.fromkeys(texts) if len(key(text)) >= DESCRIPTION_KEY)


def _visible(page: ParsedPage, description: str, present: str) -> Iterator[str]:
    """The text of each smallest block that holds ``description`` and little else, or that continues it.

    A block that continues it counts only between the headline and the first paragraph that is ``present`` in the text.
    """
    wanted = key(description)[:200]
    probe = description[:PROBE_CHARS]
    first = probe.partition(" ")[0]
    pattern = r"\s+".join(map(re.escape, probe.split(" ")))
    if page.body is None or not re.search(pattern, page.body.text_content()):
        return
    tries, above_story = TRIES, False
    for element in page.elements:
        if tries == 0:
            return
        if element.tag in SILENT:
            continue
        if element is page.main_heading:
            above_story = True
        elif (
            present
            and above_story
            and element.text
            and len(paragraph := key(element.text[:100])) >= DESCRIPTION_KEY
        ):
            above_story = paragraph[:40] not in present
        inside = _begins_in(element.text, probe, first)
        if not inside and not _begins_in(element.tail, probe, first):
            continue
        tries -= 1
        block = element if inside else element.getparent()
        for _ in range(3):
            if block is None:
                break
            text = words_shown(block)
            folded = key(text)
            # Elsewhere on the page a block that continues the description is the outlet's slogan.
            begun = above_story and len(wanted) >= CUT_KEY and folded.startswith(wanted)
            if len(text) > max(LONGEST, 1.3 * len(description)) or (
                len(folded) > 1.3 * len(wanted) + 20 and not begun
            ):
                break
            if wanted in folded:
                yield text
                break
            block = block.getparent()


def _begins_in(piece: str | None, probe: str, first: str) -> bool:
    """Whether a text holds ``probe``, the beginning of a description; ``first`` is its first word."""
    return piece is not None and first in piece and probe in " ".join(piece.split())
