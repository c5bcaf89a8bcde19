"""Measurements behind the figures in ``docs/measured.md``. Each is a command; ``make bench`` lists them.

``python -m benchmarks`` prints what each shows: the first line of its docstring. The rest of it says how.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path


def commands() -> Iterator[tuple[str, str]]:
    """The name of each benchmark that can be run, and what it shows."""
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        text = path.read_text(encoding="utf-8")
        if '__name__ == "__main__"' in text:
            line = (ast.get_docstring(ast.parse(text)) or "").split("\n")[0]
            shows = re.sub(r"^``.*?``: |: ``.*``\.?$", "", line)
            yield path.stem, shows[:1].upper() + shows[1:] + ("" if shows.endswith((".", "?")) else ".")


def listing() -> str:
    """The benchmarks as text, one a line: command, what it shows."""
    return "\n".join(f"python -m benchmarks.{name:<17} {shows}" for name, shows in commands())
