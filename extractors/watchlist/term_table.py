"""The terms of a watchlist in columns: as 86,000 objects they would take a tenth of a second to read from a file, and
30 MB."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import accumulate
from operator import eq
from typing import Any, overload

from fivegwatch.extractors.makers import maker_of
from fivegwatch.extractors.watchlist.model import Term

_FIELDS = tuple(item.name for item in fields(Term))
_DIFFERENT = ("id", "text")
"""Fields whose values differ in most terms; other fields have few different values."""
_new_term = maker_of(Term)


class _Strings:
    """A column of strings, stored in one bytes object."""

    def __init__(self, strings: Sequence[str]) -> None:
        pieces = [string.encode("utf-8", "surrogatepass") for string in strings]
        self._bytes = b"".join(pieces)
        self._ends = array("I", accumulate(map(len, pieces), initial=0))

    def __getitem__(self, number: int) -> str:
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode("utf-8", "surrogatepass")


class _Values:
    """A column of values most of which occur many times."""

    def __init__(self, values: Sequence[Any]) -> None:
        self._all = list(dict.fromkeys(values))
        numbers = {value: number for number, value in enumerate(self._all)}
        self._numbers = array("H" if len(self._all) < 2**16 else "I", map(numbers.__getitem__, values))

    def __getitem__(self, number: int) -> Any:
        return self._all[self._numbers[number]]


class Terms(Sequence[Term]):
    """The terms of a watchlist, by their numbers. A term becomes an object when it is first requested by its number,
    and stays one; iteration makes new objects and does not keep them."""

    def __init__(self, terms: Iterable[Term]) -> None:
        listed = tuple(terms)
        self._size = len(listed)
        self._columns = {
            name: (_Strings if name in _DIFFERENT else _Values)([getattr(term, name) for term in listed])
            for name in _FIELDS
        }
        self._made: dict[int, Term] = {}

    def __getstate__(self) -> tuple[int, dict[str, Any]]:
        return self._size, self._columns

    def __setstate__(self, state: tuple[int, dict[str, Any]]) -> None:
        (self._size, self._columns), self._made = state, {}

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, number: int) -> Term: ...
    @overload
    def __getitem__(self, number: slice) -> tuple[Term, ...]: ...
    def __getitem__(self, number: int | slice) -> Term | tuple[Term, ...]:
        if isinstance(number, slice):
            return tuple(self[each] for each in range(*number.indices(self._size)))
        term = self._made.get(number)
        if term is None:
            if not 0 <= number < self._size:
                raise IndexError(number)
            term = self._made[number] = self._make(number)
        return term

    def __iter__(self) -> Iterator[Term]:
        return map(self._make, range(self._size))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Terms) and self._size == other._size and all(map(eq, self, other))

    def __hash__(self) -> int:
        return hash(self._size)

    def column(self, name: str) -> Iterator[Any]:
        """The field ``name`` of every term, without making objects of the terms."""
        return map(self._columns[name].__getitem__, range(self._size))

    def _make(self, number: int) -> Term:
        return _new_term(*(column[number] for column in self._columns.values()))
