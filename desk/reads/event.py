"""One event: its stories across languages and outlets, copies folded, and the facts drawn from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fivegwatch.desk.reads.asked import Asked, missing
from fivegwatch.desk.reads.items import EventLine, StoryLine
from fivegwatch.desk.reads.lists import STORY_COLUMNS, event_lines, story_line
from fivegwatch.storage.read.corpus import Corpus


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Stories with the same text: the first of them, and its copies."""

    story: StoryLine
    told: bool
    """False for a column, explainer or question, which reports no event of its own."""
    copies: tuple[StoryLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change of one article after its first capture."""

    story_id: str
    outlet: str
    changed_at: datetime
    summary: str
    title_before: str | None
    title_after: str | None
    added: tuple[str, ...]
    """Lines added; empty when a text was not kept."""
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The page of an event."""

    line: EventLine
    texts: tuple[Text, ...]
    """In the order of publication, undated ones last."""
    edits: tuple[Edit, ...]
    """Oldest first."""

    @property
    def first(self) -> StoryLine:
        """The story that reported it first."""
        return self.texts[0].story


def read_event(corpus: Corpus, asked: Asked) -> Event:
    """The event with the id ``event_id``, or the event of the story with that id.

    Raises: QueryError of kind ``not_found`` when there is none.
    """
    given = asked.text("event_id")
    rows = list(corpus.sql(
        "select event_id from event_stories where event_id = $id or story_id = $id limit 1", {"id": given}
    ))  # fmt: skip
    lines = event_lines(corpus, [row["event_id"] for row in rows])
    if not lines:
        raise missing(f"no event has the id {given}; a correction may have moved its stories to another")
    line = lines[0]
    texts = _texts(corpus, line.event_id)
    return Event(line=line, texts=texts, edits=_edits(corpus, texts))


def _texts(corpus: Corpus, event_id: str) -> tuple[Text, ...]:
    rows = list(
        corpus.sql(
            f"""select e.told, {STORY_COLUMNS}
                from event_stories e join stories s on s.id = e.story_id
                where e.event_id = $event
                order by s.published_at nulls last, s.first_seen_at, s.id""",  # noqa: S608 - names of our own
            {"event": event_id},
        )
    )
    began = rows[0]["published_at"]
    folded: dict[str, list[tuple[StoryLine, bool]]] = {}
    for row in rows:
        told = row.pop("told")
        lag = row["published_at"] - began if began and row["published_at"] else None
        folded.setdefault(row["cluster_id"], []).append((story_line(row, event_id=event_id, lag=lag), told))
    return tuple(
        Text(story=members[0][0], told=members[0][1], copies=tuple(story for story, _ in members[1:]))
        for members in folded.values()
    )


def _edits(corpus: Corpus, texts: tuple[Text, ...]) -> tuple[Edit, ...]:
    outlets = {story.id: story.outlet for text in texts for story in (text.story, *text.copies)}
    edited = corpus.sql(
        "select distinct story_id from revisions where story_id in (select unnest($stories))",
        {"stories": list(outlets)},
    )
    edits = [edit for row in edited for edit in edits_of(corpus, row["story_id"], outlets[row["story_id"]])]
    return tuple(sorted(edits, key=lambda edit: (edit.changed_at, edit.story_id)))


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
