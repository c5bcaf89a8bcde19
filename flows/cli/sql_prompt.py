"""The prompt of `fivegwatch sql`: SQL line by line, with history and completion."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from fivegwatch.extractors.errors import NewsError, QueryError
from fivegwatch.flows.printing.answers import SHAPES, print_answer
from fivegwatch.flows.printing.lines import printable
from fivegwatch.storage.read.named.catalogue import named_queries, named_query
from fivegwatch.storage.read.queries import QueryLimits, QuerySession
from fivegwatch.storage.read.reports import contract

HELP = """SQL ends with a semicolon and may take several lines. Tab completes; arrow up shows earlier input.
.views           views, macros and named queries
.schema NAME     the columns of a view
.run NAME k=v    run a named query
.table .line .markdown .csv .json    how rows are printed
.quit            leave (or Ctrl-D)"""
HISTORY_LINES = 2000
_WORDS = """
select from where group by order limit join left using on and or not in is null like ilike between case when then else
end as with distinct count sum avg min max having union all exists unnest list_contains contains lower upper cast
interval date timestamptz pivot describe summarize desc asc true false
"""
# Statements that leave something behind in the session, which would be lost with a newer version.
_LEAVES = re.compile(r"\s*(create|set|attach|use)\b", re.IGNORECASE)


class Prompt:
    """Reads statements and prints their answers until the input ends."""

    def __init__(
        self, database: Path, limits: QueryLimits, *, read: Callable[[str], str] = input, pager: bool = True
    ) -> None:
        self._database, self._limits, self._read, self._pager = database, limits, read, pager
        self._session = QuerySession(database, limits=limits)
        self._shape = "table"
        self._bound = False
        """Whether the session holds tables or variables of the user."""

    def run(self) -> None:
        """Read and answer until ``.quit`` or the end of input."""
        print(f"{self._database}, read-only. .help for help, .views for what can be asked, Ctrl-D to leave.")
        with suppress(ImportError):
            self._set_up_readline()
        try:
            while (text := self._statement()) is not None:
                self._answer(text)
        finally:
            self._session.close()

    def _statement(self) -> str | None:
        """The next statement or command; None at the end of input. Ctrl-C drops what was typed."""
        lines: list[str] = []
        while True:
            try:
                lines.append(self._read("   ..> " if lines else "5g sql> "))
            except EOFError:
                print()
                return None
            except KeyboardInterrupt:
                print()
                lines = []
                continue
            text = "\n".join(lines).strip()
            if text in (".quit", ".exit", "quit", "exit"):
                return None
            if text.startswith(".") or text.endswith(";"):
                return text
            if not text:
                lines = []

    def _answer(self, text: str) -> None:
        try:
            if text.startswith("."):
                self._command(text)
            else:
                self._follow_publications()
                self._bound = self._bound or bool(_LEAVES.match(text))
                self._show(text)
        except NewsError as error:
            print(printable(str(error)))
        except KeyboardInterrupt:
            print("\nstopped")

    def _show(self, sql: str, parameters: dict[str, Any] | None = None) -> None:
        answer = self._session.ask(sql, parameters)
        print_answer(answer.columns, answer.rows, self._shape, pager=self._pager)

    def _command(self, text: str) -> None:
        try:
            name, *arguments = shlex.split(text)
        except ValueError as exc:
            raise QueryError(f"{text}: {exc}.", kind="query") from exc
        if name[1:] in SHAPES:
            self._shape = name[1:]
        elif name == ".help":
            print(HELP)
        elif name == ".views":
            print_answer(*contract(self._session), self._shape, pager=self._pager)
        elif name == ".schema" and len(arguments) == 1:
            self._show(
                "select column_name as column, data_type as type, comment as meaning from duckdb_columns()"
                " where table_name = $view and schema_name = 'main' order by column_index",
                {"view": arguments[0]},
            )
        elif name == ".run" and arguments:
            query = named_query(arguments[0])
            given = dict(part.partition("=")[::2] for part in arguments[1:])
            self._show(query.sql, dict(query.values(given)))
        else:
            raise QueryError(f"{text} is no command. .help lists them.", kind="query")

    def _follow_publications(self) -> None:
        """Switch to the newest published version, unless the session holds something of the user's, such as a table."""
        if not self._bound and self._database.resolve() != self._session.version:
            newer = QuerySession(self._database, limits=self._limits)
            self._session.close()
            self._session = newer
            print("(a newer version of the corpus was published and is asked from now on)")

    def _set_up_readline(self) -> None:
        import atexit
        import readline

        state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "fivegwatch"
        history = state / "sql_history"
        with suppress(OSError):
            state.mkdir(parents=True, exist_ok=True)
            readline.read_history_file(history)
        readline.set_history_length(HISTORY_LINES)
        atexit.register(_write_history, history)
        words = completions(self._session)
        # readline asks for the completion with the number 0, 1 and so on, until there is none.
        readline.set_completer(
            lambda text, number: dict(enumerate(w for w in words if w.startswith(text.lower()))).get(number)
        )
        readline.set_completer_delims(" \t\n,;()=<>+-*/'\"")
        libedit = "libedit" in (readline.__doc__ or "")  # Python on macOS
        readline.parse_and_bind("bind ^I rl_complete" if libedit else "tab: complete")


def completions(session: QuerySession) -> list[str]:
    """The words that the prompt completes: keywords, views, macros, columns, named queries and commands."""
    names = session.ask(
        "select distinct column_name from duckdb_columns() where schema_name = 'main' and not internal"
        " union select view_name from duckdb_views() where not internal and schema_name = 'main'"
        " union select function_name || '(' from duckdb_functions() where schema_name = 'main' and not internal"
    ).rows
    commands = re.findall(r"^\.\w+", HELP, re.MULTILINE)
    return sorted({*_WORDS.split(), *(name for (name,) in names), *named_queries(), *commands})


def _write_history(history: Path) -> None:
    import readline

    with suppress(OSError):
        readline.write_history_file(history)
