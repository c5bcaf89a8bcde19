"""The sources of alerts, read from the store: changes of health, gaps, new stories, and the outbox."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.store import Row, select
from fivegwatch.storage.spool.feed_records import Alert, Transition

EARLIER = 20


@dataclass(frozen=True, slots=True)
class Change:
    """A change of health, and what went before it."""

    transition: Transition
    title: str = ""
    """Title of the feed."""
    earlier: tuple[Row, ...] = ()
    """Event, status after, and time of the changes of this feed before it, the earliest first; ``EARLIER`` at most."""


def transitions_since(layout: Layout, since: datetime) -> list[Change]:
    """Changes of health since ``since`` that are worth an alert, and the beginnings of troubles that still last, for
    channels added later. The beginning of a trouble is left out while its feed is well."""
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
    """The status of every trouble of the installation that has begun and not ended, by subject."""
    found = select(
        layout,
        """
        select feed_id, arg_max(after, changed_at) as after, arg_max(event, changed_at) as event
        from base.transitions where feed_id like '~%' and feed_id not like '~drift %' and event <> '' group by feed_id
        """,
    )
    return {row["feed_id"]: row["after"] for row in found if row["event"] != "ends"}


def outlet_changes(layout: Layout) -> dict[str, Row]:
    """For each site with an outlet that ever drifted (view ``outlet_drift``): the last status recorded, when, and when
    the last alert was raised."""
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
    """Addresses of the feeds, and of their sites, whose pages are behind a wall or refused."""
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
    """Stories first kept since ``judged`` that were not published before ``published``, as far as is known."""
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
    """Id and channel of every alert that was ever raised."""
    return {
        (row["alert_id"], row["channel"])
        for row in select(layout, "select alert_id, channel from base.alerts")
    }


def waiting_alerts(layout: Layout) -> list[Alert]:
    """The alerts that are still to be delivered."""
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
