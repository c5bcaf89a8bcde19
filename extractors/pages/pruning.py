"""Take out of a page what surrounds the story: links to other stories, labelled teasers, hidden boxes."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from fivegwatch.extractors.pages.hidden import unseen_boxes
from fivegwatch.extractors.pages.phrases import RELATED_LABEL
from fivegwatch.extractors.web.urls import canonical_url, joined

LEAVES = ("p", "li", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "blockquote", "div", "section")
BLOCKS = frozenset(
    {
        "p",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "div",
        "section",
        "article",
        "table",
        "blockquote",
        "dl",
        "main",
    }
    | {"figure", "aside"}
)
_WALKED = tuple({*LEAVES, *BLOCKS})
HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
LINKED = 0.9
"""A block with this share of its characters in links is a link, not a paragraph."""
ITEM_LINKED = 0.6
"""The same for a list item that is no sentence: ``Paper: headline``."""
LABELLED_LINKED = 0.4
"""The same for a block that starts like a pointer to another story."""
TEASER_CHARS = 300
CARD_CHARS = 800
"""A link around blocks (a card) holds no more than this; more is an article in an unclosed link."""
PARAGRAPH_CHARS, STORY_PARAGRAPHS = 80, 2
"""A link that holds so many paragraphs so long was not closed."""


def prune(tree: HtmlElement, url: str) -> None:
    """Remove hidden boxes and blocks that only lead elsewhere from the ``tree`` of the page at ``url``, in place."""
    body = tree.find(".//body")
    if body is None:
        return
    for element in [*unseen_boxes(body), *_cards(body)]:
        _remove(element)
    for element in [leaf for leaf in _leaves(body) if _is_pointer(leaf, url)]:
        _remove(_card_of(element))


def _cards(body: HtmlElement) -> Iterator[HtmlElement]:
    """Links around headings and paragraphs: teasers of other stories, but for an unclosed link around the story."""
    for link in body.iter("a"):
        if (
            len(link)
            and link.get("href")
            and next(link.iterdescendants(*BLOCKS), None) is not None
            and len(_text(link)) <= CARD_CHARS
            and not _holds_story(link)
        ):
            yield link


def _holds_story(link: HtmlElement) -> bool:
    """Whether a link never closed holds a story: a card has one headline and a line or two, and others beside it."""
    long = [block for block in link.iter("p") if len(_text(block)) >= PARAGRAPH_CHARS]
    return len(long) >= STORY_PARAGRAPHS


def _card_of(pointer: HtmlElement) -> HtmlElement:
    """The list item a linked heading is the title of, with its few words of teaser; else the pointer itself."""
    if pointer.tag in HEADINGS:
        item = next(pointer.iterancestors("li"), None)
        if item is not None and len(_text(item)) <= TEASER_CHARS:
            return item
    return pointer


def _leaves(body: HtmlElement) -> list[HtmlElement]:
    """Blocks that hold no other block, in document order; all in one walk."""
    found: list[HtmlElement] = []
    parted: list[bool] = []
    around: list[int] = []
    for event, element in iterwalk(body, events=("start", "end"), tag=_WALKED):
        if event == "end":
            around.pop()
            continue
        if element.tag in BLOCKS:
            for number in reversed(around):
                if parted[number]:
                    break  # and so are those around it
                parted[number] = True
        around.append(len(found))
        found.append(element)
        parted.append(element.tag not in LEAVES)
    return [element for element, apart in zip(found, parted, strict=True) if not apart]


def _is_pointer(element: HtmlElement, url: str) -> bool:
    """Whether a block leads to another story and says nothing else."""
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
    places = [joined(url, link.get("href", "")) for link in heading.iter("a") if _leads_away(link)]
    return all(place and canonical_url(place) == canonical_url(url) for place in places)


def _leads_away(link: HtmlElement) -> bool:
    return not (link.get("href") or "").startswith(("tel:", "mailto:"))


def _text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _remove(element: HtmlElement) -> None:
    """Take ``element`` out of its tree, the text after it kept."""
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
