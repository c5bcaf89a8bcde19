"""The demo: newsroom -> Prefect server -> two runs of the ingest flow -> stories, reasons, a query."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.demo.newsroom import Newsroom, subscriptions
from fivegwatch.flows.demo.stories import load_outlets
from fivegwatch.flows.explain.as_text import as_text
from fivegwatch.flows.printing.tables import print_table
from fivegwatch.flows.serving.server import prefect_server
from fivegwatch.flows.settings.settings import FILE_NAME
from fivegwatch.flows.working_directory import make_directory
from fivegwatch.storage.read.queries import run_query
from fivegwatch.storage.read.reports import verdict_on

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

MARKER = ".fivegwatch-demo"
EXAMPLES = 3
SQL = "select published_day, language as lang, site, title, sightings as seen, score from stories order by score desc"
QUERY = """select m.name as vendor, count(distinct m.story_id) as stories, list(distinct s.language) as languages
from mentions m join stories s on s.id = m.story_id
where m.type = 'vendor' group by all order by stories desc limit 5"""


def show(folder: Path) -> int:
    """Run the whole demo in ``folder``, which is emptied first; returns the exit code.

    Raises:
        SettingsError: the folder has contents that no demo made.
    """
    started, console = time.monotonic(), Console(highlight=False)
    _make_room(folder)
    with Newsroom() as newsroom:
        make_directory(folder, "demo@example.org")
        (folder / "watchlist" / "feeds.toml").write_text(subscriptions(newsroom.url), encoding="utf-8")
        with (folder / FILE_NAME).open("a", encoding="utf-8") as file:
            file.write(f'\nallow_addresses = ["127.0.0.1:{newsroom.port}"]\n')
        feeds = len(load_outlets())
        console.print(
            f"A newsroom of {feeds} feeds opens on {newsroom.url}; a Prefect server starts beside it ..."
        )
        os.environ |= {"FIVEGWATCH_HOME": str(folder), "PREFECT_LOGGING_LEVEL": "ERROR"}
        with prefect_server(folder / "prefect"):
            _edition(console, "First edition")
            newsroom.advance()
            _edition(console, "Second edition, with new stories and edits to old ones")
    database = folder / "corpus.duckdb"
    _stories(console, database)
    _reasons(console, database)
    console.rule("SQL: which vendors are written about, and in which languages?", align="left")
    console.print(QUERY, style="dim")
    answer = run_query(database, QUERY)
    print_table(answer.columns, answer.rows)
    console.print(f"\nDone in {time.monotonic() - started:.0f} s. Look further:")
    console.print(f"  fivegwatch sql --db {database}", soft_wrap=True)
    console.print(f"  fivegwatch status --db {database}", soft_wrap=True)
    return 0


def _make_room(folder: Path) -> None:
    if folder.exists():
        if any(folder.iterdir()) and not (folder / MARKER).exists():
            raise SettingsError(
                f"{folder}: is not empty and no demo; name another with --directory", key="directory"
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARKER).touch()


def _edition(console: Console, title: str) -> None:
    from fivegwatch.flows.ingest import (
        ingest,  # after prefect_server has set the environment: Prefect reads it once
    )

    console.rule(title, align="left")
    begun = time.monotonic()
    state: State[Any] = asyncio.run(_run(ingest))
    console.print(f"flow run {state.name} after {time.monotonic() - begun:.1f} s", style="dim")
    console.print(str(state.message))
    if not state.is_completed():
        raise SettingsError(f"the flow run did not complete: {state.message}")


async def _run(flow: Any) -> State[Any]:
    state: State[Any] = await flow(due_only=False, return_state=True)
    return state


def _stories(console: Console, database: Path) -> None:
    console.rule("The stories", align="left")
    answer = run_query(database, SQL)
    print_table(answer.columns, answer.rows)


def _reasons(console: Console, database: Path) -> None:
    for title, urls in (
        ("Why were these kept?", _urls(database, "verdict = 'kept'")),
        ("Why were these rejected?", _urls(database, "verdict <> 'kept'")),
    ):
        console.rule(title, align="left")
        for url in urls:
            verdict = verdict_on(database, url)
            assert verdict is not None
            for line in as_text(verdict):
                console.print(line, soft_wrap=not console.is_terminal)
            console.print()


def _urls(database: Path, condition: str) -> Iterator[str]:
    """At most `EXAMPLES` addresses of pages that meet ``condition``, one for each language: those whose scores are
    nearest to the threshold.
    """
    sql = f"""
        select url from ledger where {condition} and stage = 'judge'
        qualify row_number() over (partition by language order by abs(score - threshold), url) = 1
        order by abs(score - threshold), url limit {EXAMPLES}
    """  # noqa: S608 - conditions of our own, above
    return (row[0] for row in run_query(database, sql).rows)
