"""Remove from a page's tree what surrounds the story: hidden boxes, then cards, then links to other stories."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from fivegwatch.extractors.pages.hidden import unseen_boxes
from fivegwatch.extractors.pages.phrases import RELATED_LABEL
from fivegwatch.extractors.text.elements import BOXES, HEADINGS
from fivegwatch.extractors.text.plain import strip_controls
from fivegwatch.extractors.web.urls import canonical_url, joined

LEAVES = ("p", "li", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "blockquote", "div", "section")
"""Blocks that may be a pointer to another story as a whole; an ``h1`` is the headline."""
_WALKED = tuple({*LEAVES, *BOXES})
LINKED = 0.9
"""Least share of a block's characters in links that makes the block a pointer, not a paragraph."""
ITEM_LINKED = 0.6
"""This share for a list item that does not end as a sentence (``Paper: headline``)."""
LABELLED_LINKED = 0.4
"""This share for a block that begins with a label such as ``Read more``."""
TEASER_CHARS = 300
CARD_CHARS = 800
"""Most characters of a card, a link around blocks; a link with more is an unclosed one around an article."""
TABLE_PARTS = ("table", "tbody", "tr", "td", "th")
LAYOUT_CHARS, LAYOUT_BREAKS = 500, 3
"""A cell with so many characters and paragraphs or line breaks lays out the page: its table holds no data."""
PARAGRAPH_CHARS, STORY_PARAGRAPHS = 80, 2
"""A link around this many paragraphs of this many characters is an unclosed link around the story."""


def prune(tree: HtmlElement, url: str) -> None:
    """Remove hidden boxes, cards and pointers to other stories from the ``tree`` of the page at ``url``, in place.

    Tables that lay out the page become plain boxes.
    """
    body = tree.find(".//body")
    if body is None:
        return
    for cell in [cell for cell in body.iter("td") if _holds_text(cell)]:
        for part in cell.iterancestors(*TABLE_PARTS):
            for inner in [part, *part.iterchildren(*TABLE_PARTS)]:
                # Extractors take the text of paragraphs, not that of any box.
                inner.tag = "div" if next(inner.iterdescendants(*BOXES, "td"), None) is not None else "p"
    for element in [*unseen_boxes(body), *_cards(body)]:
        _remove(element)
    for element in [leaf for leaf in _leaves(body) if _is_pointer(leaf, url)]:
        _remove(_card_of(element))


def _holds_text(cell: HtmlElement) -> bool:
    """Whether a cell of a table holds a text of several paragraphs."""
    breaks = islice(cell.iter("p", "br"), LAYOUT_BREAKS)
    return sum(1 for _ in breaks) == LAYOUT_BREAKS and len(_text(cell)) >= LAYOUT_CHARS


def _cards(body: HtmlElement) -> Iterator[HtmlElement]:
    """Links around blocks, which are teasers of other stories; an unclosed link around the story is left out."""
    for link in body.iter("a"):
        if (
            len(link)
            and link.get("href")
            and next(link.iterdescendants(*BOXES), None) is not None
            and len(_text(link)) <= CARD_CHARS
            and not _holds_story(link)
        ):
            yield link


def _holds_story(link: HtmlElement) -> bool:
    """Whether a link holds the paragraphs of a story; a card has a headline and a line or two."""
    long = [block for block in link.iter("p") if len(_text(block)) >= PARAGRAPH_CHARS]
    return len(long) >= STORY_PARAGRAPHS


def _card_of(pointer: HtmlElement) -> HtmlElement:
    """The list item around a linked heading, if it holds no more than a teaser; else the pointer itself."""
    if pointer.tag in HEADINGS:
        item = next(pointer.iterancestors("li"), None)
        if item is not None and len(_text(item)) <= TEASER_CHARS:
            return item
    return pointer


def _leaves(body: HtmlElement) -> list[HtmlElement]:
    """Blocks that hold no other block, in document order."""
    blocks: list[HtmlElement] = []
    parted: list[bool] = []
    around: list[int] = []
    for event, element in iterwalk(body, events=("start", "end"), tag=_WALKED):
        if event == "end":
            around.pop()
            continue
        if element.tag in BOXES:
            for number in reversed(around):
                if parted[number]:
                    break  # those around it are marked already
                parted[number] = True
        around.append(len(blocks))
        blocks.append(element)
        parted.append(element.tag not in LEAVES)
    return [element for element, apart in zip(blocks, parted, strict=True) if not apart]


def _is_pointer(element: HtmlElement, url: str) -> bool:
    """Whether a block is a link to another story and nothing else."""
    text = _text(element)
    if not text or len(text) > TEASER_CHARS:
        return False
    links = [link for link in element.iter("a") if _leads_away(link)]
    if not links and not RELATED_LABEL.match(text):
        return False
    share = sum(len(_text(link)) for link in links) / len(text)
    if share >= LINKED:
        # A heading that links to its own page is that page's headline.
        return element.tag not in HEADINGS or not _leads_back(element, url)
    if share >= ITEM_LINKED and element.tag == "li" and text[-1] not in ".!?。！？।":
        return True
    label = RELATED_LABEL.match(text)
    if not label:
        return False
    rest = text[label.end() :].strip()
    return not rest.strip(" :.…»>|-") or rest[0] in ":|»>–-" or share >= LABELLED_LINKED


def _leads_back(heading: HtmlElement, url: str) -> bool:
    """Whether every link of a heading leads to the page itself."""
    links = [joined(url, link.get("href", "")) for link in heading.iter("a") if _leads_away(link)]
    return all(link and canonical_url(link) == canonical_url(url) for link in links)


def _leads_away(link: HtmlElement) -> bool:
    return not (link.get("href") or "").startswith(("tel:", "mailto:"))


def _text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _remove(element: HtmlElement) -> None:
    """Remove ``element`` from its tree; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    # References may make control characters, which a tree can hold but not be given.
    tail = strip_controls(element.tail or "")
    if tail.strip():
        previous = element.getprevious()
        if previous is not None:
            previous.tail = strip_controls(previous.tail or "") + tail
        else:
            parent.text = strip_controls(parent.text or "") + tail
    parent.remove(element)
