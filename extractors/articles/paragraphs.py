"""Paragraphs that an extractor lost because broken markup put them outside the story's box."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from lxml.html import HtmlElement

from fivegwatch.extractors.text.plain import words_shown
from fivegwatch.extractors.text.word_overlap import key

OF_THE_STORY = 0.7
"""A class marks the story's paragraphs if at least this share of the text's paragraphs has it."""
PARAGRAPHS = 3
BLOCKS = 2_000
TEXT_CHARS = 100_000
WORTH = 0.15
"""Paragraphs are restored if they add at least this share of the text."""
KEY_CHARS = 30


def with_lost_paragraphs(tree: HtmlElement, text: str) -> str:
    """``text`` with lost paragraphs of the story's class put back in order; unchanged on most pages."""
    present = key(text[:TEXT_CHARS])
    paragraphs = islice(tree.iter("p"), BLOCKS)
    blocks = [(_class_of(block), line) for block in paragraphs if (line := words_shown(block))]
    inside = [name for name, line in blocks if len(key(line)) >= KEY_CHARS and key(line) in present]
    if len(text) > TEXT_CHARS or len(inside) < PARAGRAPHS:
        return text
    name, count = Counter(inside).most_common(1)[0]
    if not name or count < OF_THE_STORY * len(inside):
        return text
    ours = [line for other, line in blocks if other == name]
    lost = [line for line in ours if key(line) and key(line) not in present]
    if sum(map(len, lost)) < WORTH * len(text):
        return text
    return _merged(text.split("\n"), ours, set(lost))


def _class_of(block: HtmlElement) -> str:
    return " ".join(sorted((block.get("class") or "").split()))


def _merged(lines: list[str], ours: list[str], lost: set[str]) -> str:
    """``lines`` with each of ``lost`` after the line that precedes it in ``ours``."""
    indexes = {key(line): index for index, line in enumerate(lines)}
    after: dict[int, list[str]] = {}
    last = -1
    for line in ours:
        if line in lost:
            after.setdefault(last, []).append(line)
        else:
            last = max(last, indexes.get(key(line), last))
    merged = after.get(-1, [])
    for index, line in enumerate(lines):
        merged += [line, *after.get(index, [])]
    return "\n".join(merged)
