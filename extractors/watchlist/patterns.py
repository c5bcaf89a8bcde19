"""Reads terms from ``[patterns]`` of ``rules.toml``: identifiers such as CVE-2024-1234, found by a regular
expression."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fivegwatch.extractors.watchlist.model import Facet, Term
from fivegwatch.extractors.watchlist.tables import Table

_SAFE_CHARS = 300


def read_patterns(main: Table, facets: Mapping[str, Facet]) -> Iterator[Term]:
    """A term for each anchor of each pattern; an anchor is a fixed beginning for which the scanner looks."""
    for name, table in main.table("patterns").tables("Write [patterns.NAME]."):
        table.only("regex", "anchors", "facet", "strong")
        regex, facet, strong = table.text("regex"), table.one_of("facet", facets), table.flag("strong")
        _check_regex(table, regex)
        anchors = table.texts("anchors")
        if not anchors:
            table.fault("anchors", "is empty", "List the fixed beginnings.")
        for anchor in anchors:
            yield Term(f"pattern:{name}", facet, strong, "", anchor, regex=regex)


def _check_regex(table: Table, regex: str) -> None:
    try:
        compiled = re.compile(regex)
    except re.error as exc:
        table.fault("regex", f"is wrong: {exc}", "Mend it (Python syntax).")
        return
    if len(regex) > _SAFE_CHARS or re.search(r"[*+}]\)[*+{]", regex):
        table.fault(
            "regex", "may run without end", f"Use no repeats inside repeats and {_SAFE_CHARS} characters."
        )
    elif compiled.match(""):
        table.fault("regex", "matches the empty text", "Ask for at least one character.")
