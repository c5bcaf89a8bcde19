"""The page of one event: its stories in all languages and outlets, with copies grouped, and the facts extracted from
them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fivegwatch.desk.reads.asked import Asked, missing
from fivegwatch.desk.reads.items import EventLine, StoryLine
from fivegwatch.desk.reads.lists import STORY_COLUMNS, event_lines, story_line
from fivegwatch.storage.read.corpus import Corpus


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Stories with the same text: the first story, and its copies."""

    story: StoryLine
    reports_event: bool
    """False for an opinion column, explainer or the like, which reports no event of its own."""
    copies: tuple[StoryLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change that an outlet made to an article after it was first captured."""

    story_id: str
    outlet: str
    changed_at: datetime
    summary: str
    title_before: str | None
    title_after: str | None
    added: tuple[str, ...]
    """Lines that were added; empty when one of the two texts is not stored."""
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What the page of an event shows."""

    line: EventLine
    texts: tuple[Text, ...]
    """The texts in the order of publication; undated ones last."""
    edits: tuple[Edit, ...]
    """Changes of the articles after their first capture, oldest first."""

    @property
    def first(self) -> StoryLine:
        """The story that reported the event first."""
        return self.texts[0].story


def read_event(corpus: Corpus, asked: Asked) -> Event:
    """The event with the id ``event_id``, or the event of the story with that id.

    Raises: QueryError of kind ``not_found`` when there is none.
    """
    given = asked.text("event_id")
    rows = list(corpus.sql(
        "select event_id from event_stories where event_id = $id or story_id = $id limit 1", {"id": given}
    ))  # fmt: skip
    events = read_events(corpus, [row["event_id"] for row in rows])
    if not events:
        raise missing(f"no event has the id {given}; a correction may have moved its stories to another")
    return events[0]


def read_events(corpus: Corpus, ids: Sequence[str]) -> tuple[Event, ...]:
    """The events with these ``ids``, in the same order; unknown ids are left out."""
    lines = event_lines(corpus, ids)
    texts = _texts(corpus, [line.event_id for line in lines])
    edits = _edits(corpus, texts)
    return tuple(
        Event(line=line, texts=texts[line.event_id], edits=tuple(edits[line.event_id])) for line in lines
    )


def _texts(corpus: Corpus, events: Sequence[str]) -> dict[str, tuple[Text, ...]]:
    """The texts of every event, by its id."""
    rows = corpus.sql(
        f"""select e.event_id, e.reports_event, {STORY_COLUMNS}
            from event_stories e join stories s on s.id = e.story_id
            where e.event_id in (select unnest($events))
            order by s.published_at nulls last, s.first_seen_at, s.id""",  # noqa: S608 - names of our own
        {"events": list(events)},
    )
    folded: dict[str, dict[str, list[tuple[StoryLine, bool]]]] = {}
    began: dict[str, datetime | None] = {}
    for row in rows:
        reports_event, published = row.pop("reports_event"), row["published_at"]
        first = began.setdefault(row["event_id"], published)
        lag = published - first if published and first else None
        members = folded.setdefault(row["event_id"], {}).setdefault(row["cluster_id"], [])
        members.append((story_line(row, lag=lag), reports_event))
    return {
        event: tuple(
            Text(
                story=members[0][0],
                reports_event=members[0][1],
                copies=tuple(story for story, _ in members[1:]),
            )
            for members in clusters.values()
        )
        for event, clusters in folded.items()
    }


def _edits(corpus: Corpus, texts: Mapping[str, tuple[Text, ...]]) -> Mapping[str, list[Edit]]:
    """The edits of every event's articles, oldest first, by the event's id."""
    stories = {
        story.id: story
        for of_event in texts.values()
        for text in of_event
        for story in (text.story, *text.copies)
    }
    edited = corpus.sql(
        "select distinct story_id from revisions where story_id in (select unnest($stories))",
        {"stories": list(stories)},
    )
    edits: dict[str, list[Edit]] = defaultdict(list)
    for row in edited:
        story = stories[row["story_id"]]
        edits[story.event_id] += edits_of(corpus, story.id, story.outlet)
    for of_event in edits.values():
        of_event.sort(key=lambda edit: (edit.changed_at, edit.story_id))
    return edits


def edits_of(corpus: Corpus, story_id: str, outlet: str) -> tuple[Edit, ...]:
    """Every change of one article, oldest first."""
    rows = corpus.sql(
        """select story_id, changed_at, summary, title_before, title_after, added, removed
           from changes($id)""",
        {"id": story_id},
    )
    return tuple(
        Edit(**row | {name: tuple(row[name] or ()) for name in ("added", "removed")}, outlet=outlet)
        for row in rows
    )
