"""Lines for a terminal or a program, whatever is in them: no control characters, nothing the output cannot carry."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any


def json_line(value: Any, *, default: Callable[[Any], Any] | None = None) -> str:
    """``value`` as JSON on one line, letters as they are; escaped where standard output cannot carry them.

    Half of a surrogate pair, which JSON may spell and no encoding can write, comes back as it was spelt.
    """
    text = json.dumps(value, ensure_ascii=False, default=default)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, default=default)
    return text


def printable(text: str) -> str:
    """``text`` with what is neither letter nor line end escaped: a name in a file must not steer the terminal."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode("ascii")
        for char in text
    )
