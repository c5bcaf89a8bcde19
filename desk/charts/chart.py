"""What a chart is, and SVG elements as text. Colours come from the style sheet by class, so that a picture follows
dark mode and print; what a colour means is shown by a shape, a letter, a position or the table as well."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import TypedDict

Cell = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The measures of a picture for one kind of screen; a phone needs smaller ones than a laptop."""

    name: str
    """The class by which the style sheet shows one of the two."""
    width: float
    """In the picture's own units, which are about a pixel each."""
    label: float
    """Room for the name of a row."""
    letters: int
    """Latin letters that fit into ``label``."""
    ticks: int
    """Words that fit side by side under an axis."""


WIDE = Frame(name="laptop", width=960, label=210, letters=28, ticks=12)
NARROW = Frame(name="phone", width=400, label=122, letters=15, ticks=4)


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
    narrow: str = ""
    """The picture drawn for a phone; empty when ``svg`` fits one."""
    legend: tuple[tuple[str, str, str], ...] = ()
    """Class of a sample, the letter in it, and what it means."""


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
    text = printable(text)
    if text.isascii():
        return text if len(text) <= columns else text[:columns].rstrip() + "…"
    width, kept = 0, ""
    for character in text:
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width > columns:
            return kept.rstrip() + "…"
        kept += character
    return kept


def printable(text: str) -> str:
    """The text without characters that XML forbids or that turn the direction of what follows."""
    if text.isprintable():
        return text
    return "".join(
        c
        for c in text
        if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn") or c in "\u200c\u200d"
    )


def picture(frame: Frame, name: str, about: tuple[str, str], height: float, parts: Iterable[str]) -> str:
    """The SVG of a whole picture, with a title (``name``) and a description (``about``) for screen readers.

    Its role is ``group``, not ``img``, so that links in it stay reachable.
    """
    name_here = name if frame == WIDE else f"{name}-{frame.name}"
    title, summary = about
    return element(
        "svg",
        element("title", escape(printable(title)), id=f"{name_here}-title"),
        element("desc", escape(printable(summary)), id=f"{name_here}-desc"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {frame.width:g} {height:g}",
        class_=f"chart {frame.name} chart-{name}",
        role="group",
        aria_labelledby=f"{name_here}-title {name_here}-desc",
    )


class Drawn(TypedDict):
    """The two pictures of a chart, by the names of its fields."""

    svg: str
    narrow: str


def both(draw: Callable[[Frame], str]) -> Drawn:
    """The two pictures that a chart has: ``svg`` and ``narrow``, each drawn by ``draw``."""
    return {"svg": draw(WIDE), "narrow": draw(NARROW)}


def nice_ceiling(value: float) -> float:
    """The least of 1, 2, 5, 10, 20, 50, ... (or 0.5, 0.2, ...) that is not below ``value``; 1 for 0."""
    step = 1.0
    while step < value:
        step *= 10
    while value and step / 10 >= value:
        step /= 10
    return next((bound for bound in (step / 5, step / 2) if bound >= value), step) if value else 1.0


def _number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
