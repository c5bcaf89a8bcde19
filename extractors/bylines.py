"""Who wrote a story: the names the page tells machines, else the byline readers see, else the feed's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml.html import HtmlElement

from extractors.likeness import key
from extractors.limits import LIMITS
from extractors.model import Entry
from extractors.page_phrases import NO_NAMES, SIGNED_LINE
from extractors.structured import Structured
from extractors.text import clean_line

META_NAMES = (
    "author", "authors", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "byl", "citation_author",
    "article:author",
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
TITLES = re.compile(r"^(?:ph\.?d|m\.?d|jr|sr|esq|msc|mba|dr|prof)\.?$", re.IGNORECASE)
BYLINE = re.compile(
    r"(?:^|[\s_-])(?:author|byline|by-line|autor|auteur|autore|writer|contributor|journalist|reporter)s?(?:$|[\s_-]|name)",
    re.IGNORECASE,
)
AUTHOR_PATH = re.compile(
    r"/(?:authors?|writers?|autor(?:en|es|e)?|auteurs?|journalists?|reporters?|redaktion|contributors?|profiles?/author)/[^/]",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(r"comment|related|sidebar|footer|widget|recommend|popular|bio|teaser", re.IGNORECASE)


def page_authors(
    tree: HtmlElement, claims: Structured, entry: Entry | None, sites: Iterable[str]
) -> tuple[str, ...]:
    """The names of the authors, each once; empty when nobody signed. ``sites`` are keys of the outlet's own names."""
    outlet = set(sites)
    told = claims.names_of(claims.article.get("author") or claims.article.get("creator"))
    meta = tuple(text for name in META_NAMES for text in claims.meta.get(name, ()))
    announced = entry.authors if entry is not None else ()
    for texts in (told, meta, islice(_visible(tree), 4), announced):
        names = [name for text in texts for name in split_names(text) if key(name) not in outlet]
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
    shown = SIGNED_LINE.sub("", clean_line(text, BYLINE_CHARS * 2))
    if "://" in text or len(shown) > BYLINE_CHARS:
        return []
    return [name for part in SPLIT.split(shown) if (name := part.strip(" .,:-–—|()[]*")) and _is_name(name)]


def _is_name(text: str) -> bool:
    return (
        1 < len(text) <= LIMITS.author_chars
        and len(text.split()) <= NAME_WORDS
        and not NO_NAMES.search(text)
        and not TITLES.match(text)
    )


def _visible(tree: HtmlElement) -> Iterator[str]:
    """Texts of byline elements around the headline, nearest first after it."""
    body = tree.find(".//body")
    if body is None:
        return
    elements = [element for element in body.iter() if isinstance(element.tag, str)]
    headings = [
        at
        for at, element in enumerate(elements)
        if element.tag == "h1" and len(element.text_content().split()) > 2
    ]
    start = headings[0] if headings else 0
    near = elements[start : start + NEAR] + elements[max(0, start - NEAR // 2) : start][::-1]
    parent = None
    for element in near:
        if not _signs(element) or _within(element, ELSEWHERE):
            continue
        text = " ".join(" ".join(islice(element.itertext(), PIECES)).split())
        if not 2 < len(text) <= BYLINE_CHARS:
            continue
        if parent is not None and element.getparent() is not parent:
            return
        parent = element.getparent()
        yield text


def _signs(element: HtmlElement) -> bool:
    told = f"{element.get('rel') or ''} {element.get('itemprop') or ''}".split()
    if element.tag == "a" and AUTHOR_PATH.search(element.get("href") or ""):
        return True
    return "author" in told or bool(BYLINE.search(f"{element.get('class') or ''} {element.get('id') or ''}"))


def _within(element: HtmlElement, boxes: re.Pattern[str]) -> bool:
    around = islice((element, *element.iterancestors()), 4)
    return any(boxes.search(f"{box.get('class') or ''} {box.get('id') or ''}") for box in around)
