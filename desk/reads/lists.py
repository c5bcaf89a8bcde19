"""Reads lists of stories and events that meet an SQL condition, for all pages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fivegwatch.desk.reads.facts import incidents, measures
from fivegwatch.desk.reads.items import EventLine, IncidentFact, MeasureFact, StoryLine, Topic
from fivegwatch.desk.reads.prepared import is_kept, kept
from fivegwatch.storage.read.corpus import Corpus

FEED_ITEMS = 50
"""Maximum number of items in a feed. If the corpus was given to `prepared.keep`, a page reads as many items, so that
the page's feed needs no further query."""
STORY_COLUMNS = """s.id, s.title, s.url, s.site, s.site_name, s.language, s.published_at, s.published_precision,
    s.first_seen_at, s.score, s.topics, s.countries, s.reason, s.cluster_id"""


def story_line(row: Mapping[str, Any], **more: Any) -> StoryLine:
    """The line of a story, from a row with STORY_COLUMNS."""
    lists = {name: tuple(row[name] or ()) for name in ("topics", "countries")}
    texts = {
        name: row[name] or ""
        for name in ("title", "site", "site_name", "language", "published_precision", "reason")
    }
    return StoryLine(**{**row, **lists, **texts, **more})


def stories(
    corpus: Corpus,
    where: str = "true",
    values: Mapping[str, Any] | None = None,
    *,
    order: str = "coalesce(s.published_at, s.first_seen_at) desc nulls last, s.id",
    limit: int = 100,
) -> tuple[StoryLine, ...]:
    """The stories that meet ``where``, a condition on the view ``stories`` under the alias ``s``; newest first."""
    rows = corpus.sql(
        f"select {STORY_COLUMNS} from stories s where {where} order by {order} limit {int(limit)}",  # noqa: S608 - conditions of our own
        dict(values or {}) or None,
    )
    return tuple(story_line(row) for row in rows)


def topics(corpus: Corpus) -> tuple[Topic, ...]:
    """The topics of the watchlist, by code."""
    return tuple(Topic(**row) for row in corpus.sql("select * from topics order by code"))


def newest_events(corpus: Corpus, *, since: datetime | None = None, limit: int) -> list[str]:
    """The ids of events with a story first seen from ``since`` on, newest first.

    A story that was already old when it was first seen (a backfill brought it) does not count.
    """
    rows = corpus.sql(
        """select event_id from (
               select e.event_id, max(coalesce(s.published_at, s.first_seen_at)) as latest_at
               from event_stories e
               join stories s on s.id = e.story_id
               where $since is null or (
                   s.first_seen_at >= $since
                   and coalesce(s.published_at, s.first_seen_at) >= s.first_seen_at - interval 7 day
               )
               group by e.event_id
           ) order by latest_at desc nulls last, event_id limit $limit""",
        {"since": since, "limit": limit},
    )
    return [row["event_id"] for row in rows]


def events_where(
    corpus: Corpus, condition: str, values: Mapping[str, Any] | None = None, *, limit: int
) -> tuple[EventLine, ...]:
    """The events with a story that meets ``condition``, on the view ``stories`` under the alias ``s``; newest first."""
    key = (condition, repr(values))

    def read(_: Sequence[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
        most = max(limit, FEED_ITEMS) if is_kept(corpus) else limit
        rows = corpus.sql(
            f"""select event_id from (
                    select e.event_id, max(coalesce(s.published_at, s.first_seen_at)) as latest_at
                    from event_stories e join stories s on s.id = e.story_id
                    where {condition} group by e.event_id
                ) order by latest_at desc nulls last, event_id limit {int(most)}""",  # noqa: S608 - conditions of our own
            dict(values or {}) or None,
        )
        return {key: [row["event_id"] for row in rows]}

    ids = kept(corpus, "lists", [key], read)[key]
    return event_lines(corpus, ids if is_kept(corpus) else ids[:limit])[:limit]


def event_lines(corpus: Corpus, ids: Sequence[str]) -> tuple[EventLine, ...]:
    """The events with these ``ids``, in the same order, with their measures and incidents; unknown ids are left out."""
    lines = kept(
        corpus, "events", ids, lambda some: {line.event_id: line for line in _event_lines(corpus, some)}
    )
    return tuple(lines[one] for one in ids if one in lines)


def _event_lines(corpus: Corpus, ids: Sequence[str]) -> tuple[EventLine, ...]:
    if not ids:
        return ()
    members: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in corpus.sql(
        f"""select e.event_id, e.first, {STORY_COLUMNS}
            from event_stories e join stories s on s.id = e.story_id
            where e.event_id in (select unnest($events))
            order by e.event_id, e.first desc, s.published_at nulls last, s.first_seen_at, s.id""",  # noqa: S608 - names of our own
        {"events": list(ids)},
    ):
        members[row["event_id"]].append(row)
    known = [event for event in ids if event in members]
    chosen = {"events": known}
    acts: dict[str, list[MeasureFact]] = defaultdict(list)
    for act in measures(corpus, "event_id in (select unnest($events))", chosen):
        acts[act.event_id].append(act)
    attacks: dict[str, list[IncidentFact]] = defaultdict(list)
    for attack in incidents(corpus, "event_id in (select unnest($events))", chosen):
        attacks[attack.event_id].append(attack)
    return tuple(
        _event_line(event, members[event], tuple(acts[event]), tuple(attacks[event])) for event in known
    )


def _event_line(
    event: str,
    members: Sequence[Mapping[str, Any]],
    acts: tuple[MeasureFact, ...],
    attacks: tuple[IncidentFact, ...],
) -> EventLine:
    """The line of an event whose stories are ``members``, its first story first."""
    first = members[0]
    published = [row["published_at"] for row in members if row["published_at"]]
    seen = [row["first_seen_at"] for row in members if row["first_seen_at"]]
    return EventLine(
        event_id=event,
        title=first["title"] or "",
        language=first["language"] or "",
        stories=len(members),
        outlets=tuple(dict.fromkeys(row["site"] for row in members)),
        languages=tuple(sorted({row["language"] for row in members if row["language"]})),
        first_outlet=first["site_name"] or first["site"],
        first_published_at=min(published, default=None),
        last_published_at=max(published, default=None),
        seen_at=max(seen, default=None),
        topics=_ranked(members, "topics"),
        countries=_ranked(members, "countries"),
        reason=first["reason"] or "",
        measures=acts,
        incidents=attacks,
    )


def _ranked(members: Sequence[Mapping[str, Any]], column: str) -> tuple[str, ...]:
    """The values in the list column ``column`` of the rows, the most frequent first; equally frequent values in the
    order in which they appear."""
    counts = Counter(value for row in members for value in row[column] or ())
    return tuple(value for value, _ in counts.most_common())
