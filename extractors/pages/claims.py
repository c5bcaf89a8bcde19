"""What a page says of itself to machines: JSON-LD, ``meta`` elements. Claims, read leniently, not yet believed."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import SplitResult, urljoin, urlsplit

from lxml.html import HtmlElement

from fivegwatch.extractors.text.likeness import shared, words
from fivegwatch.extractors.text.plain import strip_controls

NODES = 400
"""JSON-LD objects looked at; related-story lists run to thousands."""
DEPTH = 8
METAS = 400
ARTICLE_TYPES = re.compile(r"(?:Article|Posting|Report|Review|Recipe|HowTo|Story|Essay|CreativeWork)$")
ENTERED = ("@graph", "mainEntity", "mainEntityOfPage", "itemReviewed")
OPENING = re.compile(r"(?:<!--|//\s*+<!\[CDATA\[|/\*\s*+<!\[CDATA\[\s*+\*/|<!\[CDATA\[)")
CLOSING = re.compile(r"(?:-->|(?://|/\*)?\s*\]\]>\s*(?:\*/)?);?$")
CLOSING_CHARS = 100
"""More than what closes a wrapper is long; the pattern would try every blank of a long text."""
ADDRESS = re.compile(r"https?://|/", re.IGNORECASE)
AGREED, UNLIKE = 0.5, 0.2
"""Least share of words that the headline of an object has with this page's titles: when it names another page's
address, and when it names none."""
TITLE_WORDS = 3
PARAGRAPHS = 2_000
TEXT_KEYS = ("@value", "articleBody", "text")
HEADINGS, TITLE_CHARS = 10, 400
TRAILING_COMMA = re.compile(r",(\s*[}\]])")

Node = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Structured:
    """A page's claims: the JSON-LD object that describes the article, all objects, and the ``meta`` elements."""

    article: Node = field(default_factory=dict)
    """Empty when the page has no article object."""
    nodes: tuple[Node, ...] = ()
    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """``name``, ``property`` or ``itemprop``, lower case, to the contents in order of appearance."""

    def first_meta(self, *names: str) -> str:
        """The first content of the first of ``names`` that has one; else empty."""
        for name in names:
            for content in self.meta.get(name, ()):
                return content
        return ""

    def names_of(self, value: object) -> tuple[str, ...]:
        """The names of the people or organisations ``value`` says or refers to, in order."""
        found: list[str] = []
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and not item.get("name") and item.get("@id"):
                item = next(
                    (node for node in self.nodes if node.get("@id") == item["@id"] and node.get("name")), item
                )
            found += lines(item.get("name")) if isinstance(item, dict) else lines(item)
        return tuple(dict.fromkeys(found))


def read_structured(tree: HtmlElement, *, url: str) -> Structured:
    """The claims of the page at ``url``."""
    nodes, meta = tuple(_nodes(tree)), _meta(tree)
    return Structured(article=_main_article(nodes, tree, meta, url), nodes=nodes, meta=meta)


def line(value: object) -> str:
    """``value`` as one line of text: entities decoded, white space folded; of lists the first, of objects the name."""
    if isinstance(value, list):
        return next((text for text in map(line, value[:20]) if text), "")
    if isinstance(value, dict):
        return line(value.get("@value") or value.get("name") or value.get("@id") or "")
    if isinstance(value, str):
        # JSON can hold half a surrogate pair, which nothing can write down.
        return " ".join(strip_controls(html.unescape(html.unescape(value))).split())
    return ""


def paragraphs(value: object) -> str:
    """The text of an ``articleBody``: a string, else the strings and objects of a list, one a line.

    What lies deeper is left alone: the gates in front of the extractor do not look there.
    """
    parts = value[:PARAGRAPHS] if isinstance(value, list) else [value]
    return "\n".join(filter(None, (_paragraph(part) for part in parts)))


def _paragraph(value: object) -> str:
    if isinstance(value, dict):
        value = next((told for key in TEXT_KEYS if isinstance(told := value.get(key), str) and told), "")
    return value if isinstance(value, str) else ""


def lines(value: object) -> tuple[str, ...]:
    """Every text of ``value`` (a list, or one), in order, without repeats."""
    items = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(text for text in map(line, items[:200]) if text))


def types_of(node: Node) -> tuple[str, ...]:
    """The schema.org type names of a node, without the address in front."""
    return tuple(name.rsplit("/", 1)[-1] for name in lines(node.get("@type")))


