"""Reads from the store what alerts are made of: changes of feeds' health, gaps, new stories, and alerts not yet
delivered.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.store import Row, select
from fivegwatch.storage.spool.feed_records import Alert, Transition

EARLIER = 20


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a feed's health, with the changes before it."""

    transition: Transition
    title: str = ""
    """Title of the feed."""
    earlier: tuple[Row, ...] = ()
    """Earlier changes of this feed, at most ``EARLIER``, the earliest first: the event, the new status, and the time of
    each."""


def transitions_since(layout: Layout, since: datetime) -> list[Change]:
    """Changes of health from ``since`` on that are worth an alert, and the beginning of every trouble that still lasts,
    for channels that were added later. The beginning of a trouble is left out while its feed is well."""
    names = ", ".join(f"t.{field.name}" for field in fields(Transition))
    found = select(
        layout,
        f"""
        select {names}, coalesce(f.title, '') as title,
            list({{'event': t.event, 'after': t.after, 'changed_at': t.changed_at}}) over (
                partition by t.feed_id order by t.changed_at rows between {EARLIER} preceding and 1 preceding
            ) as earlier
        from base.transitions t left join base.feeds f using (feed_id) left join base.feed_states s using (feed_id)
        where t.event <> '' and coalesce(f.active, true)
        qualify if(t.event = 'ends', t.changed_at > $since, coalesce(s.health, '') not in ('ok', 'quiet') and (
            t.changed_at > $since or t.feed_id not like '~drift %'
                and row_number() over (partition by t.feed_id order by t.changed_at desc) = 1
        ))
        order by t.changed_at
        """,  # noqa: S608  # names of our own fields
        {"since": since},
    )
    return [
        Change(title=row.pop("title"), earlier=tuple(row.pop("earlier") or ()), transition=Transition(**row))
        for row in found
    ]


def open_troubles(layout: Layout) -> dict[str, str]:
    """The status of every trouble of the installation itself (not of a feed) that has not ended, by its subject."""
    found = select(
        layout,
        """
        select feed_id, arg_max(after, changed_at) as after, arg_max(event, changed_at) as event
        from base.transitions where feed_id like '~%' and feed_id not like '~drift %' and event <> '' group by feed_id
        """,
    )
    return {row["feed_id"]: row["after"] for row in found if row["event"] != "ends"}


def outlet_changes(layout: Layout) -> dict[str, Row]:
    """For each site whose pages ever drifted (view ``outlet_drift``): the last recorded status, its time, and the time
    of the last alert."""
    found = select(
        layout,
        """
        select feed_id[8:] as site, arg_max(after, changed_at) as after, max(changed_at) as changed_at,
            max(changed_at) filter (where event = 'begins') as begun_at
        from base.transitions where feed_id like '~drift %' group by all
        """,
    )
    return {row.pop("site"): row for row in found}


def walled_addresses(layout: Layout) -> list[str]:
    """Addresses of feeds that are ``walled`` (the server refuses us) or ``blocked`` (pages cannot be read in full), and
    of these feeds' sites.
    """
    sql = """
        select unnest([f.url, f.site_url]) as url from base.feeds f join base.feed_states s using (feed_id)
        where s.health in ('walled', 'blocked')
    """
    return [row["url"] for row in select(layout, sql) if row["url"]]


def gaps_in_order(layout: Layout) -> list[Row]:
    """All gaps, the earliest first."""
    return select(
        layout, "select feed_id, from_at, to_at, at_most, message from base.gaps order by to_at, gap_id"
    )


def stories_since(layout: Layout, judged: datetime, published: datetime) -> list[Row]:
    """Stories first kept after ``judged`` that were first seen after ``published`` and are not known to be published
    before that.
    """
    return select(
        layout,
        """
        select
            s.id, s.cluster_id, s.url, s.title, s.site, s.score, s.topics, s.countries, s.entities, s.reason, s.body,
            (select list(m.id) from stories m where m.cluster_id = s.cluster_id) as members
        from stories s
        where s.judged_at > $judged and (s.published_at is null or s.published_at > $published)
            and s.first_seen_at > $published
        order by s.judged_at, s.id
        """,
        {"judged": judged, "published": published},
    )


def known_alerts(layout: Layout) -> set[tuple[str, str]]:
    """The id and the channel of every alert that was ever made."""
    return {
        (row["alert_id"], row["channel"])
        for row in select(layout, "select alert_id, channel from base.alerts")
    }


def waiting_alerts(layout: Layout) -> list[Alert]:
    """The alerts that are not delivered yet."""
    names = ", ".join(field.name for field in fields(Alert))
    found = select(layout, f"select {names} from base.alerts where state = 'waiting'")  # noqa: S608  # our own fields
    return [Alert(**row) for row in found]


def last_deliveries(layout: Layout) -> dict[str, datetime]:
    """The time of the last delivery to each channel."""
    found = select(
        layout,
        "select channel, max(changed_at) as at_last from base.alerts where state = 'sent' group by all",
    )
    return {row["channel"]: row["at_last"] for row in found}
