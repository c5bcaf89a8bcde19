"""The corpus for Python programs and notebooks: ``from fivegwatch import Corpus``.

with Corpus("~/5g") as corpus:
    corpus.stories(language="de", since="2026-01-01").to_pandas()
    corpus.search('"rogue cell" OR 伪基站')
    corpus.query("who-bans-whom", country="DE").to_polars()
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fivegwatch.extractors.errors import QueryError, StorageError
from fivegwatch.storage.read.named.catalogue import named_query
from fivegwatch.storage.read.queries import QueryLimits, QuerySession

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from fivegwatch.storage.search.search import Hit

_SHOWN = 20
"""Number of rows that a notebook shows."""
_LIST_FILTERS = {"topic": "topics", "country": "countries"}


class Rows:
    """The rows of an answer, held as an Arrow table; they convert to pandas and polars."""

    def __init__(self, table: pa.Table) -> None:
        self.arrow = table
        """The rows as a pyarrow.Table; times are timestamps with time zone UTC."""

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self.arrow.column_names)

    def __len__(self) -> int:
        """The number of rows."""
        return int(self.arrow.num_rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Every row as a dict by column name."""
        for batch in self.arrow.to_batches():
            yield from batch.to_pylist()

    def __repr__(self) -> str:
        """The number of rows, and the columns."""
        return f"<{len(self):,} rows: {', '.join(self.columns)}>"

    def to_pandas(self) -> pd.DataFrame:
        """The rows as a pandas DataFrame. Raises ImportError when pandas is not installed."""
        return self.arrow.to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """The rows as a polars DataFrame. Raises ImportError when polars is not installed."""
        import polars as pl

        frame = pl.from_arrow(self.arrow)
        assert isinstance(frame, pl.DataFrame)
        return frame

    def _repr_html_(self) -> str:
        """The first rows as an HTML table, for notebooks."""
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(_short(value))}</td>" for value in row.values()) + "</tr>"
            for row in self.arrow.slice(0, _SHOWN).to_pylist()
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><p>{len(self):,} rows</p>"


