"""Reads checked values from the user's TOML files. Each fault is noted with file, line and remedy, and all faults are
raised together once everything is read.

    faults = Faults()
    table = faults.parse("feeds.toml", text)
    title = table.text("title")     # "" and a noted fault if it is no string
    faults.raise_all()              # WatchlistError, a line for each fault
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.watchlist.toml import TomlFault, read_toml

MOST = 1_000_000.0
"""Largest number accepted. No weight, threshold or count needs more, and in sums of greater numbers small ones would be
lost."""
_FAULTS_A_FILE = 50
"""Most faults reported of one file; the user repairs them before seeing more."""
_SHOWN_CHARS = 80
_NAME = r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\w-]+)"""
_KEY = rf"{_NAME}(?:[ \t]*\.[ \t]*{_NAME})*"
_HEADER_OR_KEY = re.compile(
    rf"^[ \t]*(?:\[\[?[ \t]*({_KEY})[ \t]*\]\]?[ \t]*(?:#.*)?$|({_KEY})[ \t]*=)", re.MULTILINE
)


class Faults:
    """The faults of one or more files, in the order in which they were noted."""

    def __init__(self) -> None:
        self.noted: list[WatchlistError] = []

    def parse(self, name: str, text: str) -> Table:
        """The top-level table of the file; an empty table, and a noted fault, if the text is not TOML."""
        file = _File(name, text, self)
        try:
            return Table(file, read_toml(text))
        except TomlFault as exc:
            what = str(exc)
            twice = "declare" in what or "overwrite" in what
            remedy = "Check quotes, commas and brackets."
            if twice:
                remedy = "Keep one of the two."
            elif "table declaration" in what:
                remedy = "Write the name of a table with letters, digits and hyphens only, like [my-feed]."
            file.note(
                f"{'this table or key is there twice' if twice else 'not TOML'}: {what}.", exc.line, remedy
            )
            file.faulty[()] = {""}
            return Table(file, {})

    def table(self, name: str, values: Mapping[str, Any]) -> Table:
        """A table with ``values`` that come from no line of the file."""
        return Table(_File(name, "", self), values)

    def raise_all(self) -> None:
        """Raise a WatchlistError with the messages of all faults; do nothing if none was noted."""
        if self.noted:
            raise self.noted[0].joined(self.noted[1:])


class _File:
    """The text of one file, in which the line of a fault is found; it is searched only when there is a fault."""

    def __init__(self, name: str, text: str, faults: Faults) -> None:
        self.name, self.text = name, text
        self._left = _FAULTS_A_FILE
        self.faulty: dict[tuple[str, ...], set[str]] = {}
        """Path of each key with a fault, to the elements of its list that have one; empty if the key itself has it."""
        self._faults = faults
        self._offsets: dict[tuple[str, ...], int] = {}

    def note(self, what: str, line: int | None, remedy: str) -> None:
        """Add a fault, unless there are too many."""
        self._left -= 1
        if self._left >= 0:
            self._faults.noted.append(WatchlistError(what, file=self.name, line=line, remedy=remedy))

    def line_of(self, path: tuple[str, ...], near: str) -> int | None:
        """Line (from 1) of a key or table, else of the table around it; with ``near``, the line of that string after
        it."""
        if not self._offsets:
            self._index()
        while path and path not in self._offsets:
            path = path[:-1]
        offset = self._offsets.get(path, 0)
        if near:
            forms = (self.text.find(form, offset) for form in (f'"{near}"', f"'{near}'", near))
            offset = next((start for start in forms if start >= 0), offset)
        elif not path:
            return None
        return self.text.count("\n", 0, offset) + 1

    def _index(self) -> None:
        """Note where each table header and key begins."""
        table: tuple[str, ...] = ()
        for entry in _HEADER_OR_KEY.finditer(self.text):
            names = tuple(name.strip("\"'") for name in re.findall(_NAME, entry[1] or entry[2]))
            path = names if entry[1] else (*table, *names)
            table = names if entry[1] else table
            for length in range(len(path) - len(names) + 1, len(path) + 1):
                self._offsets.setdefault(path[:length], entry.start(1 if entry[1] else 2))


