"""The dataclass of a chart, and functions that write SVG elements. Colours come from the style sheet by class, so that
a picture follows dark mode and print. The meaning of a colour is always shown in another way too: by a shape, a letter,
a position or the table."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import TypedDict

Cell = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The dimensions of a picture for one kind of screen, laptop or phone."""

    name: str
    """CSS class by which the style sheet shows the picture for the present screen and hides the other."""
    width: float
    """Width in the picture's own units, each about one pixel."""
    label: float
    """Width reserved for the name of a row."""
    letters: int
    """Number of Latin letters that fit into ``label``."""
    ticks: int
    """Number of words that fit side by side under an axis."""


WIDE = Frame(name="laptop", width=960, label=210, letters=28, ticks=12)
NARROW = Frame(name="phone", width=400, label=122, letters=15, ticks=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a chart's table."""

    cells: tuple[Cell, ...]
    href: str = ""
    """Address to which the first cell links; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture with the table of its values."""

    name: str
    """Name of the chart, unique on its page; letters and hyphens."""
    title: str
    summary: str
    """What the picture shows, in one or two sentences, for people who cannot see it."""
    svg: str
    """The picture as markup, safe to put into a page; empty when there are no values."""
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    narrow: str = ""
    """The picture drawn for a phone; empty if ``svg`` is small enough for a phone."""
    legend: tuple[tuple[str, str, str], ...] = ()
    """For each sample in the legend: its CSS class, the letter in it, and its meaning."""


def element(tag: str, *children: str, **attributes: str | float) -> str:
    """An SVG element as text. Attribute values are escaped; ``children`` are markup already. ``stroke_width`` becomes
    stroke-width, and ``class_`` becomes class; attributes with the value ``""`` are left out."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for name, value in attributes.items()
        if value != ""
    )
    return f"<{tag}{written}>{''.join(children)}</{tag}>" if children else f"<{tag}{written}/>"


def words(text: str, x: float, y: float, class_: str = "", anchor: str = "") -> str:
    """A line of text as SVG; ``x`` and ``y`` are the start, middle or end of its baseline, as ``anchor`` says."""
    return element("text", escape(printable(text)), x=x, y=y, class_=class_, text_anchor=anchor)


def tooltip(text: str) -> str:
    """An SVG title: put into an element, it is the text that a browser shows when the pointer is over that element."""
    return element("title", escape(printable(text)))


def link(href: str, *children: str) -> str:
    """The children as a link to ``href``; without a link if ``href`` is empty."""
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
    """The text without characters that XML forbids and characters that change the direction of writing."""
    if text.isprintable():
        return text
    return "".join(
        c
        for c in text
        if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn") or c in "\u200c\u200d"
    )


def picture(frame: Frame, name: str, about: tuple[str, str], height: float, parts: Iterable[str]) -> str:
    """The SVG of a whole picture, with a title (``name``) and a description (``about``) for screen readers.

    Its ARIA role is ``group``, not ``img``, so that links in it stay reachable.
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
    """The two pictures of a chart, as keyword arguments for `Chart`."""

    svg: str
    narrow: str


def both(draw: Callable[[Frame], str]) -> Drawn:
    """The fields ``svg`` and ``narrow`` of a chart, drawn by ``draw`` for a laptop and for a phone."""
    return {"svg": draw(WIDE), "narrow": draw(NARROW)}


def nice_ceiling(value: float) -> float:
    """The smallest of the numbers .. 0.2, 0.5, 1, 2, 5, 10, 20, .. that is not below ``value``; 1 for 0."""
    step = 1.0
    while step < value:
        step *= 10
    while value and step / 10 >= value:
        step /= 10
    return next((bound for bound in (step / 5, step / 2) if bound >= value), step) if value else 1.0


def _number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
