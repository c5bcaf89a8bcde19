"""Groups stories that report one event, and updates these groups in each load.

stories of the load -> signs -> pairs within two weeks that share a country, an entity or a number -> links -> groups

Signs are what stories are compared by, such as day, countries, topic, names, words, numbers and acts. Signs, links and
groups depend only on the set of stored stories, so the order of arrival does not matter. Only groups that are connected
with a story of the load are computed again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from typing import Any

from fivegwatch.extractors.facts.events import DAYS, WEAKEST, EventStory, group_stories, likeness
from fivegwatch.storage.connections import Connection, number
from fivegwatch.storage.load.merge.clusters import add_linked

_SIGNS = "article_id, day, told, countries, topic, names, words, numbers, acts, language"
_FROM_ARTICLES = """
    select
        a.article_id, cast(a.published_at at time zone 'UTC' as date) as day, (a.facts).event.told as told,
        list_sort([r.entity for r in (a.facts).roles if r.type = 'country' and r.role <> 'named']) as countries,
        coalesce(a.topics[1], '') as topic, (a.facts).event.names as names, (a.facts).event.words as words,
        (a.facts).event.numbers as numbers, (a.facts).event.acts as acts,
        lower(split_part(coalesce(a.language, ''), '-', 1)) as language
    from base.articles a
    semi join in_judged using (article_id)
    -- By keys of 8 bytes, so that facts are read of these few only.
    where a.relevant and a.facts is not null
        and a.rowid in (select rowid from base.articles semi join judged_keys using (article_key))
"""


def update_events(con: Connection) -> None:
    """Update signs, links and events for the merged articles, within the transaction of the load."""
    con.execute(
        f"""
        create or replace temp table loaded as {_FROM_ARTICLES};

        create or replace temp table removed as
        select e.article_id from base.event_stories e semi join in_judged using (article_id);

        -- Stories connected with one that changes: their groups may change, too.
        create or replace temp table touched as
        select article_id from loaded union select article_id from removed;
        """  # noqa: S608  # our own SQL
    )
    if not number(con, "select count(*) from touched"):
        return
    add_linked(con, "touched", "article_id", "base.event_links")
    con.execute(
        f"""
        delete from base.event_links
        where one in (select article_id from loaded union select article_id from removed)
            or other in (select article_id from loaded union select article_id from removed);
        delete from base.event_stories where article_id in (select article_id from removed);
        insert into base.event_stories by name
        select article_id as event_id, {_SIGNS} from loaded order by day, article_id;
        """  # noqa: S608
    )
    _link(con)
    con.execute("insert into touched select article_id from loaded")
    add_linked(con, "touched", "article_id", "base.event_links")
    _group(con)


def _link(con: Connection) -> None:
    """Compare each story of the load with the stories around it, and store the pairs that may be one event."""
    rows = con.execute(
        f"""
        select n.article_id, c.article_id
        from loaded n
        join base.event_stories c
            on c.day between n.day - {DAYS} and n.day + {DAYS} and c.article_id <> n.article_id
        where len(list_intersect(n.countries, c.countries)) > 0 or len(list_intersect(n.names, c.names)) > 0
            or len(list_intersect(n.numbers, c.numbers)) > 0
        """  # noqa: S608  # a number of ours
    ).fetchall()
    pairs = sorted({(min(one, other), max(one, other)) for one, other in rows})
    if not pairs:
        return
    wanted = sorted({key for pair in pairs for key in pair})
    common = _common_names(con)
    stories = {
        row[0]: _story(row, common)
        for row in con.execute(
            f"select {_SIGNS} from base.event_stories where article_id in (select unnest(?::varchar[]))",  # noqa: S608
            [wanted],
        ).fetchall()
    }
    links = [(one, other, round(likeness(stories[one], stories[other]), 6)) for one, other in pairs]
    kept = [link for link in links if link[2] >= WEAKEST]
    if kept:
        con.execute(
            """insert into base.event_links
               select unnest(from_json(?::json, '[{"one": "VARCHAR", "other": "VARCHAR", "likeness": "DOUBLE"}]'),
                             recursive := true)""",
            [json.dumps([dict(zip(("one", "other", "likeness"), link, strict=True)) for link in kept])],
        )


def _story(row: tuple[Any, ...], common: frozenset[str]) -> EventStory:
    article_id, day, told, countries, topic, names, words, numbers, acts, language = row
    assert isinstance(day, date)
    return EventStory(
        id=article_id, day=day, language=language, countries=frozenset(countries), topic=topic,
        names=frozenset(names), rare_names=frozenset(names) - common, words=frozenset(words),
        numbers=frozenset(numbers), acts=frozenset(acts), reports_event=bool(told),
    )  # fmt: skip


def _group(con: Connection) -> None:
    """Compute the groups of ``touched`` again; the event's id is its earliest story."""
    order = dict(
        con.execute(
            "select article_id, coalesce(day, date '9999-12-31') from base.event_stories"
            " where article_id in (select article_id from touched)"
        ).fetchall()
    )
    links: dict[tuple[str, str], float] = defaultdict(float)
    for one, other, value in con.execute(
        "select one, other, likeness from base.event_links where one in (select article_id from touched)"
    ).fetchall():
        links[one, other] = value
    events: dict[str, str] = {}
    for members in group_stories(order, links):
        first = min(members, key=lambda story: (order[story], story))
        events |= dict.fromkeys(members, first)
    if events:
        rows = json.dumps([{"article_id": key, "event_id": value} for key, value in events.items()])
        con.execute(
            """update base.event_stories e set event_id = g.event_id
               from (select unnest(from_json(?::json, '[{"article_id": "VARCHAR", "event_id": "VARCHAR"}]'),
                                   recursive := true)) g
               where g.article_id = e.article_id and g.event_id <> e.event_id""",
            [rows],
        )


def _common_names(con: Connection) -> frozenset[str]:
    """Ids of entities that the watchlist calls common: two stories that name one of them need not report one event."""
    row = con.execute("select value from base.meta where name = 'common_names'").fetchone()
    return frozenset(json.loads(row[0])) if row else frozenset()
