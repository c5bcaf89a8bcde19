"""Take out of a page what surrounds the story: lists of links to other stories, labelled teasers, repeated boxes."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from extractors.page_phrases import RELATED_LABEL

LEAVES = (
    "p",
    "li",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "dd",
    "dt",
    "blockquote",
    "div",
    "section",
    "span",
    "strong",
)
BLOCKS = frozenset(("p", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "div", "section", "article", "table", "blockquote", "dl", "figure", "aside", "main"))  # fmt: skip
LINKED_SHARE = 0.9
LABEL_CHARS = 60
TEASER_CHARS = 300


def prune(tree: HtmlElement) -> None:
    """Remove link-only and labelled blocks from ``tree``, in place."""
    body = tree.find(".//body")
    if body is None:
        return
    doomed = [element for element in body.iter(*LEAVES) if _is_leaf(element) and _is_teaser(element)]
    for element in doomed:
        _remove(element)


def _is_leaf(element: HtmlElement) -> bool:
    return element.tag not in ("span", "strong") and not any(
        child.tag in BLOCKS for child in element.iterdescendants()
    )


def _is_teaser(element: HtmlElement) -> bool:
    text = " ".join(element.text_content().split())
    if not text or len(text) > TEASER_CHARS:
        return False
    linked = sum(len(" ".join(link.text_content().split())) for link in element.iter("a"))
    share = linked / len(text)
    if share >= LINKED_SHARE:
        return True
    label = RELATED_LABEL.match(text)
    if not label:
        return False
    rest = text[label.end() :].strip()
    return not rest.strip(" :.…»>|-") or rest[0] in ":|»>–-" or share >= 0.4


def _remove(element: HtmlElement) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tail and element.tail.strip():
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
