"""Closes unclosed CDATA sections and comments in a feed, which hide the items after them.

``<description><![CDATA[oops</description>`` hides every item up to the next ``]]>`` or the end. Such a section is
closed where its element or item ends. The visible items are counted, so that a parser that returns fewer is noticed.
Takes time linear in the length of the text.

Standard: XML 1.0 (2.5, 2.7).
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


class ClosedText(NamedTuple):
    """The text of a feed with its sections closed, and the number of items outside sections."""

    text: str
    items: int


def close_sections(text: str, root: str) -> ClosedText:
    """``text`` with every unclosed section closed that hides items; ``root`` is the name of the root element."""
    pieces: list[str] = []
    names: Counter[str] = Counter()
    ends = dict.fromkeys(_ENDS, -1)
    inside = False
    done = position = 0
    while mark := _MARK.search(text, position):
        if mark[4]:
            # A start tag inside an item may be a word of its text, so it is not counted.
            names[mark[4].lower()] += not inside and not mark[3]
            inside = not mark[3] and not mark[5]
            position = mark.end()
            continue
        opening = "<!--" if mark[2] else "<![CDATA["
        # Openings between here and the next end share that end, so it is searched for only once.
        if ends[opening] < mark.end():
            end = text.find(_ENDS[opening], mark.end())
            ends[opening] = end if end >= 0 else len(text)
        tag = _hidden_tag(text, mark, opening, ends[opening], inside=inside)
        if tag is None:
            position = ends[opening] + len(_ENDS[opening])
        else:
            close, element = _where_to_close(text, mark, tag, inside=inside)
            pieces += (text[done:close], _ENDS[opening], element)
            done = position = close
    return ClosedText("".join(pieces) + text[done:], _count(names, root))


def _hidden_tag(
    text: str, mark: re.Match[str], opening: str, end: int, *, inside: bool
) -> re.Match[str] | None:
    """The first tag of an item that the section from ``mark`` to ``end`` hides; None if the section is in order.

    It hides items if that tag closes the item around the section, or opens an item while none is open. In a quoted
    sample an item is opened before it is closed.
    """
    tag = _TAG.search(text, mark.end(), end)
    if tag is None or bool(tag[1]) != inside:
        return None
    closed = end < len(text) and text.find(opening, mark.end(), end) < 0
    return None if closed and not _NEXT_ITEM.match(text, tag.start(), end) else tag


def _where_to_close(text: str, mark: re.Match[str], tag: re.Match[str], *, inside: bool) -> tuple[int, str]:
    """The offset at which the section should end, at ``tag`` at the latest; and the end tag of its element if that is
    missing."""
    element = _OPEN_ELEMENT.search(text, max(0, mark.start() - 500), mark.start())
    if element is None:
        return tag.start(), ""
    own = text.find(f"</{element[1]}", mark.end(), tag.start())
    if own >= 0:
        return own, ""
    return tag.start(), f"</{element[1]}>" if inside and not _TAG.match(element[0]) else ""


def _count(names: Counter[str], root: str) -> int:
    """The number of the feed's items: items whose name has no prefix, else those with the most frequent name."""
    plain = names["entry" if root.lower().endswith("feed") else "item"]
    return plain or max(names.values(), default=0)
