"""Reads entries from a list of addresses: plain lines, a column of a table, or a key of JSON lines."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from fivegwatch.extractors.announce import announce, skip
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.model import Entry, Origin, Skipped

USUAL_NAMES = (
    "url",
    "link",
    "href",
    "loc",
    "address",
    "uri",
    "article_url",
    "page_url",
    "source_url",
    "web_url",
)
_DELIMITERS = ",;\t|"
_WEB = re.compile(r"https?://", re.IGNORECASE)
_WRAPPING = " \t\r\n\"'<>"
_BROKEN = re.compile("[\udc80-\udcff]")

Format = Literal["lines", "table", "json"]


@dataclass(frozen=True, slots=True)
class Layout:
    """The format of a list, and the place of the address in its records."""

    format: Format
    column: int = 0
    """Number of the table's column with the address, counted from 0."""
    delimiter: str = ","
    header: bool = False
    """True if the first record of the table names the columns."""
    key: str = ""
    """Key of the address in JSON lines: a name, or names joined by dots."""


class Lines(Protocol):
    """The physical lines of a list, with their line ends.

    `back` puts lines back, so that they are read again in their order.
    """

    def __iter__(self) -> Iterator[str]: ...

    def back(self, lines: list[str]) -> None:
        """Put ``lines`` back, so that they are read next."""


@dataclass(frozen=True, slots=True)
class GivenAddress:
    """What one record of a list gives as its address. If ``problem`` is set, ``text`` is no usable address."""

    text: str
    problem: str = ""


def find_layout(start: str, *, suffix: str, column: str, name: str) -> Layout:
    """The layout of a list, recognised by its beginning ``start``, the ``suffix`` of its file and the requested
    ``column`` (or key).

    A column is named as in the header, or counted from 1. By default it is the column with a usual name, else the first
    column with a web address in the first two records.

    Raises: ExtractionError of kind ``no_column``, whose message lists the columns of the table, or ``json_array``.
    """
    lines = [line for line in start.splitlines() if line.strip()]
    first = lines[0] if lines else ""
    if suffix in (".jsonl", ".ndjson", ".json") or first.lstrip().startswith("{"):
        if first.lstrip().startswith("["):
            what = "is one JSON array; write one record a line, as `jq -c '.[]'` does"
            raise ExtractionError(f"{name}: {what}", url=name, kind="json_array")
        return Layout("json", key=column or _usual_key(first))
    if suffix == ".tsv":
        return _table(lines, "\t", column, name)
    if suffix == ".csv" or column:
        return _table(lines, _delimiter(first, column), column, name)
    return Layout("lines")


def _usual_key(line: str) -> str:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return USUAL_NAMES[0]
    names = record if isinstance(record, dict) else {}
    return next((name for name in USUAL_NAMES if name in names), USUAL_NAMES[0])


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return [line]


def _folded(cells: list[str]) -> list[str]:
    return [cell.strip(_WRAPPING).casefold() for cell in cells]


def _delimiter(line: str, column: str) -> str:
    """The delimiter that yields the requested column, else the one that yields the most cells."""
    wanted = column.strip().casefold()
    return max(_DELIMITERS, key=lambda one: (wanted in _folded(_cells(line, one)), len(_cells(line, one))))


def _table(lines: list[str], delimiter: str, column: str, name: str) -> Layout:
    cells = _cells(lines[0] if lines else "", delimiter)
    number = _column(cells, column)
    if number is None and not column and len(lines) > 1:
        # The header may be in any language, so the first record decides which column has the address.
        number = _first_address(_cells(lines[1], delimiter))
    if number is None:
        columns = ", ".join(repr(cell.strip()) for cell in cells[:40]) or "none"
        wanted = f"no column {column!r}" if column else "no column of web addresses found"
        raise ExtractionError(
            f"{name}: {wanted}; there are {columns}. Name one of them.", url=name, kind="no_column"
        )
    value = cells[number] if number < len(cells) else ""
    return Layout("table", number, delimiter, header=not _WEB.match(value.strip(_WRAPPING)))


def _column(cells: list[str], column: str) -> int | None:
    names = _folded(cells)
    wanted = column.strip().casefold()
    if wanted in names:
        return names.index(wanted) if wanted else None
    if wanted:
        return int(wanted) - 1 if re.fullmatch(r"[1-9][0-9]{0,3}", wanted) else None
    for usual in USUAL_NAMES:
        if usual in names:
            return names.index(usual)
    return _first_address(cells)


def _first_address(cells: list[str]) -> int | None:
    return next((number for number, cell in enumerate(cells) if _WEB.match(cell.strip(_WRAPPING))), None)


def addresses(lines: Lines, layout: Layout) -> Iterator[GivenAddress | None]:
    """The address in each record, or the ``problem`` of a record without one; None for a blank line or a comment."""
    if layout.format == "table":
        yield from _of_table(lines, layout)
        return
    for line in lines:
        plain = line.strip()
        if not plain or (layout.format == "lines" and plain.startswith("#")):
            yield None
        elif layout.format == "json":
            yield _of_json(plain, layout.key)
        else:
            yield GivenAddress(plain.strip(_WRAPPING).split()[0] if plain.strip(_WRAPPING) else "")


def _of_table(lines: Lines, layout: Layout) -> Iterator[GivenAddress | None]:
    while True:
        taken: list[str] = []
        try:
            cells = next(csv.reader(_noted(lines, taken), delimiter=layout.delimiter))
        except StopIteration:
            return
        except csv.Error as exc:
            lines.back(taken[1:])
            yield GivenAddress(taken[0], f"bad_record: {exc}")
            continue
        if not any(cell.strip() for cell in cells):
            yield None
            continue
        value = _cell(cells, layout)
        if len(taken) > 1 and (not _WEB.match(value) or "\n" in value):
            # An unclosed quote takes in the records after it: these are read again, each by itself.
            lines.back(taken[1:])
            yield GivenAddress(taken[0], "bad_record")
            continue
        others = (_cell(_cells(line, layout.delimiter), layout) for line in taken[1:])
        if any(_WEB.match(other) and other != value for other in others):
            lines.back(taken[1:])
        yield GivenAddress(value) if value else GivenAddress(taken[0], "no_link")


def _cell(cells: list[str], layout: Layout) -> str:
    return cells[layout.column].strip(_WRAPPING) if layout.column < len(cells) else ""


def _noted(lines: Lines, taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield line


def _of_json(line: str, key: str) -> GivenAddress:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return GivenAddress(line, "bad_json")
    if not isinstance(value, str):
        for name in key.split("."):
            value = value.get(name) if isinstance(value, dict) else None
    return GivenAddress(value) if isinstance(value, str) and value.strip() else GivenAddress(line, "no_link")


def entry_of(address: GivenAddress, locator: str, *, allow: frozenset[tuple[str, int]]) -> Entry | Skipped:
    """The entry for an address, or the reason why the address cannot be used."""
    text = address.text.strip()
    # A lone surrogate cannot be stored.
    readable = _BROKEN.sub("\ufffd", text)
    problem = address.problem.partition(":")[0] or ("bad_encoding" if readable != text else "")
    if problem:
        return skip(problem, readable)
    return announce(text, Origin(kind="url-list", locator=locator), allow=allow)
