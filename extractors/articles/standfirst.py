"""Finds the standfirst, the paragraph under the headline, which extractors drop.

It is the paragraph that the page's description repeats, else the one whose class, role or microdata calls it a
standfirst.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice
from weakref import WeakKeyDictionary

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
"""A description with at least this many letters may be the beginning of a longer standfirst; some systems cut at
150."""
TRIES = 20
NAMED = re.compile(
    r"(?:^|[\s_-])(?:stand-?first|lead|lede|intro(?:duction)?|excerpt|sub-?(?:title|headline|heading|head|line)|dec?k|strap-?line"
    r"|alternativeheadline|description|summary|synopsis|teaser(?:-?text)?|vorspann|anriss|unterzeile|chap[oô]|chapeau|sous-?titre|sottotitolo|sommario|occhiello"
    r"|catenaccio|entradilla|bajada|copete|sub-?t[ií]tulo|linha-?fina|gravata|inleiding|ingressi?|manchet|underrubrik|sapo|perex|zajawka|bevezeto|spot|anons)"
    r"(?:$|[\s_-])"
)
"""Class names of a standfirst, in lower case: the newspaper term for it in many languages."""
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
    if not (named := set(_named_elements(page))):
        return ""
    leads = (_lead_of(e, present) for e in _above_story(page, present)[1:] if e in named)
    return next(filter(None, leads), "")


def _named_elements(page: ParsedPage) -> list[HtmlElement]:
    """The elements that are named a standfirst by a class, a microdata property or a role (``doc-subtitle``)."""
    names = set(chain.from_iterable(page.marks))
    named = {name for name in names if name and NAMED.search(name.lower())}
    marked = zip(page.elements, page.marks, strict=True) if named else ()
    return [element for element, mark in marked if element.tag not in SILENT and not named.isdisjoint(mark)]


def _above_story(page: ParsedPage, present: str) -> list[HtmlElement]:
    """The headline and the elements after it, up to the first paragraph ``present`` in the text; empty without a
    headline."""
    heading = page.main_heading
    if heading is None or heading not in page.elements:
        return []
    elements = page.elements[page.elements.index(heading) :]
    for number, element in enumerate(elements[1:] if present else (), 1):
        begun = key((element.text or "")[:100]) if element.tag not in SILENT else ""
        if len(begun) >= DESCRIPTION_KEY and begun[:40] in present:
            return elements[:number]
    return elements


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
    """Every text that ``with_standfirst`` could put in front of the page's text; the gates judge the page with each."""
    known = _possible.get(page)
    if known is None:
        known = _possible[page] = tuple(_all_standfirsts(page))
    return known


_possible: WeakKeyDictionary[ParsedPage, tuple[str, ...]] = WeakKeyDictionary()


def _all_standfirsts(page: ParsedPage) -> Iterator[str]:
    for description in _descriptions(page):
        yield from _visible(page, description, "")
    yield from filter(None, (_lead_of(element, "") for element in _named_elements(page)))


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
    word = probe.partition(" ")[0]
    holding = (e for e in page.elements if word in (e.text or "") or word in (e.tail or ""))
    blocks = ((element, _begun_in(element, probe)) for element in holding if element.tag not in SILENT)
    found = list(islice(((element, block) for element, block in blocks if block is not None), TRIES))
    above = set(_above_story(page, present)) if found else set()
    for element, block in found:
        for _ in range(3):
            if block is None:
                break
            text = words_shown(block)
            folded = key(text)
            # Elsewhere on the page a block that continues the description is the outlet's slogan.
            begun = element in above and len(wanted) >= CUT_KEY and folded.startswith(wanted)
            if len(text) > max(LONGEST, 1.3 * len(description)) or (
                len(folded) > 1.3 * len(wanted) + 20 and not begun
            ):
                break
            if wanted in folded:
                yield text
                break
            block = block.getparent()


def _begun_in(element: HtmlElement, probe: str) -> HtmlElement | None:
    """The block that contains ``probe``, the beginning of a description: the element, or the one around it."""
    if probe in " ".join((element.text or "").split()):
        return element
    return element.getparent() if probe in " ".join((element.tail or "").split()) else None
