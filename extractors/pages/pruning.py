"""Removes three things around the story from a page's tree: hidden boxes, then cards, then links to other stories.

A box that a script will show (a *veiled* box) may be the story itself. It counts as hidden only if the page has a
visible story as well. A link to another story is recognised by its form, in every language, not by words such as "read
more".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml.html import HtmlElement

from fivegwatch.extractors.text.elements import BOXES, HEADINGS
from fivegwatch.extractors.text.plain import ends_sentence, strip_controls
from fivegwatch.extractors.web.urls import canonical_url, joined

LEAVES = frozenset({"p", "li", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "blockquote", "div", "section"})
"""Blocks that as a whole may be a pointer to another story; ``h1`` is not among them, as it is the headline."""
LINKED = 0.9
"""A block is a pointer, not a paragraph, if at least this share of its characters is in links."""
UNFINISHED_LINKED = 0.6
"""The same share for a block that does not end like a sentence (``Paper: headline``)."""
LABELLED_LINKED = 0.4
"""The same share for a block that is a label and a linked headline (``Read more: headline``)."""
LABEL = re.compile(r"(?:\S+\s+){0,5}\S*\s*[:|»>–\-：｜→►▶]\s*")
"""A label: a few words and a colon, bar, dash or arrow."""
LABEL_CHARS, HEADLINE_WORDS, PIECES = 60, 4, 20
INNER, AROUND = 200, 20
"""Most elements that are looked at inside a link or block, and around a link."""
TEASER_CHARS = 300
CARD_CHARS = 800
"""Most characters of a card, which is a link around blocks; with more it is an unclosed link around an article."""
TABLE_PARTS = ("table", "tbody", "tr", "td", "th")
LAYOUT_CHARS, LAYOUT_BREAKS = 500, 3
"""A table lays out the page, and has no data, if one of its cells has at least this many characters and this many
paragraphs or line breaks."""
PARAGRAPH_CHARS, STORY_PARAGRAPHS = 80, 2
"""A link is an unclosed one around the story if it contains at least ``STORY_PARAGRAPHS`` paragraphs of
``PARAGRAPH_CHARS`` characters."""
FLOATING = re.compile(
    r"(?:^|[\s_-])(?:tooltip|popover|popup|rollover|screen-?reader|sr-only|visually-?hidden)(?:$|[\s_-])"
)
"""Classes, in lower case, of boxes that appear when a reader points at something, or never."""
UNSHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
HIDDEN_PARAGRAPHS = 3
"""A hidden box with more paragraphs than this may be an article that a script will show."""
_NOUGHT = r"\s*:\s*0(?:\.0*)?(?![\d.])\s*(?:px|r?em|pt|%)?\s*(?:!|;|$)"
VEILED = re.compile(
    rf"(?:^|[;\s])(?:font-size{_NOUGHT}|opacity{_NOUGHT}|max-height{_NOUGHT}|text-indent\s*:\s*-\d{{3,}}"
    r"|(?:left|right|top|bottom)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*[01]|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    r"|transform\s*:[^;]*scale\(\s*0(?![\d.])|color\s*:\s*transparent)",
    re.IGNORECASE,
)
"""Styles that make text invisible: no size, no colour, a position off the screen."""
COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*([^;!]+)", re.IGNORECASE)
GROUND = re.compile(r"(?:^|[;\s])background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
NAMED_COLOURS = {"white": "#ffffff", "black": "#000000"}
HIDING = frozenset({
    "hidden", "hide", "d-none", "invisible", "is-hidden", "u-hidden", "display-none", "offscreen", "off-screen",
})  # fmt: skip
"""Classes by which the common CSS frameworks hide a box."""
SHOWN_AGAIN = re.compile(r"(?:^|\s)\S*(?:-|:)(?:block|flex|grid|inline\S*|table\S*|show|visible)(?:$|\s)")
"""Classes by which the same frameworks show a hidden box on screens of certain widths."""
DORMANT = frozenset({"template", "noframes"})
"""Elements that show nothing by themselves, unless a template is a shadow root."""
VISIBLE_CHARS = 500
"""A page has a visible story if its paragraphs outside of veiled boxes have at least this many characters, and at least
half as many as those inside."""


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
    for element in list(unseen_boxes(body)):
        _remove(element)
    for element in list(_cards(body)):
        _remove_labelled(element)
    leaves = _linked_leaves(body)
    for element in [leaf for leaf, links in leaves.items() if _is_pointer(leaf, links, url)]:
        _remove_labelled(_card_of(element))


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
            and _holds_box(link)
            and len(_text(link)) <= CARD_CHARS
            and not _holds_story(link)
        ):
            yield link


def _holds_box(element: HtmlElement) -> bool:
    return any(inner.tag in BOXES for inner in islice(element.iterdescendants(), INNER))


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


def _remove_labelled(pointer: HtmlElement) -> None:
    """Remove a pointer and, if it was all that followed a label (``Read more:``) in its box, the label."""
    above, box = pointer.getprevious(), pointer.getparent()
    _remove(pointer)
    while box is not None and box.tag in BOXES and _is_empty(box):
        above, box = box.getprevious(), box.getparent()
    label = _short_line(above) if above is not None and above.tag != "h1" else ""
    if not label or len(label) > LABEL_CHARS or ends_sentence(label) or (above.tail or "").strip():
        return
    follows = next((block for block in islice(above.itersiblings(), PIECES) if not _is_empty(block)), None)
    if label.endswith(":") or follows is None or (above.tag in HEADINGS and follows.tag in HEADINGS):
        _remove(above)


def _short_line(element: HtmlElement) -> str | None:
    """The text of an element as one line, cut; None if it has so many parts that reading them each time would take
    long."""
    parts = list(islice(element.itertext(), PIECES + 1))
    return (
        " ".join(" ".join(part[: 2 * LABEL_CHARS] for part in parts).split())
        if len(parts) <= PIECES
        else None
    )


def _is_empty(element: HtmlElement) -> bool:
    """Whether an element has no text and few parts."""
    return not any(number == PIECES or part.strip() for number, part in enumerate(element.itertext()))


def _linked_leaves(body: HtmlElement) -> dict[HtmlElement, list[HtmlElement]]:
    """Blocks that hold links and no other block, in document order, with their links."""
    leaves: dict[HtmlElement, list[HtmlElement]] = {}
    for link in body.iter("a"):
        box = next((box for box in islice(link.iterancestors(), AROUND) if box.tag in BOXES), body)
        if box.tag in LEAVES:
            leaves.setdefault(box, []).append(link)
    return {leaf: links for leaf, links in leaves.items() if not _holds_box(leaf)}


def _is_pointer(element: HtmlElement, links: Iterable[HtmlElement], url: str) -> bool:
    """Whether a block is ``links`` to another story and nothing else, or a label and such a link."""
    text = _text(element)
    if not text or len(text) > TEASER_CHARS:
        return False
    headlines = [shown for link in links if _leads_away(link) and (shown := _text(link))]
    share = sum(map(len, headlines)) / len(text)
    if element.tag in HEADINGS:
        # A heading that links to its own page is that page's headline.
        return share >= LINKED and not _leads_back(links, url)
    if share >= LINKED or (share >= UNFINISHED_LINKED and not ends_sentence(text)):
        return True
    return share >= LABELLED_LINKED and text.endswith(headlines[0]) and _is_labelled(text, headlines[0])


def _is_labelled(text: str, headline: str) -> bool:
    """Whether a ``text`` that ends in a linked ``headline`` has only a label in front of it."""
    return len(headline.split()) >= HEADLINE_WORDS and LABEL.fullmatch(text[: -len(headline)]) is not None


def _leads_back(links: Iterable[HtmlElement], url: str) -> bool:
    """Whether all ``links`` of a heading lead to the page itself."""
    targets = [joined(url, link.get("href", "")) for link in links if _leads_away(link)]
    return all(target and canonical_url(target) == canonical_url(url) for target in targets)


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


def unseen_boxes(body: HtmlElement) -> Iterator[HtmlElement]:
    """The boxes under ``body`` that a reader does not see: those hidden for certain, then the veiled ones."""
    veiled: list[HtmlElement] = []
    floating: dict[str, bool] = {"": False}  # remembered, because many boxes share few names
    hiding: dict[str, bool] = {"": False}
    for element in body.iterdescendants():
        style, name, identity = element.get("style"), element.get("class", ""), element.get("id", "")
        for word in (name, identity):
            if word not in floating:
                floating[word] = FLOATING.search(word.lower()) is not None
        if name not in hiding:
            hiding[name] = not HIDING.isdisjoint(name.lower().split()) and not SHOWN_AGAIN.search(name)
        unshown = style and UNSHOWN.search(style)
        if floating[name] or floating[identity] or unshown or element.get("hidden") is not None:
            if _holds_little(element):
                yield element
            else:
                veiled.append(element)
        elif (
            hiding[name]
            or (style and _is_veiled(style))
            or (element.tag in DORMANT and element.get("shadowrootmode") is None)
            or element.get("popover") is not None
        ):
            veiled.append(element)
    if veiled and _has_visible_story(body, veiled):
        yield from veiled


def _holds_little(box: HtmlElement) -> bool:
    """Whether a hidden box holds few paragraphs and no headline, so that it is no article that a script will show."""
    few = next(islice(box.iterdescendants("p"), HIDDEN_PARAGRAPHS, None), None) is None
    return few and next(box.iterdescendants("h1"), None) is None


def _is_veiled(style: str) -> bool:
    """Whether a style makes text invisible, by size or position or by a text colour equal to the background."""
    if VEILED.search(style):
        return True
    colour, ground = COLOUR.search(style), GROUND.search(style)
    return colour is not None and ground is not None and _plain(colour[1]) == _plain(ground[1])


def _plain(colour: str) -> str:
    """A colour as ``#rrggbb`` if it is ``#rgb``, white or black; else as it is."""
    colour = NAMED_COLOURS.get(colour.strip().lower(), colour.strip().lower())
    return (
        "#" + "".join(2 * digit for digit in colour[1:]) if re.fullmatch("#[0-9a-f]{3}", colour) else colour
    )


def _has_visible_story(body: HtmlElement, veiled: Iterable[HtmlElement]) -> bool:
    """Whether the paragraphs outside the ``veiled`` boxes make a story."""
    boxes = set(veiled)
    outside = inside = 0
    for paragraph in body.iter("p"):
        length = len(" ".join(paragraph.text_content().split()))
        if paragraph in boxes or not boxes.isdisjoint(paragraph.iterancestors()):
            inside += length
        else:
            outside += length
    return outside >= max(VISIBLE_CHARS, inside // 2)
