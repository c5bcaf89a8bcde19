"""The list of named queries, and the page of one query with its result as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fivegwatch.desk.reads.asked import Asked, missing
from fivegwatch.extractors.errors import QueryError
from fivegwatch.storage.read.corpus import Corpus
from fivegwatch.storage.read.named.catalogue import NamedQuery, named_queries

MOST_ROWS = 500
"""Maximum number of rows on the page; the CSV file has all rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queries:
    """What the list of named queries shows."""

    queries: tuple[NamedQuery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPage:
    """The data of a named query's page: the query, its parameters and, if all required parameters are given, its
    result.
    """

    query: NamedQuery
    given: Mapping[str, str]
    """The parameters given in the address."""
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: int
    asked: bool
    """Whether the query was run."""
    fault: str
    """What is wrong with the given parameters; empty if nothing is."""


def read_queries(corpus: Corpus, asked: Asked) -> Queries:  # noqa: ARG001 - as every read
    """All named queries, by name."""
    return Queries(queries=tuple(named_queries().values()))


def read_query(corpus: Corpus, asked: Asked) -> QueryPage:
    """The query ``name`` in the address, with its result if all required parameters are given.

    Raises: QueryError of kind ``not_found`` when there is none of that name.
    """
    query = _query(asked)
    given = _given(query, asked)
    empty: dict[str, Any] = {"query": query, "given": given, "columns": (), "rows": (), "total": 0}
    if any(one.required and one.name not in given for one in query.parameters):
        return QueryPage(**empty, asked=False, fault="")
    try:
        table = corpus.query(query.name, **given)
    except QueryError as error:
        if error.kind != "parameter":
            raise
        return QueryPage(**empty, asked=False, fault=str(error))
    shown = table.arrow.slice(0, MOST_ROWS).to_pylist()
    return QueryPage(
        query=query,
        given=given,
        columns=tuple(table.columns),
        rows=tuple(tuple(map(as_span, row.values())) for row in shown),
        total=len(table),
        asked=True,
        fault="",
    )


def csv_of(corpus: Corpus, asked: Asked) -> str:
    """All rows of the query as CSV (RFC 4180) with a header.

    Raises: QueryError when there is no such query, or a parameter is missing or malformed.
    """
    query = _query(asked)
    table = corpus.query(query.name, **_given(query, asked))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table.columns)
    writer.writerows([cell_of(as_span(value)) for value in row.values()] for row in table)
    return out.getvalue()


def as_span(value: Any) -> Any:
    """``value``, with an interval of Arrow converted to a timedelta.

    Arrow's interval is a tuple of months, days and nanoseconds; our queries subtract times, so its months are always 0.
    """
    if hasattr(value, "nanoseconds"):
        return timedelta(days=value.days + 30 * value.months, microseconds=value.nanoseconds // 1000)
    return value


def cell_of(value: Any) -> str:
    """A value as the text of a CSV cell. A text that a spreadsheet would run as a formula gets an apostrophe in
    front.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
    if isinstance(value, list | tuple):
        return ", ".join(map(cell_of, value))
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _query(asked: Asked) -> NamedQuery:
    name = asked.text("name")
    if name not in named_queries():
        raise missing(f"there is no query {name}. The queries are: {', '.join(named_queries())}")
    return named_queries()[name]


def _given(query: NamedQuery, asked: Asked) -> dict[str, str]:
    return {one.name: text for one in query.parameters if (text := asked.text(one.name))}
