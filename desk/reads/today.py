"""The page of what is new: the events of the last day, then earlier ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fivegwatch.desk.reads.asked import Asked
from fivegwatch.desk.reads.items import EventLine
from fivegwatch.desk.reads.lists import event_lines, newest_events
from fivegwatch.storage.read.corpus import Corpus

NEW = timedelta(hours=24)
MOST_NEW = 60
"""Maximum number of new events on the page; of further ones only the number is given. With 60 events the page stays
below 200 kB."""
EARLIER = 25
"""Maximum number of earlier events on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What the page of new events shows."""

    now: datetime
    since: datetime
    """Events with a story first seen at this time or later count as new."""
    given: bool
    """Whether the reader gave ``since``; otherwise it is the time one day ago."""
    new: tuple[EventLine, ...]
    """The new events, those with the most outlets first."""
    more_new: int
    """Number of new events that are not on the page."""
    earlier: tuple[EventLine, ...]
    """Events before ``since``, newest first."""
    old_stories: int
    """Number of stories first seen since then but published over a week earlier: they came from a backfill."""
    stories: int
    """Number of stories in the corpus."""
    silent_feeds: int
    """Number of feeds that are watched but bring nothing."""
    last_run_at: datetime | None
    """When the last run ended."""


def read_today(corpus: Corpus, asked: Asked) -> Today:
    """The events of the last day, or those since the parameter ``since`` (a day or time), and some before them."""
    given = asked.moment("since")
    since = given or asked.now - NEW
    ids = newest_events(corpus, since=since, limit=10_000)
    new = sorted(
        event_lines(corpus, ids[:MOST_NEW]),
        key=lambda event: (-len(event.outlets), -len(event.measures) - len(event.incidents)),
    )
    known = set(ids)
    before = [one for one in newest_events(corpus, limit=MOST_NEW + EARLIER) if one not in known][:EARLIER]
    counts = next(
        iter(
            corpus.sql(
                """select count(*) as stories,
                       count(*) filter (
                           where first_seen_at >= $since and published_at < first_seen_at - interval 7 day
                       ) as old_stories,
                       (select max(ended_at) from runs) as last_run_at,
                       (select count(*) from feed_health where status in (
                           'overdue', 'silent', 'failing', 'blocked', 'walled', 'gone'
                       )) as silent_feeds
                   from stories""",
                {"since": since},
            )
        )
    )
    return Today(
        now=asked.now,
        since=since,
        given=given is not None,
        new=tuple(new),
        more_new=max(0, len(ids) - MOST_NEW),
        earlier=event_lines(corpus, before),
        **counts,
    )
