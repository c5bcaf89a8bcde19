"""What a page tells machines about itself: JSON-LD objects and ``meta`` elements, read leniently and not yet
verified."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import SplitResult, urljoin, urlsplit

from lxml.html import HtmlElement

from fivegwatch.extractors.text.plain import strip_controls
from fivegwatch.extractors.text.word_overlap import shared, words

NODES = 400
"""Most JSON-LD objects read; lists of related stories have thousands."""
DEPTH = 8
METAS = 400
ARTICLE_TYPES = re.compile(r"(?:Article|Posting|Report|Review|Recipe|HowTo|Story|Essay|CreativeWork)$")
ENTERED = ("@graph", "mainEntity", "mainEntityOfPage", "itemReviewed")
OPENING = re.compile(r"(?:<!--|//\s*+<!\[CDATA\[|/\*\s*+<!\[CDATA\[\s*+\*/|<!\[CDATA\[)")
CLOSING = re.compile(r"(?:-->|(?://|/\*)?\s*\]\]>\s*(?:\*/)?);?$")
CLOSING_CHARS = 100
"""How many last characters of a script are searched for ``CLOSING``; in a long text that pattern would be tried at
every blank."""
ADDRESS = re.compile(r"https?://|/", re.IGNORECASE)
AGREED, UNLIKE = 0.5, 0.2
"""An object describes this page only if its headline has at least this share of words in common with one of the page's
titles: ``AGREED`` if the object names another page's address, ``UNLIKE`` if it names none."""
TITLE_WORDS = 3
PARAGRAPHS = 2_000
TEXT_KEYS = ("@value", "articleBody", "text")
TITLE_CHARS = 400
TRAILING_COMMA = re.compile(r",(\s*[}\]])")

Node = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The JSON-LD object that describes the article, all JSON-LD objects, and the ``meta`` elements."""

    article: Node = field(default_factory=dict)
    """The object that describes the article; empty when the page has none."""
    nodes: tuple[Node, ...] = ()
    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """``name``, ``property`` or ``itemprop`` of ``meta`` elements, in lower case, to their contents in order of
    appearance."""

    def first_meta(self, *names: str) -> str:
        """The first content of the first of ``names`` that has one; else empty."""
        return next((content for name in names for content in self.meta.get(name, ())), "")

    @property
    def og_type(self) -> str:
        """What Open Graph calls the page, lower case: ``article``, ``website``, ``video.other``; else empty."""
        return self.first_meta("og:type").lower()

    def names_of(self, value: object) -> tuple[str, ...]:
        """The names of the people or organisations in ``value``, or in the objects that it refers to, in order."""
        names: list[str] = []
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and not item.get("name") and item.get("@id"):
                item = next(
                    (node for node in self.nodes if node.get("@id") == item["@id"] and node.get("name")), item
                )
            names += lines(item.get("name")) if isinstance(item, dict) else lines(item)
        return tuple(dict.fromkeys(names))


def read_claims(tree: HtmlElement, *, url: str, titles: Iterable[str]) -> Claims:
    """The claims of the page at ``url``. Its ``titles`` distinguish the object that describes it from those of other
    stories."""
    nodes, meta = tuple(_nodes(tree)), _meta(tree)
    linked = (link.get("href", "") for link in tree.xpath("//link[@rel='canonical'][@href]")[:2])
    own = [_split(url, address) for address in {url, *linked, *meta.get("og:url", ())[:1]}]
    compared = [title[:TITLE_CHARS] for title in (*titles, *meta.get("og:title", ())[:1])]
    compared = [title for title in compared if len(words(title)) >= TITLE_WORDS]
    return Claims(article=_main_article(nodes, own, compared, url), nodes=nodes, meta=meta)


def line(value: object) -> str:
    """``value`` as one line of text with entities decoded: of a list its first text, of an object its value, name or
    id.

    Empty if ``value`` has no text.
    """
    if isinstance(value, list):
        return next((text for text in map(line, value[:20]) if text), "")
    if isinstance(value, dict):
        return line(value.get("@value") or value.get("name") or value.get("@id") or "")
    if isinstance(value, str):
        # JSON may hold half a surrogate pair, which UTF-8 cannot encode.
        return " ".join(strip_controls(html.unescape(html.unescape(value))).split())
    return ""


def paragraphs(value: object) -> str:
    """The text of an ``articleBody``: a string or object, or the strings and objects of a list, each on a line of its
    own.

    Deeper lists and objects are ignored, because the gates do not read them either.
    """
    parts = value[:PARAGRAPHS] if isinstance(value, list) else [value]
    return "\n".join(filter(None, (_paragraph(part) for part in parts)))


def _paragraph(value: object) -> str:
    if isinstance(value, dict):
        value = next((text for key in TEXT_KEYS if isinstance(text := value.get(key), str) and text), "")
    return value if isinstance(value, str) else ""


def lines(value: object) -> tuple[str, ...]:
    """Every text of ``value``, a list or a single item, in order, each once."""
    items = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(text for text in map(line, items[:200]) if text))


def types_of(node: Node) -> tuple[str, ...]:
    """The schema.org type names of a node: ``NewsArticle`` for ``https://schema.org/NewsArticle``."""
    return tuple(name.rsplit("/", 1)[-1] for name in lines(node.get("@type")))