class Table:
    """One table of a file. Each method returns a value of the right type. Where the key is absent, or its value is
    wrong, that is the default; a wrong value is also noted as a fault."""

    __slots__ = ("_file", "_near", "path", "values")

    def __init__(
        self, file: _File, values: Mapping[str, Any], path: tuple[str, ...] = (), near: str = ""
    ) -> None:
        self._file, self.values, self.path, self._near = file, values, path, near

    @property
    def file(self) -> str:
        """Name of the file."""
        return self._file.name

    @property
    def unusable(self) -> bool:
        """Whether the file has no usable content, because it is missing or not TOML."""
        return () in self._file.faulty

    def fault(self, key: str, what: str, remedy: str = "", *, near: str = "") -> None:
        """Note what is wrong with ``key`` (empty: the table itself); ``near``, an element of a list, helps to find the
        line.

        A key or element gets only one fault; later ones may be consequences of the first.
        """
        file, near = self._file, near or self._near
        path = (*self.path, key) if key else self.path
        known = file.faulty.get(path, set())
        if file.faulty.get(()) or (known & {"", near} if near else known):
            return
        file.faulty.setdefault(path, set()).add(near)
        where = f"[{'.'.join(map(_printable, self.path))}]" if self.path else ""
        text = " ".join(part for part in (where, _printable(key), what) if part)
        file.note(f"{text}.", file.line_of(path, near), remedy)

    def only(self, *known: str) -> None:
        """Note a fault for each key that is not in ``known``."""
        for key in [key for key in self.values if key not in known][:_FAULTS_A_FILE]:
            close = get_close_matches(key, known, 1)
            remedy = f"Did you mean {close[0]}?" if close else f"Known keys: {', '.join(sorted(known))}."
            self.fault(key, "is not a known key", remedy)
            if close:  # so that the key meant is not reported as missing
                self._file.faulty.setdefault((*self.path, close[0]), {""})

    def text(self, key: str, default: str = "") -> str:
        """The string under ``key``; ``default`` if it is absent, or if it is no string, which is noted as a fault."""
        value = self.values.get(key, default)
        if isinstance(value, str):
            return value
        self.fault(key, f"is {shown(value)}, not a text", "Put it in double quotes.")
        return default

    def one_of(self, key: str, known: Collection[str], default: str | None = None) -> str:
        """The string under ``key``, which must be one of ``known``; the key may be absent only if there is a
        default."""
        if key not in self.values and default is not None:
            return default
        value = self.text(key)
        if value not in known:
            what = f"is {shown(value)}" if key in self.values else "is missing"
            self.fault(key, what, f"Write one of {', '.join(known)}.")
        return value

    def items(self, key: str) -> list[Any]:
        """The list under ``key``, with items of any type."""
        value = self.values.get(key, [])
        if isinstance(value, list):
            return value
        self.fault(key, "is not a list", 'Write ["..."].')
        return []

    def texts(self, key: str) -> tuple[str, ...]:
        """The strings in the list under ``key``; a blank one is a fault."""
        values = self.items(key)
        for value in values:
            if not isinstance(value, str) or not value.strip():
                self.fault(key, f"holds {shown(value)}, not a text", 'Write ["..."].')
                return ()
        return tuple(values)

    def number(self, key: str, default: float, least: float = -MOST, most: float = MOST) -> float:
        """The finite number under ``key``, from ``least`` to ``most``.

        It must be a whole number if ``default`` is an ``int``.
        """
        value, whole = self.values.get(key, default), isinstance(default, int)
        right = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        if right and least <= value <= most:  # false for nan
            return value  # type: ignore[no-any-return]
        kind = "whole number" if whole else "number"
        self.fault(key, f"is {shown(value)}, not a {kind} from {least:,.15g} to {most:,.15g}")
        return default

    def flag(self, key: str, default: bool = False) -> bool:
        """The boolean under ``key``."""
        value = self.values.get(key, default)
        if isinstance(value, bool):
            return value
        self.fault(key, f"is {shown(value)}, neither true nor false", "Write it without quotes.")
        return default

    def table(self, key: str) -> Table:
        """The table under ``key``."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self.fault(key, "is not a table", f"Write [{'.'.join((*self.path, key))}].")
            value = {}
        return Table(self._file, value, (*self.path, key))

    def tables(self, remedy: str) -> Iterator[tuple[str, Table]]:
        """The tables in this one, by name; ``remedy`` is the remedy in the fault of a value that is no table."""
        for name, value in self.values.items():
            if isinstance(value, dict):
                yield name, Table(self._file, value, (*self.path, name))
            else:
                self.fault(name, "is not in a table", remedy)

    def element(self, values: Mapping[str, Any], near: str) -> Table:
        """``values``, an element of a list in this table, as a table; the string ``near`` helps to find the line of its
        faults."""
        return Table(self._file, values, self.path, near)


def shown(value: object) -> str:
    """``value`` as messages quote it: a long one is cut to its beginning."""
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}..."


def _printable(name: str) -> str:
    return name if name.isprintable() and len(name) <= _SHOWN_CHARS else shown(name)
