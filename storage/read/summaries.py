"""For each summary table that loads keep up to date: the query that computes it from the other tables, for checks.

A load updates only some rows (`storage/load/merge/summaries.sql`); the queries here read the whole corpus.
"""

from __future__ import annotations

from dataclasses import dataclass

from fivegwatch.storage.connections import Connection, number

_ORIGINS = """
    select entry_key, origin_kind, origin_locator, min(feed_id) as feed_id,
        min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at
    from base.sightings group by all
"""
# Nearly all entries have one kind of origin, so that text is put together for few of them.
_KINDS = """
    select entry_key, case when min(origin_kind) = max(origin_kind) then [min(origin_kind)]
        else list_sort(list(distinct origin_kind)) end as origins
    from base.sightings group by entry_key
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """One summary table: a query for its stored rows, and a query that computes what they should be."""

    name: str
    stored: str
    """Query for the stored rows."""
    computed: str
    """Query that computes the rows from the other tables, with the same columns."""


SUMMARIES = (
    Summary(
        "what announced each story",
        """select article_key, sightings, first_seen_at, last_seen_at, feeds, feeds_seen_at from base.articles
           where coalesce(corrected_relevant, relevant)""",
        f"""
        with story as (
            select article_key, first_captured_at from base.articles where coalesce(corrected_relevant, relevant)
        ),
        route as (
            select article_key, entry_key from base.entries semi join story using (article_key)
            union select article_key, article_key from story
        ),
        origin as (
            select r.article_key, o.*
            from ({_ORIGINS.replace("from base.sightings", "from base.sightings semi join route using (entry_key)")}) o
            join route r using (entry_key)
        ),
        feed as (
            select article_key, string_agg(feed_id, ' ' order by feed_id) as feeds,
                string_agg(seen_at::varchar, ' ' order by feed_id) as feeds_seen_at
            from (
                select article_key, feed_id, epoch_us(min(first_seen_at)) as seen_at
                from origin where feed_id <> '' group by all
            ) group by article_key
        )
        select s.article_key, count(o.entry_key), least(min(o.first_seen_at), any_value(s.first_captured_at)),
            max(o.last_seen_at), coalesce(any_value(f.feeds), ''), any_value(f.feeds_seen_at)
        from story s left join origin o using (article_key) left join feed f using (article_key)
        group by s.article_key
        """,  # noqa: S608  # our own text, here and below
    ),
    Summary(
        "versions of each announcement",
        """select entry_key, origin_kind, origin_locator, feed_id, first_seen_at, versions,
               coalesce(last_version_at, last_seen_at) from base.sightings where versions is not null""",
        """select entry_key, origin_kind, origin_locator, arg_min(feed_id, (first_seen_at, digest)),
               min(first_seen_at), count(*), max(last_seen_at) from base.sightings group by all""",
    ),
    Summary(
        "the names in each story",
        """select article_key, entities, countries_named from base.articles
           where coalesce(corrected_relevant, relevant)""",
        """select article_key, list_sort(list_distinct([m.name for m in coalesce(mentions, [])])),
               list_sort(list_distinct([m.country for m in coalesce(mentions, []) if m.country <> '']))
           from base.articles where coalesce(corrected_relevant, relevant)""",
    ),
    Summary(
        "the cluster of each text",
        "select article_key, cluster_id, moved_to, agency from base.articles where cluster_id is not null"
        " or moved_to is not null or agency is not null",
        """select * from (
               select coalesce(f.article_key, md5_number_lower(m.article_id)), m.cluster_id, m.moved_to,
                   nullif(f.agency, '') as agency
               from base.members m full join base.fingerprints f using (article_id)
           ) where cluster_id is not null or moved_to is not null or agency is not null""",
    ),
    Summary(
        "entries by state and origin",
        "select origins, state, entries from base.entry_counts",
        f"""select coalesce(array_to_string(k.origins, ' '), ''), e.state, count(*)
            from (select entry_key, state from base.entries) e left join ({_KINDS}) k using (entry_key) group by all""",  # noqa: S608
    ),
    Summary(
        "entries that wait",
        "select entry_key, state, article_key, announced_at, title, origins from base.open_entries",
        f"""with waiting as (
                select entry_key, state, article_key, announced_at, title from base.entries
                where state in ('pending', 'retry')
            )
            select w.*, k.origins
            from waiting w left join (
                {_KINDS.replace("from base.sightings", "from base.sightings semi join waiting using (entry_key)")}
            ) k using (entry_key)""",  # noqa: S608
    ),
    Summary(
        "entries and polls of each feed",
        "select feed_id, entries, judged, waiting, given_up, last_new_at, polls from base.feed_counts",
        """select feed_id, coalesce(entries, 0), coalesce(judged, 0), coalesce(waiting, 0), coalesce(given_up, 0),
               last_new_at, coalesce(polls, 0)
           from (
               select s.feed_id, count(*) as entries, count(e.article_key) as judged,
                   count(*) filter (where e.state in ('pending', 'retry')) as waiting,
                   count(*) filter (where e.state = 'gone') as given_up, max(s.first_seen_at) as last_new_at
               from (
                   select feed_id, entry_key, min(first_seen_at) as first_seen_at
                   from base.sightings where feed_id <> '' group by all
               ) s
               left join (select entry_key, state, article_key from base.entries) e using (entry_key)
               group by s.feed_id
           ) full join (
               select feed_id, sum(polls)::bigint as polls
               from (select feed_id, 1 as polls from base.polls union all select feed_id, polls from base.poll_days)
               group by feed_id
           ) using (feed_id)""",
    ),
    Summary(
        "the newest pages of each outlet",
        "select site, article_key, captured_at, text_chars, undated from base.newest_pages",
        """select site, article_key, captured_at, text_chars, published_at is null from base.articles where site <> ''
           qualify row_number() over (partition by site order by captured_at desc, article_id desc) <= 220""",
    ),
    Summary(
        "pages that were refused",
        "select entry_key, attempted_at from base.refused_pages",
        """select entry_key, attempted_at from base.entries where state in ('retry', 'gone')
               and kind in ('bot_wall', 'consent_wall', 'script_wall', 'soft_404', 'no_text', 'too_short')""",
    ),
    Summary(
        "the outlet of each host",
        "select host, site from base.hosts",
        """select regexp_extract(url, '^https?://([^/:?#]+)', 1) as host, min(site)
           from (select url, site from base.articles union all select url, site from base.revisions)
           where site <> '' group by host""",
    ),
    Summary(
        "drift of each outlet",
        "from base.drift",
        "from base.drift_of('base.newest_pages', 'base.refused_pages')",
    ),
)
_KEYS = (
    ("entries", "entry_key", "entry_id"), ("entries", "article_key", "article_id"), ("entries", "url_key", "url"),
    ("sightings", "entry_key", "entry_id"), ("attempts", "entry_key", "entry_id"),
    ("attempts", "article_key", "article_id"), ("articles", "article_key", "article_id"),
    ("articles", "entry_key", "entry_id"), ("articles", "url_key", "url"), ("decisions", "article_key", "article_id"),
    ("revisions", "article_key", "article_id"), ("fingerprints", "article_key", "article_id"),
)  # fmt: skip
"""Triples: a table, its column with a 64-bit key, and the column with the id from which that key is computed."""


def outdated(con: Connection) -> dict[str, int]:
    """For each summary table, the number of rows in which the stored and the computed content differ.

    The last item is the number of rows whose stored 64-bit key is not the one computed from their id.
    """
    wrong = {}
    for summary in SUMMARIES:
        stored, computed = summary.stored, summary.computed
        wrong[summary.name] = number(
            con,
            f"""select (select count(*) from (from ({stored}) except all from ({computed})))
                + (select count(*) from (from ({computed}) except all from ({stored})))""",  # noqa: S608
        )
    tests = (
        f"(select count(*) from base.{table} where {key} is distinct from md5_number_lower({name}))"  # noqa: S608
        for table, key, name in _KEYS
    )
    wrong["64-bit keys"] = number(con, f"select {' + '.join(tests)}")
    return wrong