def _nodes(tree: HtmlElement) -> Iterator[Node]:
    found = 0
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        for node in _walk(json_in(script.text), 0):
            yield node
            found += 1
            if found >= NODES:
                return


def json_in(source: str) -> object:
    """The JSON in a script, comment and CDATA wrappers and trailing commas forgiven; None when it is no JSON."""
    text = source.strip()
    if (opened := OPENING.match(text)) is not None:
        text = text[opened.end() :]
    text = text[:-CLOSING_CHARS] + CLOSING.sub("", text[-CLOSING_CHARS:])
    for candidate in (text, TRAILING_COMMA.sub(r"\1", text), html.unescape(text)):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: object, depth: int) -> Iterator[Node]:
    if depth > DEPTH:
        return
    if isinstance(value, list):
        for item in value[:NODES]:
            yield from _walk(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ENTERED:
            yield from _walk(value.get(key), depth + 1)


def _main_article(
    nodes: tuple[Node, ...], tree: HtmlElement, meta: Mapping[str, tuple[str, ...]], url: str
) -> Node:
    """The article object that names this page's address, else the fullest of them, else nothing.

    Lists of related stories are written as this page's own is; so what names another page is that page's.
    """
    articles = [node for node in nodes if any(ARTICLE_TYPES.search(name) for name in types_of(node))]
    if not articles:
        return {}
    linked = (link.get("href", "") for link in tree.xpath("//link[@rel='canonical'][@href]")[:2])
    own = {url, *linked, *meta.get("og:url", ())[:1]}
    pages = [_place(url, address) for address in own]
    titles = _titles(tree, meta)

    def rank(node: Node) -> tuple[int, int]:
        keys = ("headline", "datePublished", "articleBody", "author")
        named = any(_same_place(place, page) for place in _places(node, url) for page in pages)
        return int(named), sum(bool(node.get(key)) for key in keys)

    return max(
        (node for node in articles if not _is_anothers(node, pages, titles, url)), key=rank, default={}
    )


def _is_anothers(node: Node, pages: list[SplitResult], titles: list[str], url: str) -> bool:
    """Whether an article object is about another page: by the address it names, unless its headline is this page's."""
    places = _places(node, url)
    if any(_same_place(place, page) for place in places for page in pages):
        return False
    headline = line(node.get("headline") or node.get("name"))
    if not titles or not (headline or places):
        return False
    agreed = max(shared(headline, title) for title in titles) if headline else 0.0
    return agreed < (AGREED if places else UNLIKE)


def _titles(tree: HtmlElement, meta: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The titles that readers see, those of a word or two (the outlet's name) left out."""
    told = [tree.findtext(".//head//title") or "", *meta.get("og:title", ())[:1]]
    told += [heading.text_content()[:TITLE_CHARS] for heading in islice(tree.iter("h1"), HEADINGS)]
    return [title for title in told if len(words(title[:TITLE_CHARS])) >= TITLE_WORDS]


def _places(node: Node, url: str) -> list[SplitResult]:
    """The addresses of pages that an object says are its own; identifiers and home pages are none."""
    told = [node.get("url"), node.get("@id"), node.get("mainEntityOfPage")]
    told = [value.get("@id") or value.get("url") if isinstance(value, dict) else value for value in told]
    addresses = [address for address in map(line, told) if ADDRESS.match(address)]
    return [place for address in addresses if (place := _place(url, address)).path.strip("/")]


def _place(base: str, address: str) -> SplitResult:
    try:
        return urlsplit(urljoin(base, address))
    except ValueError:
        return urlsplit("")


def _same_place(one: SplitResult, other: SplitResult) -> bool:
    """Whether two addresses may be one page's: its site has several hosts, and queries that say nothing."""
    if one.path.rstrip("/") != other.path.rstrip("/"):
        return False
    return (
        not one.query or not other.query or not set(one.query.split("&")).isdisjoint(other.query.split("&"))
    )


def _meta(tree: HtmlElement) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for element in tree.xpath("//meta[@content]")[:METAS]:
        content = line(element.get("content"))
        for key in ("property", "name", "itemprop"):
            name = (element.get(key) or "").strip().lower()
            if content and name:
                found.setdefault(name, []).append(content)
    return {name: tuple(values) for name, values in found.items()}