class Corpus:
    """A published corpus, open for reading until it is closed.

    It reads the version that was the newest when it was opened, so that every step of an analysis sees the same stories
    even if a newer version is published meanwhile; `refresh` switches to the newest version. Closing or refreshing
    frees the old version. Not for use by several threads at once.
    """

    def __init__(self, path: str | Path = "corpus.duckdb", *, timeout_s: float | None = None) -> None:
        """Open the corpus file ``path``, or ``corpus.duckdb`` in the directory ``path``.

        ``timeout_s``: seconds after which a query is stopped; None for no bound.

        Raises: StorageError when there is no corpus or it cannot be opened.
        """
        given = Path(path).expanduser()
        self.path = given / "corpus.duckdb" if given.is_dir() else given
        self._limits = QueryLimits(timeout_s=timeout_s)
        self._session = QuerySession(self.path, limits=self._limits, locked=False)

    def __enter__(self) -> Corpus:
        """The corpus itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the corpus."""
        self.close()

    def close(self) -> None:
        """Close the file; no further queries are possible."""
        self._session.close()

    @property
    def version(self) -> Path:
        """The path of the published version that queries read."""
        return self._session.version

    def refresh(self) -> bool:
        """Switch to the newest published version; returns whether there was a newer one."""
        if self.path.resolve() == self._session.version:
            return False
        newer = QuerySession(self.path, limits=self._limits, locked=False)
        self._session.close()
        self._session = newer
        return True

    def sql(self, query: str, parameters: Sequence[Any] | dict[str, Any] | None = None) -> Rows:
        """The rows of the SQL ``query``; of several statements, the rows of the last one.

        Raises: QueryError when the SQL is wrong or takes longer than ``timeout_s``.
        """
        values = (
            list(parameters) if parameters is not None and not isinstance(parameters, dict) else parameters
        )
        return Rows(self._session.table(query, values))

    def query(self, name: str, **parameters: object) -> Rows:
        """The rows of the named query ``name`` (``fivegwatch sql --list`` lists them). Parameters that are dates are
        given as date objects or as ``2026-01-31``.

        Raises: QueryError for an unknown name, and for an unknown, missing or malformed parameter.
        """
        query = named_query(name)
        return self.sql(query.sql, dict(query.values({key: str(value) for key, value in parameters.items()})))

    def stories(
        self,
        columns: Sequence[str] | None = None,
        *,
        since: date | str | None = None,
        until: date | str | None = None,
        **equal: str,
    ) -> Rows:
        """Stories, newest first, with all columns of the view ``stories`` except ``body``, or only with ``columns``.

        ``since`` and ``until`` limit the day of publication (UTC, both inclusive); with either, undated stories are
        left out. ``equal`` are filters: ``language``, ``site``, ``topic`` (a code such as T01) or ``country`` (ISO
        3166-1 alpha-2).

        Raises: QueryError for a column or filter that does not exist.
        """
        shown = (
            ", ".join(f'"{name.replace(chr(34), "")}"' for name in columns) if columns else "* exclude (body)"
        )
        where, values = ["true"], dict[str, Any]()
        for name, value in equal.items():
            if name in _LIST_FILTERS:
                where.append(f"list_contains({_LIST_FILTERS[name]}, ${name})")
                value = value.upper()
            elif name in ("language", "site"):
                where.append(f"{name} = ${name}")
            else:
                raise QueryError(
                    f"stories has no filter {name!r}: language, site, topic, country.", kind="query"
                )
            values[name] = value
        for name, sign, bound in (("since", ">=", since), ("until", "<=", until)):
            if bound is not None:
                where.append(f"published_day {sign} ${name}::date")
                values[name] = str(bound)
        order = "coalesce(published_at, first_seen_at) desc, id"
        return self.sql(
            f"select {shown} from stories where {' and '.join(where)} order by {order}",  # noqa: S608 - quoted names
            values or None,
        )

    def search(self, words: str, *, limit: int = 20, newest: bool = False, ledger: bool = False) -> list[Hit]:
        """The best hits for ``words``, in the syntax of ``fivegwatch search``.

        Raises: QueryError when the query is malformed; StorageError when this version's file was removed (call
        `refresh`).
        """
        from fivegwatch.storage.search.search import search

        if not self.version.exists():
            raise StorageError(
                f"{self.version} was replaced by newer versions, and its search index with it. Call refresh() first.",
                path=str(self.version),
                kind="missing",
            )
        return list(
            search(self.version, words, now=datetime.now(UTC), limit=limit, newest=newest, ledger=ledger).hits
        )

    def story(self, address: str) -> dict[str, Any]:
        """The page with this address or id, kept or not: its verdict, text and evidence.

        Raises: QueryError when it was never judged.
        """
        rows = list(self.sql("from story($address)", {"address": address}))
        if not rows:
            raise QueryError(f"{address} was never judged.", kind="query")
        return rows[0]

    def events(self, *, since: date | str | None = None) -> Rows:
        """Events, newest first: what happened, the stories that report it, the first outlet.

        With ``since``, only events whose last story was published on that day (UTC) or later.
        """
        where = "" if since is None else "where last_published_at >= $since::timestamp at time zone 'UTC'"
        order = "last_published_at desc nulls last, event_id"
        return self.sql(
            f"from events {where} order by {order}",
            None if since is None else {"since": str(since)},
        )

    def views(self) -> Rows:
        """All views and macros, each with a description."""
        from fivegwatch.storage.read.reports import CONTRACT_QUERY

        return self.sql(CONTRACT_QUERY)


def _short(value: Any) -> str:
    text = "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 120 else text[:119] + "…"


__all__ = ["Corpus", "QueryError", "Rows", "StorageError"]