def _nodes(tree: HtmlElement) -> Iterator[Node]:
    scripts = (script for script in tree.iter("script") if "ld+json" in (script.get("type") or "").lower())
    nodes = (node for script in scripts if script.text for node in _walk(json_in(script.text), 0))
    return islice(nodes, NODES)


def json_in(source: str) -> object:
    """The JSON in a script, without comment and CDATA wrappers and trailing commas; None when it is not JSON."""
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


def _main_article(nodes: Iterable[Node], own: list[SplitResult], titles: list[str], url: str) -> Node:
    """The article object that names one of the page's ``own`` addresses, else the fullest, else an empty one.

    Pages list related stories in the same form; an object that names another page describes that one.
    """

    def rank(node: Node) -> tuple[bool, int]:
        keys = ("headline", "datePublished", "articleBody", "author")
        return _names_one(node, own, url), sum(bool(node.get(key)) for key in keys)

    articles = (node for node in nodes if any(ARTICLE_TYPES.search(name) for name in types_of(node)))
    return max((node for node in articles if not _is_anothers(node, own, titles, url)), key=rank, default={})


def _names_one(node: Node, own: list[SplitResult], url: str) -> bool:
    """Whether an object names one of the page's ``own`` addresses."""
    return any(_same_page(named, address) for named in _named_addresses(node, url) for address in own)


def _is_anothers(node: Node, own: list[SplitResult], titles: list[str], url: str) -> bool:
    """Whether an article object describes another page: it names that page, and its headline is not this page's."""
    if _names_one(node, own, url):
        return False
    addresses, headline = _named_addresses(node, url), line(node.get("headline") or node.get("name"))
    if not titles or not (headline or addresses):
        return False
    agreed = max(shared(headline, title) for title in titles) if headline else 0.0
    return agreed < (AGREED if addresses else UNLIKE)


def _named_addresses(node: Node, url: str) -> list[SplitResult]:
    """The addresses that an object names as its own page; identifiers and home pages are left out."""
    named = [node.get("url"), node.get("@id"), node.get("mainEntityOfPage")]
    named = [value.get("@id") or value.get("url") if isinstance(value, dict) else value for value in named]
    addresses = [_split(url, address) for address in map(line, named) if ADDRESS.match(address)]
    return [address for address in addresses if address.path.strip("/")]


def _split(base: str, address: str) -> SplitResult:
    try:
        return urlsplit(urljoin(base, address))
    except ValueError:
        return urlsplit("")


def _same_page(one: SplitResult, other: SplitResult) -> bool:
    """Whether two addresses may name one page: paths are equal, hosts may differ, two queries share a parameter."""
    if one.path.rstrip("/") != other.path.rstrip("/"):
        return False
    return (
        not one.query or not other.query or not set(one.query.split("&")).isdisjoint(other.query.split("&"))
    )


def _meta(tree: HtmlElement) -> dict[str, tuple[str, ...]]:
    contents: dict[str, list[str]] = {}
    for element in tree.xpath("//meta[@content]")[:METAS]:
        content = line(element.get("content"))
        for key in ("property", "name", "itemprop"):
            name = (element.get(key) or "").strip().lower()
            if content and name:
                contents.setdefault(name, []).append(content)
    return {name: tuple(values) for name, values in contents.items()}
