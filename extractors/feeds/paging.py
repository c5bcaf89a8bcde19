"""Finds the next older document of a feed: RFC 5005 archives and pages, ``next_url`` of JSON Feed, ``paged`` of
WordPress."""

from __future__ import annotations

import html
import json
import re
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, urlencode

import ada_url

from fivegwatch.extractors.model import Page
from fivegwatch.extractors.text.decoding import decode_document

_LINK = re.compile(r"<(?:[A-Za-z_][\w.-]{0,60}:)?link\b([^<>]{0,5000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:.-]{1,60})\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_FIRST = re.compile(r"<(?:[A-Za-z_][\w.-]{0,60}:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_LAST = re.compile(r"</(?:[A-Za-z_][\w.-]{0,60}:)?(?:item|entry)\s*>", re.IGNORECASE)

Way = Literal["archive", "next", ""]


class Further(NamedTuple):
    """The link to the next older document as written, and the kind of that link; both empty if there is none."""

    url: str
    way: Way


def older_document(page: Page) -> Further:
    """The link to older entries in the feed ``page``.

    Standard: RFC 5005 (``prev-archive`` before ``next``), JSON Feed 1.1 (``next_url``).
    """
    text = decode_document(page.body, page.content_type, kind="feed").lstrip()
    if text.startswith("{"):
        return _of_json(text)
    links: dict[str, str] = {}
    for link in _LINK.finditer(_around_items(text)):
        values = {
            one[1].lower(): html.unescape(one[2] or one[3] or "") for one in _ATTRIBUTE.finditer(link[1])
        }
        for rel in values.get("rel", "").lower().split():
            links.setdefault(rel, values.get("href", "").strip())
    if links.get("prev-archive"):
        return Further(links["prev-archive"], "archive")
    return Further(links["next"], "next") if links.get("next") else Further("", "")


def _of_json(text: str) -> Further:
    try:
        value = json.loads(text).get("next_url")
    except (ValueError, RecursionError):
        return Further("", "")
    return Further(value, "next") if isinstance(value, str) and value else Further("", "")


def _around_items(text: str) -> str:
    """The parts of the document before the first and after the last item, which describe the feed itself."""
    first = _FIRST.search(text)
    if first is None:
        return text
    end = first.start()
    for last in _LAST.finditer(text, end):
        end = last.end()
    return text[: first.start()] + text[end:]


def numbered_page(url: str, number: int) -> str:
    """``url`` with WordPress's query parameter for page ``number``."""
    parsed = ada_url.URL(url)
    pairs = [
        pair
        for pair in parse_qsl(parsed.search.removeprefix("?"), keep_blank_values=True)
        if pair[0] != "paged"
    ]
    parsed.search = urlencode([*pairs, ("paged", str(number))])
    return str(parsed.href)
