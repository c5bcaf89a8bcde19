"""Read watchlist files: TOML in, checked values out, and every complaint with its file, line and remedy."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.watchlist.toml import TomlFault, read_toml

MOST = 1_000_000.0
"""No weight, threshold or count needs more; sums of greater ones would lose the small."""


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One parsed file and its text, to say where a fault lies."""

    name: str
    text: str
    values: Mapping[str, Any]

    def fault(self, what: str, *, near: str = "", remedy: str = "") -> WatchlistError:
        """The error to raise; ``near`` is a string of the file, its first line is named."""
        return WatchlistError(what, file=self.name, line=self.line_of(near) if near else None, remedy=remedy)

    def line_of(self, needle: str) -> int | None:
        """Line (from 1) of a table, key or string; None when it cannot be found."""
        escaped = re.escape(needle)
        forms = (rf'^\s*\[+"?{escaped}"?\]', rf'^\s*"?{escaped}"?\s*=', rf'["\']{escaped}["\']', escaped)
        for form in forms:
            found = re.search(form, self.text, re.MULTILINE)
            if found:
                return self.text.count("\n", 0, found.end()) + 1
        return None

    def check_keys(self, table: Mapping[str, Any], allowed: Iterable[str], where: str) -> None:
        """Raises: WatchlistError for a key nobody reads."""
        names = sorted(allowed)
        for key in table:
            if key not in names:
                close = get_close_matches(key, names, 1)
                remedy = f"Did you mean {close[0]!r}?" if close else f"Known keys: {', '.join(names)}."
                raise self.fault(f"unknown key {key!r} in {where}.", near=key, remedy=remedy)

    def strings(self, table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
        """A list of non-empty strings, or an empty tuple when the key is absent."""
        values = table.get(key, [])
        if not isinstance(values, list):
            raise self.fault(
                f"{key!r} in {where} must be a list of strings.", near=key, remedy='Write ["..."].'
            )
        for value in values:
            if not isinstance(value, str) or not value.strip():
                raise self.fault(f"{key!r} in {where} holds {value!r}, not a string.", near=key)
        return tuple(values)

    def string(self, table: Mapping[str, Any], key: str, where: str, default: str = "") -> str:
        """A string value."""
        value = table.get(key, default)
        if not isinstance(value, str):
            raise self.fault(f"{key!r} in {where} must be a string, not {value!r}.", near=key)
        return value

    def number(self, table: Mapping[str, Any], key: str, where: str, default: float) -> float:
        """A finite number of sane size."""
        value = table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.fault(f"{key!r} in {where} must be a finite number, not {value!r}.", near=key)
        if abs(value) > MOST:
            raise self.fault(f"{key!r} in {where} must lie within {MOST:,.0f} of 0, not {value!r}.", near=key)
        return float(value)

    def flag(self, table: Mapping[str, Any], key: str, where: str) -> bool:
        """A boolean, false when absent."""
        value = table.get(key, False)
        if not isinstance(value, bool):
            raise self.fault(f"{key!r} in {where} must be true or false, not {value!r}.", near=key)
        return value

    def table(self, table: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
        """A nested table, empty when absent."""
        value = table.get(key, {})
        if not isinstance(value, dict):
            raise self.fault(f"{key!r} in {where} must be a table.", near=key, remedy=f"Write [{key}].")
        return value


def parse_rule_file(name: str, text: str) -> RuleFile:
    """The parsed file.

    Raises: WatchlistError when it is not TOML, or a table or key is there twice.
    """
    try:
        values = read_toml(text)
    except TomlFault as exc:
        what = str(exc)
        twice = "declare" in what or "overwrite" in what
        raise WatchlistError(
            f"{'this table or key is there twice' if twice else 'not valid TOML'}: {what}.",
            file=name,
            line=exc.line,
            remedy="Ids must be unique." if twice else "Check quotes, commas and brackets.",
        ) from exc
    return RuleFile(name, text, values)
