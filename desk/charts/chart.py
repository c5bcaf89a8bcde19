"""What a chart is, and SVG elements as text. Colours come from the style sheet by class, so that a picture follows
dark mode and print; what a colour says is said by a shape, a letter, a position or the table as well."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 960
"""Width of a picture in its own units; the page scales it."""
Cell = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a chart's table."""

    cells: tuple[Cell, ...]
    href: str = ""
    """Address that the first cell leads to; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture with the table of its values."""

    name: str
    """Unique on a page: letters and hyphens."""
    title: str
    summary: str
    """What the picture shows, in one or two sentences, for those who do not see it."""
    svg: str
    """The picture as markup, safe to put into a page; empty when there are no values."""
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def element(tag: str, *children: str, **attributes: str | float) -> str:
    """An SVG element; attribute values are escaped, ``children`` are markup. ``stroke_width`` becomes stroke-width,
    ``class_`` becomes class; attributes with the value ``""`` are left out."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for name, value in attributes.items()
        if value != ""
    )
    return f"<{tag}{written}>{''.join(children)}</{tag}>" if children else f"<{tag}{written}/>"


def words(text: str, x: float, y: float, class_: str = "", anchor: str = "") -> str:
    """A line of text at a point of its baseline; ``anchor``: start, middle or end."""
    return element("text", escape(printable(text)), x=x, y=y, class_=class_, text_anchor=anchor)


def tooltip(text: str) -> str:
    """The text that a browser shows for the element it is put into."""
    return element("title", escape(printable(text)))


def link(href: str, *children: str) -> str:
    """The children, leading to ``href``; the children alone when it is empty."""
    return element("a", *children, href=href) if href else "".join(children)


def shortened(text: str, columns: int) -> str:
    """The text cut to a width of ``columns`` Latin letters; East Asian characters count as two."""
    width, kept = 0, ""
    for character in printable(text):
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width > columns:
            return kept.rstrip() + "…"
        kept += character
    return kept


def printable(text: str) -> str:
    """The text without characters that XML forbids or that turn the direction of what follows."""
    return "".join(
        c
        for c in text
        if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn") or c in "\u200c\u200d"
    )


def picture(name: str, title: str, summary: str, height: float, parts: Iterable[str]) -> str:
    """The whole picture: a figure's SVG with its title and description for screen readers.

    Its role is ``group``, not ``img``, so that links in it stay reachable.
    """
    return element(
        "svg",
        element("title", escape(printable(title)), id=f"{name}-title"),
        element("desc", escape(printable(summary)), id=f"{name}-desc"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {height:g}",
        class_=f"chart chart-{name}",
        role="group",
        aria_labelledby=f"{name}-title {name}-desc",
    )


def nice_ceiling(value: float) -> float:
    """The least of 1, 2, 5, 10, 20, 50, ... (or 0.5, 0.2, ...) that is not below ``value``; 1 for 0."""
    step = 1.0
    while step < value:
        step *= 10
    while value and step / 10 >= value:
        step /= 10
    return next((bound for bound in (step / 5, step / 2) if bound >= value), step) if value else 1.0


def legend(items: Sequence[tuple[str, str]], y: float) -> str:
    """Samples (class of the sample, what it means) in one line."""
    parts, x = [], 0.0
    for class_, meaning in items:
        parts += [
            element("rect", x=x, y=y - 11, width=14, height=14, class_=class_),
            words(meaning, x + 20, y, "note"),
        ]
        x += 44 + 7.5 * len(meaning)
    return element("g", *parts)


def _number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
