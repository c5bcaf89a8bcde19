"""Parts of a story that an extractor lost: paragraphs outside its box, headings and lists between paragraphs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
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
BETWEEN = ("h2", "h3", "h4", "ul", "ol", "dl")
"""Elements that belong to the story if they stand between two of its paragraphs, in the same box."""
LINKED = 0.3
"""Least share of its characters in links that makes a list a list of links."""


def with_lost_parts(tree: HtmlElement, text: str) -> str:
    """``text`` with lost paragraphs, headings and lists put back in order; unchanged on most pages."""
    if len(text) > TEXT_CHARS:
        return text
    present = key(text)
    elements = list(islice(tree.iter("p", *BETWEEN), BLOCKS))
    paragraphs = [(p, line) for p in elements if p.tag == "p" and (line := words_shown(p))]
    inside = [p for p, line in paragraphs if len(folded := key(line)) >= KEY_CHARS and folded in present]
    if len(inside) < PARAGRAPHS:
        return text
    lost = {
        p: [line] for p, line in _of_the_class(paragraphs, inside) if key(line) and key(line) not in present
    }
    if sum(len(line) for lines in lost.values() for line in lines) < WORTH * len(text):
        lost = {}
    lost |= {
        block: lines for block, lines in _between(elements, inside) if key("".join(lines)) not in present
    }
    return _merged(text.split("\n"), elements, set(inside), lost) if lost else text


def _of_the_class(
    paragraphs: list[tuple[HtmlElement, str]], inside: list[HtmlElement]
) -> list[tuple[HtmlElement, str]]:
    """Those of ``paragraphs`` with the class of most paragraphs ``inside`` the text; none if too few share one."""
    name, count = Counter(map(_class_of, inside)).most_common(1)[0]
    if not name or count < OF_THE_STORY * len(inside):
        return []
    return [(p, line) for p, line in paragraphs if _class_of(p) == name]


def _class_of(block: HtmlElement) -> str:
    return " ".join(sorted((block.get("class") or "").split()))


def _between(
    elements: list[HtmlElement], inside: list[HtmlElement]
) -> Iterator[tuple[HtmlElement, list[str]]]:
    """The headings and lists between two paragraphs ``inside`` the text that share their box, with their lines."""
    last = {p.getparent(): p for p in inside}
    open_boxes: set[HtmlElement] = set()
    story = set(inside)
    for element in elements:
        box = element.getparent()
        if element in story:
            (open_boxes.discard if last[box] is element else open_boxes.add)(box)
        elif element.tag != "p" and box in open_boxes and (lines := _lines_of(element)):
            yield element, lines


def _lines_of(block: HtmlElement) -> list[str]:
    """The line of a heading, or those of a list's items; none of a list of links or pictures."""
    if block.find(".//img") is not None:
        return []
    parts = [block] if block.tag[0] == "h" else list(block.iterchildren("li", "dt", "dd"))
    lines = [line for part in parts if (line := words_shown(part))]
    linked = sum(len(words_shown(link)) for link in block.iter("a"))
    return lines if linked <= LINKED * sum(map(len, lines)) else []


def _merged(
    lines: list[str],
    elements: list[HtmlElement],
    inside: set[HtmlElement],
    lost: dict[HtmlElement, list[str]],
) -> str:
    """``lines`` with those of each ``lost`` element after the line that precedes it on the page."""
    indexes = {key(line): index for index, line in enumerate(lines)}
    after: dict[int, list[str]] = {}
    last = -1
    for element in elements:
        if element in lost:
            after.setdefault(last, []).extend(lost[element])
        elif element in inside:
            last = max(last, indexes.get(key(words_shown(element)), last))
    merged = after.get(-1, [])
    for index, line in enumerate(lines):
        merged += [line, *after.get(index, [])]
    return "\n".join(merged)
