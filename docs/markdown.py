"""Pieces of a generated page in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

NOTE = "<!-- Written by `python -m docs.generate`. Change the code it describes, not this page. -->"


def page(title: str, opening: str, *parts: str) -> str:
    """A page with its title, its first words and the note that it is generated."""
    return "\n\n".join([f"# {title}", NOTE, opening, *filter(None, parts)]).rstrip() + "\n"


def table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table in Markdown; bars in cells are escaped, empty tables are empty texts."""
    if not rows:
        return ""
    lines = [columns, tuple("---" for _ in columns), *rows]
    cells = ([" ".join(cell.split()).replace("|", "\\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |".replace("|  |", "| |") for line in cells)
