"""What an ingest run gives Prefect besides its summary: artifacts for people, and events for automations.

Artifacts of the run: ``ingest-new-stories`` (with links), ``ingest-failing-feeds``, ``ingest-summary``.
Events: ``fivegwatch.run.completed`` (or ``.failed``, ``.skipped``), ``fivegwatch.stories.new`` with the count,
``fivegwatch.story.new`` for each story, ``fivegwatch.feed.STATUS`` with a feed's new health (failing, silent, walled,
gone, ..; see the view feed_health), ``fivegwatch.feed.recovered``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.events import emit_event

from fivegwatch.flows.printing.lines import counted
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.storage.disk.files import disk_errors, put_file
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.run_results import failing_feeds, feed_transitions, new_stories

MOST_STORIES = 100
"""Most stories for which a run emits an event each; otherwise the first backfill would flood Prefect's queue."""
MOST_FEEDS = 500
TITLE_CHARS = 200
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+!|~&-])")


def announce_run(flow: str, outcome: str, message: str, settings: Settings | None) -> None:
    """Emit the event ``fivegwatch.run.OUTCOME`` about the run of ``flow``, with ``message``."""
    corpus = str(settings.database) if settings else "unknown"
    emit_event(
        event=f"fivegwatch.run.{outcome}",
        resource={"prefect.resource.id": f"fivegwatch.corpus.{corpus}", "prefect.resource.name": corpus},
        payload={"flow": flow, "message": message},
    )


async def announce_ingest(settings: Settings, run_id: str) -> None:
    """Write the artifacts of the run ``run_id``, and emit the events on its new stories and feeds, read from the
    corpus.

    Runs since the last announced one are included if they announced nothing: they were killed, or started by hand.

    Raises:
        StorageError: the corpus cannot be read.
    """
    database = settings.database
    if not database.exists():
        return
    marker = Layout.for_database(database).root / "announced"
    after = marker.read_text(encoding="ascii", errors="replace").strip() if marker.exists() else run_id
    stories = new_stories(database, run_id, after, MOST_STORIES + 1)
    if stories:
        await acreate_markdown_artifact(
            key="ingest-new-stories", markdown=stories_as_markdown(stories), description=_number(stories)
        )
    failing = failing_feeds(database, run_id, MOST_FEEDS)
    if failing:
        await acreate_table_artifact(
            key="ingest-failing-feeds",
            table=[{name: _plain(value) for name, value in row.items()} for row in failing],
            description=f"{counted(len(failing), 'feed', 'feeds')} failed in this run",
        )
    _emit_stories(database, stories[:MOST_STORIES])
    for row in feed_transitions(database, run_id, after):
        name = "recovered" if row["event"] == "ends" else row["after"]
        _emit(f"fivegwatch.feed.{name}", database, f"feed.{row['feed_id']}", row)
    with disk_errors(marker, "note which run was announced"):
        put_file(marker, run_id.encode())


def stories_as_markdown(stories: list[dict[str, Any]]) -> str:
    """A Markdown list of links to ``stories``, with site, date and reason. Markup in a headline is escaped."""
    lines = []
    for row in stories[:MOST_STORIES]:
        day = f", {row['published_at']:%Y-%m-%d}" if row["published_at"] else ""
        title = _literal(row["title"][:TITLE_CHARS]) or "untitled"
        lines.append(
            f"- [{title}](<{_address(row['url'])}>) ({_literal(row['site'])}{day}): {_literal(row['reason'])}"
        )
    if len(stories) > MOST_STORIES:
        lines.append('- .. and more: `fivegwatch sql "select url from stories order by judged_at desc"`')
    return "\n".join(lines)


def _emit_stories(database: Path, stories: list[dict[str, Any]]) -> None:
    if not stories:
        return
    _emit("fivegwatch.stories.new", database, "", {"count": len(stories), "most": MOST_STORIES})
    for row in stories:
        _emit("fivegwatch.story.new", database, f"story.{row['id']}", row)


def _emit(event: str, database: Path, part: str, payload: dict[str, Any]) -> None:
    resource = f"fivegwatch.{part}" if part else f"fivegwatch.corpus.{database}"
    emit_event(
        event=event,
        resource={
            "prefect.resource.id": resource,
            "prefect.resource.name": str(payload.get("title", resource)),
        },
        related=[{"prefect.resource.id": f"fivegwatch.corpus.{database}", "prefect.resource.role": "corpus"}],
        payload={name: _plain(value) for name, value in payload.items()},
    )


def _number(stories: list[dict[str, Any]]) -> str:
    if len(stories) > MOST_STORIES:
        return f"more than {MOST_STORIES} new stories"
    return counted(len(stories), "new story", "new stories")


def _literal(text: str) -> str:
    """``text`` on one line, with everything escaped that Markdown or HTML would read as markup."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _address(url: str) -> str:
    return url.replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C").replace(" ", "%20")


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | None) else str(value)
