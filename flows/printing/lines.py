"""Lines for terminals and programs, free of control characters and of characters that cannot be encoded."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any


def json_line(value: Any, *, default: Callable[[Any], Any] | None = None) -> str:
    """``value`` as JSON on one line; characters that standard output cannot encode are escaped.

    A lone surrogate, which JSON may hold and no encoding can write, is escaped too.
    """
    text = json.dumps(value, ensure_ascii=False, default=default)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, default=default)
    return text


def counted(number: int, one: str, many: str) -> str:
    """``number`` with thousands separators, and the noun that agrees with it: "1 story", "1,200 stories"."""
    return f"{number:,} {one if number == 1 else many}"


def printable(text: str) -> str:
    """``text`` with control characters escaped, so that a name in a file cannot control the terminal."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode("ascii")
        for char in text
    )
