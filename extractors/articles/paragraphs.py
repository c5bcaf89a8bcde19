"""Paragraphs of a story that stand outside the box it was taken from: broken markup, widgets that close too much."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from lxml.html import HtmlElement

from fivegwatch.extractors.text.likeness import key
from fivegwatch.extractors.text.plain import words_shown

OF_THE_STORY = 0.7
"""Least share of the text's paragraphs that carry one class, for the class to mark the story's paragraphs."""
PARAGRAPHS = 3
BLOCKS = 2_000
TEXT_CHARS = 100_000
WORTH = 0.15
"""Least share of the text that must be missing."""
KEY_CHARS = 30


def with_lost_paragraphs(tree: HtmlElement, text: str) -> str:
    """``text`` with the page's paragraphs of the same class put back in their places; mostly ``text`` as it is."""
    present = key(text[:TEXT_CHARS])
    paragraphs = islice(tree.iter("p"), BLOCKS)
    blocks = [(_class_of(block), shown) for block in paragraphs if (shown := words_shown(block))]
    inside = [
        (name, shown) for name, shown in blocks if len(key(shown)) >= KEY_CHARS and key(shown) in present
    ]
    if len(text) > TEXT_CHARS or len(inside) < PARAGRAPHS:
        return text
    name, count = Counter(name for name, _ in inside).most_common(1)[0]
    if not name or count < OF_THE_STORY * len(inside):
        return text
    ours = [shown for other, shown in blocks if other == name]
    lost = [shown for shown in ours if key(shown) and key(shown) not in present]
    if sum(map(len, lost)) < WORTH * len(text):
        return text
    return _merged(text.split("\n"), ours, set(lost))


def _class_of(block: HtmlElement) -> str:
    return " ".join(sorted((block.get("class") or "").split()))


def _merged(lines: list[str], ours: list[str], lost: set[str]) -> str:
    """``lines`` with each of ``lost`` after the line that precedes it in ``ours``."""
    places = {key(line): index for index, line in enumerate(lines)}
    after: dict[int, list[str]] = {}
    at = -1
    for shown in ours:
        if shown in lost:
            after.setdefault(at, []).append(shown)
        else:
            at = max(at, places.get(key(shown), at))
    merged = after.get(-1, [])
    for index, line in enumerate(lines):
        merged += [line, *after.get(index, [])]
    return "\n".join(merged)
