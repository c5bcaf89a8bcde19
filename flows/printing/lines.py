"""Lines for terminals and programs, without control characters and without characters that cannot be encoded."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Sized
from typing import Any


def json_line(value: Any, *, default: Callable[[Any], Any] | None = None) -> str:
    """``value`` as JSON on one line; characters that standard output cannot encode are escaped.

    A lone surrogate is escaped too: JSON may hold one, but no encoding can write it.
    """
    text = json.dumps(value, ensure_ascii=False, default=default)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, default=default)
    return text


def counted(number: int, one: str, many: str) -> str:
    """``number`` with thousands separators, and the matching noun: "1 story", "1,200 stories"."""
    return f"{number:,} {one if number == 1 else many}"


def printable(text: str) -> str:
    """``text`` with control characters escaped, so that a name in a file cannot control the terminal."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


INDENT = "    "
NARROWEST = 40


def print_heading(title: str, items: Sized, limit: int | None, how: str) -> None:
    """Print a blank line and ``title``; if only ``limit`` of ``items`` follow, add "(15 of 400; ``how``)". Prints
    nothing if there are no items.
    """
    number = len(items)
    if not number:
        return
    cut = f" ({limit:,} of {number:,}; {how})" if limit is not None and number > limit else ""
    print(f"\n{title}{cut}")


def print_block(line: str, text: str | None) -> None:
    """Print ``line``, and below it the whole ``text``, wrapped to the width of the terminal if there is one."""
    print(printable(line))
    for paragraph in printable(text or "").splitlines():
        if not sys.stdout.isatty():
            print(f"{INDENT}{paragraph}")
            continue
        width = max(NARROWEST, shutil.get_terminal_size().columns - 1)
        print(textwrap.fill(paragraph, width, initial_indent=INDENT, subsequent_indent=INDENT))
