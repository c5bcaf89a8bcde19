"""The authors of a story: names in JSON-LD, else in ``meta``, else in the visible byline, else in the feed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Entry
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.pages.phrases import NO_NAMES, SIGNED_LINE
from fivegwatch.extractors.text.elements import SILENT
from fivegwatch.extractors.text.plain import clean_line
from fivegwatch.extractors.text.word_overlap import key

META_NAMES = (
    "author", "authors", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "byl", "citation_author",
    "article:author", "cxenseparse:author",
)  # fmt: skip
NAMES = 20
NAME_WORDS = 6
BYLINE_CHARS = 160
PIECES = 40
NEAR = 250
"""How many elements are searched after the headline; half as many are searched before it."""
SPLIT = re.compile(
    r"\s*(?:;|,|\||•|·|\s/\s|、|，|\s&\s|\s(?:and|und|et|y|e|og|och|en|i|và|dan|ve|и|та)\s)\s*"
)
TITLES = re.compile(r"^(?:ph\.?d|m\.?d|jr|sr|esq|msc|ms|rd|mph|mba|dr|prof)\.?$", re.IGNORECASE)
BYLINE = re.compile(
    r"(?:^|[\s_-])(?:author|byline|by-line|autor|autoren|auteur|autore|writer|contributor|journalist|reporter)s?(?:$|[\s_-]|name|zeile)",
    re.IGNORECASE,
)
AUTHOR_PATH = re.compile(
    r"/(?:authors?|writers?|autor(?:en|es|e)?|auteurs?|journalists?|reporters?|redaktion|contributors?|staff|profiles?/author)/[^/]",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(
    r"comment|related|sidebar|(?<!post-)(?<!entry-)(?<!article-)footer|widget|recommend|popular|bio|teaser|menu",
    re.IGNORECASE,
)
SHOWN_TEXTS = XPath(f"descendant::text()[not({' or '.join(f'parent::{name}' for name in sorted(SILENT))})]")
ENDS_JOINED = re.compile(r"(?:[,;&/]|\s(?:and|und|et|y|e|og|och|en|i))$", re.IGNORECASE)
HANDLE = re.compile(r"(?<=\S)\s+\(?@\w+\)?")
ROLE = re.compile(r"\s[-–—]\s|\s*\([^)]*\)?$")
"""A dash or bracket that ends a name in a byline; after it comes a role or an outlet."""
AFTER_DATE = re.compile(r"^.*\d.*?\s(?:by|von|par|por|di|door|av|af|fra|przez)\s+(?=\S)", re.IGNORECASE)
UNMARKED = re.compile(
    r"^(?:(?:written|reported|posted) by|by|von|par|por|door|av|af|autor(?:in)?|author|text|texte|texto|testo)(?::\s*|\s+)(?=[^\W\d_])",
    re.IGNORECASE,
)
UNMARKED_CHARS = 80
BESIDE = 30
"""How many elements after the headline are searched for an unmarked byline."""


def page_authors(page: ParsedPage, entry: Entry | None) -> tuple[str, ...]:
    """The names of the authors, each once; empty when none are named."""
    claims, outlet = page.claims, page.site_names
    claimed = claims.names_of(claims.article.get("author") or claims.article.get("creator"))
    meta = tuple(text for name in META_NAMES for text in claims.meta.get(name, ()))
    announced = entry.authors if entry is not None else ()
    for texts in (claimed, meta, islice(_visible(page), 4), announced):
        parts = (name for text in texts if key(text) not in outlet for name in split_names(text))
        if names := [name for name in parts if key(name) not in outlet]:
            return _once(names)
    return _once([name for name in claimed[:1] if _is_name(name)])


def _once(names: list[str]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(key(name), name)
    return tuple(first.values())[:NAMES]


def split_names(text: str) -> list[str]:
    """The names in a byline, without the words that introduce them and without anything that is not a name."""
    line = clean_line(text, BYLINE_CHARS * 2)
    signed = HANDLE.sub("", SIGNED_LINE.sub("", AFTER_DATE.sub("", line)))
    if "://" in text or len(signed) > BYLINE_CHARS:
        return []
    parts = (ROLE.split(part)[0] for part in SPLIT.split(signed))
    return [name for part in parts if (name := part.strip(" .,:-–—|()[]*")) and _is_name(name)]


def _is_name(text: str) -> bool:
    return (
        1 < len(text) <= LIMITS.author_chars
        and len(text.split()) <= NAME_WORDS
        and not NO_NAMES.search(text)
        and not TITLES.match(text)
    )


def _visible(page: ParsedPage) -> Iterator[str]:
    """Bylines near the headline, those after it first: elements marked as bylines, else lines that begin with "By"."""
    elements, heading = page.elements, page.main_heading
    start = elements.index(heading) if heading in elements else 0
    near = elements[start : start + NEAR] + elements[max(0, start - NEAR // 2) : start][::-1]
    around = {heading, *heading.iterancestors()} if heading is not None else set()
    parent = None
    for element in near:
        if element in around or not _signs(element) or _is_elsewhere(element, around):
            continue
        if not (names := _signed_in(element)):
            continue
        if parent is not None and element.getparent() is not parent:
            return
        parent = element.getparent()
        yield names
    if parent is None and heading is not None:
        yield from (text for element in elements[start : start + BESIDE] if (text := _unmarked(element)))


def _signed_in(box: HtmlElement) -> str:
    """The names in a byline's box, without outlets, dates and roles; empty when there are none."""
    marked = [item for item in box.iterdescendants() if _signs(item)]
    leaves = [item for item in marked if not any(inner in marked for inner in item.iterdescendants())]
    surest = (
        [leaf for leaf in leaves if SIGNED_LINE.match(leaf.text_content()[:BYLINE_CHARS])]
        or [leaf for leaf in leaves if "name" in (leaf.get("class") or "").lower()]
        or leaves
    )
    for element in surest:
        if split_names(_leading_names(element)):
            beside = (_leading_names(leaf) for leaf in surest if leaf.getparent() is element.getparent())
            return "; ".join(filter(None, dict.fromkeys(beside)))
    names = _leading_names(box)
    return names if split_names(names) else ""


