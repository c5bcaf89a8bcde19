"""Reads TOML into values of bounded depth and size, or reports one fault with its line."""

from __future__ import annotations

import re
import tomllib
from typing import Any

DEPTH = 32
"""Most levels of tables and lists inside one another; our files need four."""
INTEGER_BITS = 64
_NESTED = re.compile(r"[\[{](?:[^\[\]{}\n]{0,40}[\[{]){32}")
_DIGITS = re.compile(r"[0-9_]{1000}")
_POSITION = re.compile(r"\s*\(at line (\d+), column \d+\)")


class TomlFault(ValueError):
    """What is wrong with a TOML text; ``line`` counts from 1 and is None if unknown."""

    def __init__(self, what: str, line: int | None = None) -> None:
        super().__init__(what)
        self.line = line


def read_toml(text: str) -> dict[str, Any]:
    """The values of a TOML text.

    Raises: TomlFault if the text is not TOML, is nested deeper than 32, or has a whole number of more than 64 bits.
    Without these bounds later stages could neither compare values nor quote them.

    Standard: TOML 1.0.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        match = _POSITION.search(str(exc))
        line = int(match.group(1)) if match else None
        raise TomlFault(_POSITION.sub("", str(exc)), line) from exc
    except RecursionError as exc:
        raise _at(_NESTED, text, f"nested deeper than {DEPTH}") from exc
    except ValueError as exc:  # more digits than Python turns into a number
        raise _at(_DIGITS, text, f"a whole number of more than {INTEGER_BITS} bits") from exc
    _check(values)
    return values


def _at(pattern: re.Pattern[str], text: str, what: str) -> TomlFault:
    """The fault ``what`` with the key and line that it most likely concerns, since the parser does not give them."""
    match = pattern.search(text)
    if match is None:
        return TomlFault(what)
    key = text[text.rfind("\n", 0, match.start()) + 1 : match.start()].partition("=")[0].strip()
    return TomlFault(f"{key[:60]!r}: {what}", text.count("\n", 0, match.start()) + 1)


def _check(values: dict[str, Any]) -> None:
    waiting: list[tuple[str, Any, int]] = [(key, value, 1) for key, value in values.items()]
    while waiting:
        key, value, depth = waiting.pop()
        if depth > DEPTH:
            raise TomlFault(f"{key!r} is nested deeper than {DEPTH}")
        if isinstance(value, int) and not -(2 ** (INTEGER_BITS - 1)) <= value < 2 ** (INTEGER_BITS - 1):
            raise TomlFault(f"{key!r} holds a whole number of more than {INTEGER_BITS} bits")
        if isinstance(value, dict):
            waiting += [(name, item, depth + 1) for name, item in value.items()]
        elif isinstance(value, list):
            waiting += [(key, item, depth + 1) for item in value]
