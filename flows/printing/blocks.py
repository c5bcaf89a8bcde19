"""Blocks of lines for people: a short line, and a long text below it that is never cut."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Sized

from fivegwatch.flows.printing.lines import printable

INDENT = "    "
NARROWEST = 40


def print_heading(title: str, items: Sized, limit: int | None, how: str) -> None:
    """Print a blank line and ``title``, with "15 of 400" and ``how`` to see all if only ``limit`` of them follow."""
    number = len(items)
    if not number:
        return
    cut = f" ({limit:,} of {number:,}; {how})" if limit is not None and number > limit else ""
    print(f"\n{title}{cut}")


def print_block(line: str, text: str | None) -> None:
    """Print ``line``, and below it ``text`` whole, wrapped to the width of the terminal if there is one."""
    print(printable(line))
    for paragraph in printable(text or "").splitlines():
        if not sys.stdout.isatty():
            print(f"{INDENT}{paragraph}")
            continue
        width = max(NARROWEST, shutil.get_terminal_size().columns - 1)
        print(textwrap.fill(paragraph, width, initial_indent=INDENT, subsequent_indent=INDENT))