def _leading_names(box: HtmlElement) -> str:
    """The names at the start of ``box``, joined by commas or "and"; the rest is a date, a desk or an outlet."""
    taken: list[str] = []
    joined = True
    for piece in SHOWN_TEXTS(box)[:PIECES]:
        text = " ".join(piece.split())
        if not text or (not taken and SIGNED_LINE.sub("", f"{text} x") == "x"):
            continue
        if len(text) > BYLINE_CHARS:
            break
        if SPLIT.fullmatch(f" {text} "):
            joined = bool(taken)
        elif split_names(text) and joined:
            taken.append(text)
            joined = bool(ENDS_JOINED.search(text))
        elif taken:
            break
    return "; ".join(taken)


def _unmarked(element: HtmlElement) -> str:
    """The text of ``element`` if it is a line that consists of "By" and names; else empty."""
    if len(element) > 2 or element.tag in SILENT | {"a", "li", "button"}:
        return ""
    text = " ".join(" ".join(islice(element.itertext(), PIECES)).split())
    lead = UNMARKED.match(text) if len(text) <= UNMARKED_CHARS else None
    names = re.findall(r"[^\W\d_]+", text[lead.end() :]) if lead else []
    capital = [name for name in names if not name[0].islower()]
    return text if len(capital) >= 2 and len(names) - len(capital) <= 1 else ""


def _signs(element: HtmlElement) -> bool:
    """Whether an element's link, ``rel``, ``itemprop``, class or id marks it as a byline."""
    if element.tag == "a" and AUTHOR_PATH.search(element.get("href") or ""):
        return True
    marks = f"{element.get('rel') or ''} {element.get('itemprop') or ''}".split()
    return "author" in marks or bool(BYLINE.search(_name(element)))


def _is_elsewhere(element: HtmlElement, around: Collection[HtmlElement]) -> bool:
    """Whether a class or id says that ``element`` is beside the story; boxes ``around`` the headline are ignored."""
    holders = islice((element, *element.iterancestors()), 4)
    return any(ELSEWHERE.search(_name(box)) for box in holders if box not in around)


def _name(box: HtmlElement) -> str:
    return f"{box.get('class') or ''} {box.get('id') or ''}"
