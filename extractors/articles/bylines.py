"""Who wrote a story: the names the page tells machines, else the byline readers see, else the feed's."""

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
from fivegwatch.extractors.text.likeness import key
from fivegwatch.extractors.text.plain import clean_line

META_NAMES = (
    "author", "authors", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "byl", "citation_author",
    "article:author", "cxenseparse:author",
)  # fmt: skip
NAMES = 20
NAME_WORDS = 6
BYLINE_CHARS = 160
PIECES = 40
NEAR = 250
"""Elements looked at on each side of the headline."""
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
SHOWN_TEXTS = XPath("descendant::text()[not(parent::script or parent::style or parent::noscript)]")
ENDS_JOINED = re.compile(r"(?:[,;&/]|\s(?:and|und|et|y|e|og|och|en|i))$", re.IGNORECASE)
HANDLE = re.compile(r"(?<=\S)\s+\(?@\w+\)?")
ROLE = re.compile(r"\s[-–—]\s|\s*\([^)]*\)?$")
"""What follows a name: an office, an outlet."""
AFTER_DATE = re.compile(r"^.*\d.*?\s(?:by|von|par|por|di|door|av|af|fra|przez)\s+(?=\S)", re.IGNORECASE)
UNMARKED = re.compile(
    r"^(?:(?:written|reported|posted) by|by|von|par|por|door|av|af|autor(?:in)?|author|text|texte|texto|testo)(?::\s*|\s+)(?=[^\W\d_])",
    re.IGNORECASE,
)
UNMARKED_CHARS = 80
BESIDE = 30
"""Elements after the headline among which a byline without a mark is looked for."""


def page_authors(page: ParsedPage, entry: Entry | None) -> tuple[str, ...]:
    """The names of the authors, each once; empty when nobody signed."""
    claims, outlet = page.claims, page.site_names
    told = claims.names_of(claims.article.get("author") or claims.article.get("creator"))
    meta = tuple(text for name in META_NAMES for text in claims.meta.get(name, ()))
    announced = entry.authors if entry is not None else ()
    for texts in (told, meta, islice(_visible(page), 4), announced):
        names = [
            name
            for text in texts
            if key(text) not in outlet
            for name in split_names(text)
            if key(name) not in outlet
        ]
        if names:
            return _once(names)
    return _once([name for name in told[:1] if _is_name(name)])


def _once(names: list[str]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(key(name), name)
    return tuple(first.values())[:NAMES]


def split_names(text: str) -> list[str]:
    """The names in a byline: what introduces them and what is no name left out."""
    line = clean_line(text, BYLINE_CHARS * 2)
    shown = HANDLE.sub("", SIGNED_LINE.sub("", AFTER_DATE.sub("", line)))
    if "://" in text or len(shown) > BYLINE_CHARS:
        return []
    parts = (ROLE.split(part)[0] for part in SPLIT.split(shown))
    return [name for part in parts if (name := part.strip(" .,:-–—|()[]*")) and _is_name(name)]


def _is_name(text: str) -> bool:
    return (
        1 < len(text) <= LIMITS.author_chars
        and len(text.split()) <= NAME_WORDS
        and not NO_NAMES.search(text)
        and not TITLES.match(text)
    )


def _visible(page: ParsedPage) -> Iterator[str]:
    """Bylines around the headline, nearest first after it: marked ones, else a line that begins with "By"."""
    if page.body is None:
        return
    elements = [element for element in page.body.iter() if isinstance(element.tag, str)]
    headings = [
        at
        for at, element in enumerate(elements)
        if element.tag == "h1" and len(element.text_content().split()) > 2
    ]
    start = headings[0] if headings else 0
    near = elements[start : start + NEAR] + elements[max(0, start - NEAR // 2) : start][::-1]
    around = {elements[start], *elements[start].iterancestors()} if headings else set()
    parent = None
    for element in near:
        if element in around or not _signs(element) or _within(element, ELSEWHERE, around):
            continue
        told = _signed_in(element)
        if not told:
            continue
        if parent is not None and element.getparent() is not parent:
            return
        parent = element.getparent()
        yield told
    if parent is None and headings:
        yield from (text for element in elements[start : start + BESIDE] if (text := _unmarked(element)))


def _signed_in(box: HtmlElement) -> str:
    """The names in a byline's box, without the outlets, dates and titles beside them; empty when there are none."""
    marked = [
        element for element in box.iterdescendants() if isinstance(element.tag, str) and _signs(element)
    ]
    leaves = [
        element for element in marked if not any(other in marked for other in element.iterdescendants())
    ]
    surest = (
        [leaf for leaf in leaves if SIGNED_LINE.match(leaf.text_content()[:BYLINE_CHARS])]
        or [leaf for leaf in leaves if "name" in (leaf.get("class") or "").lower()]
        or leaves
    )
    for element in surest:
        if split_names(_leading_names(element)):
            beside = (_leading_names(leaf) for leaf in surest if leaf.getparent() is element.getparent())
            return "; ".join(filter(None, dict.fromkeys(beside)))
    told = _leading_names(box)
    return told if split_names(told) else ""


def _leading_names(box: HtmlElement) -> str:
    """The first pieces of ``box`` that are names and what joins them: what stands beside is a date, desk or outlet."""
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
    """The text of ``element`` when it is a line of its own that says "By" and names, and nothing else."""
    if len(element) > 2 or element.tag in ("a", "li", "button", "script", "style"):
        return ""
    shown = " ".join(" ".join(islice(element.itertext(), PIECES)).split())
    lead = UNMARKED.match(shown) if len(shown) <= UNMARKED_CHARS else None
    names = re.findall(r"[^\W\d_]+", shown[lead.end() :]) if lead else []
    capital = [name for name in names if not name[0].islower()]
    return shown if len(capital) >= 2 and len(names) - len(capital) <= 1 else ""


def _signs(element: HtmlElement) -> bool:
    told = f"{element.get('rel') or ''} {element.get('itemprop') or ''}".split()
    if element.tag == "a" and AUTHOR_PATH.search(element.get("href") or ""):
        return True
    return "author" in told or bool(BYLINE.search(f"{element.get('class') or ''} {element.get('id') or ''}"))


def _within(element: HtmlElement, boxes: re.Pattern[str], around: Collection[HtmlElement]) -> bool:
    """Whether a box named like ``boxes`` holds ``element``, those ``around`` the headline aside."""
    holders = islice((element, *element.iterancestors()), 4)
    return any(
        boxes.search(f"{box.get('class') or ''} {box.get('id') or ''}")
        for box in holders
        if box not in around
    )
