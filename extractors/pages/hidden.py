"""Boxes of a page that readers do not see: hidden for certain, or hidden until a script shows them.

A box of the second kind (*veiled*) may be the story itself, faded in by a script. It counts as hidden only if the page
has a visible story as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

FLOATING = re.compile(
    r"(?:^|[\s_-])(?:tooltip|popover|popup|rollover|screen-?reader|sr-only|visually-?hidden)(?:$|[\s_-])",
    re.IGNORECASE,
)
UNSHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
HIDDEN_PARAGRAPHS = 3
"""A hidden box with more paragraphs may be an article that a script will show."""
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
"""Classes by which the same frameworks show a hidden box again on screens of some width."""
VISIBLE_CHARS = 500
"""A visible story has at least so many characters in paragraphs, and at least half as many as the veiled boxes."""


def unseen_boxes(body: HtmlElement) -> Iterator[HtmlElement]:
    """The boxes under ``body`` that a reader does not see: those hidden for certain, then the veiled ones."""
    veiled: list[HtmlElement] = []
    floating: dict[str, bool] = {"": False}  # remembered, because many boxes share few names
    hiding: dict[str, bool] = {"": False}
    for element in body.iterdescendants():
        style, name, identity = element.get("style"), element.get("class", ""), element.get("id", "")
        for word in (name, identity):
            if word not in floating:
                floating[word] = FLOATING.search(word) is not None
        if name not in hiding:
            hiding[name] = not HIDING.isdisjoint(name.lower().split()) and not SHOWN_AGAIN.search(name)
        unshown = style and UNSHOWN.search(style)
        if floating[name] or floating[identity] or unshown or element.get("hidden") is not None:
            if len(element.findall(".//p")) <= HIDDEN_PARAGRAPHS and element.find(".//h1") is None:
                yield element
            else:
                veiled.append(element)
        elif hiding[name] or (style and _is_veiled(style)) or _is_dormant(element):
            veiled.append(element)
    if veiled and _has_visible_story(body, veiled):
        yield from veiled


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


def _is_dormant(element: HtmlElement) -> bool:
    """Whether an element shows nothing by itself: a template that is no shadow root, ``noframes``, a popover."""
    if element.tag == "template":
        return element.get("shadowrootmode") is None
    return element.tag == "noframes" or element.get("popover") is not None


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
