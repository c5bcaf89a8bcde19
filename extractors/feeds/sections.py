"""The items a feed's text shows, and the sections nobody closed that hide them.

``<description><![CDATA[oops</description>`` swallows every item up to the next ``]]>``, or all to the end. Such a
section is closed where its own element or item ends; the items that can be seen are counted, so that a reader that
finds fewer knows it. Everything here is linear in the length of the text. Standard: XML 1.0 (2.5, 2.7).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

_NAME = r"(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)"
_TAG = re.compile(rf"<(/?)({_NAME})(?=[\s>/])", re.I)
_MARK = re.compile(rf"(<!\[CDATA\[)|(<!--)|<(/?)({_NAME})(?=[\s>/])(\s*/>)?", re.I)
_NEXT_ITEM = re.compile(rf"</{_NAME}\s*>\s*<{_NAME}[\s>/]", re.I)
_OPEN_ELEMENT = re.compile(r"<([A-Za-z_][\w:.-]{0,60})(?:\s[^<>]{0,200})?(?<!/)>[^<>]{0,200}\Z")
_ENDS = {"<![CDATA[": "]]>", "<!--": "-->"}


class Shown(NamedTuple):
    """A feed's text, its sections closed, and how many items it shows outside of them."""

    text: str
    items: int


def show_items(text: str, root: str) -> Shown:
    """Close the sections of ``text`` that swallow items; ``root`` is the name of its root element."""
    pieces: list[str] = []
    names: Counter[str] = Counter()
    ends = dict.fromkeys(_ENDS, -1)
    inside = False
    done = position = 0
    while mark := _MARK.search(text, position):
        if mark[4]:
            # A start inside an item is a word in its text, or follows one without an end: not counted for certain.
            names[mark[4].lower()] += not inside and not mark[3]
            inside = not mark[3] and not mark[5]
            position = mark.end()
            continue
        opening = "<!--" if mark[2] else "<![CDATA["
        # The first end behind an opening is that of all openings before it: looked for once, or never again.
        if ends[opening] < mark.end():
            found = text.find(_ENDS[opening], mark.end())
            ends[opening] = found if found >= 0 else len(text)
        tag = _swallowed(text, mark, opening, ends[opening], inside=inside)
        if tag is None:
            position = ends[opening] + len(_ENDS[opening])
        else:
            close, element = _where_to_close(text, mark, tag, inside=inside)
            pieces += (text[done:close], _ENDS[opening], element)
            done = position = close
    return Shown("".join(pieces) + text[done:], _count(names, root))


def _swallowed(
    text: str, mark: re.Match[str], opening: str, end: int, *, inside: bool
) -> re.Match[str] | None:
    """The first tag of an item that the section at ``mark`` swallows; None when it ends where it says, at ``end``.

    It swallows items when that tag ends the item the section stands in, or begins one outside of any: samples that
    are quoted begin before they end.
    """
    tag = _TAG.search(text, mark.end(), end)
    if tag is None or bool(tag[1]) != inside:
        return None
    closed = end < len(text) and text.find(opening, mark.end(), end) < 0
    return None if closed and not _NEXT_ITEM.match(text, tag.start(), end) else tag


def _where_to_close(text: str, mark: re.Match[str], tag: re.Match[str], *, inside: bool) -> tuple[int, str]:
    """Where the section should have ended, at ``tag`` at the latest, and its element's end tag if that is missing."""
    element = _OPEN_ELEMENT.search(text, max(0, mark.start() - 500), mark.start())
    if element is None:
        return tag.start(), ""
    own = text.find(f"</{element[1]}", mark.end(), tag.start())
    if own >= 0:
        return own, ""
    return tag.start(), f"</{element[1]}>" if inside and not _TAG.match(element[0]) else ""


def _count(names: Counter[str], root: str) -> int:
    """How many are the feed's own items: those without a prefix, else the most frequent; others are extensions."""
    plain = names["entry" if root.lower().endswith("feed") else "item"]
    return plain or max(names.values(), default=0)
