"""The summaries that loads keep, compared with their definitions on the whole corpus."""

from __future__ import annotations

from fivegwatch.storage.connections import Connection

ORIGINS = """
    select s.entry_id, s.origin_kind, s.origin_locator, min(s.feed_id) as feed_id,
        min(s.first_seen_at) as first_seen_at, max(s.last_seen_at) as last_seen_at
    from base.sightings s group by all
"""
# Table or columns, and the query that says what they must hold.
DEFINITIONS = {
    """select article_id, sightings, first_seen_at, last_seen_at, feeds from base.articles
       where coalesce(corrected_relevant, relevant)""": f"""
        select a.article_id, count(o.entry_id), least(min(o.first_seen_at), any_value(a.first_captured_at)),
            max(o.last_seen_at),
            coalesce(string_agg(distinct o.feed_id, ' ' order by o.feed_id) filter (where o.feed_id <> ''), '')
        from base.articles a
        left join (
            select article_id, entry_id from base.entries where article_id is not null
            union select article_id, article_id from base.articles
        ) e on e.article_id = a.article_id
        left join ({ORIGINS}) o on o.entry_id = e.entry_id
        where coalesce(a.corrected_relevant, a.relevant) group by a.article_id
    """,
    "select article_id, cluster_id, moved_to, agency from base.articles": """
        select a.article_id, m.cluster_id, m.moved_to, nullif(f.agency, '')
        from base.articles a left join base.members m using (article_id)
        left join base.fingerprints f using (article_id)
    """,
    "from base.entry_counts": """
        select s.origins, e.state, count(*) from base.entries e
        join (select entry_id, string_agg(distinct origin_kind, ' ' order by origin_kind) as origins
              from base.sightings group by entry_id) s using (entry_id)
        group by all
    """,
    "select entry_id, state, article_id, announced_at, title, origins from base.open_entries": """
        select e.entry_id, e.state, e.article_id, e.announced_at, e.title, s.origins from base.entries e
        join (select entry_id, list_sort(list(distinct origin_kind)) as origins
              from base.sightings group by entry_id) s using (entry_id)
        where e.state in ('pending', 'retry')
    """,
    "from base.feed_counts": """
        select feed_id, coalesce(entries, 0), coalesce(judged, 0), coalesce(waiting, 0), coalesce(given_up, 0),
            last_new_at, coalesce(polls, 0)
        from (
            select s.feed_id, count(*) as entries, count(e.article_id) as judged,
                count(*) filter (where e.state in ('pending', 'retry')) as waiting,
                count(*) filter (where e.state = 'gone') as given_up, max(s.first_seen_at) as last_new_at
            from (
                select feed_id, entry_id, min(first_seen_at) as first_seen_at
                from base.sightings where feed_id <> '' group by all
            ) s left join base.entries e using (entry_id) group by s.feed_id
        ) full join (select feed_id, count(*) as polls from base.polls group by feed_id) using (feed_id)
    """,
    "select site, article_id, captured_at, text_chars, undated from base.newest_pages": """
        select site, article_id, captured_at, text_chars, published_at is null from base.articles where site <> ''
        qualify row_number() over (partition by site order by captured_at desc, article_id desc) <= 220
    """,
    "select entry_id, attempted_at from base.refused_pages": """
        select entry_id, attempted_at from base.entries where state in ('retry', 'gone')
            and kind in ('bot_wall', 'consent_wall', 'script_wall', 'soft_404', 'no_text', 'too_short')
    """,
    """select entry_id, entry_key, article_key, url_key from base.entries
       union all select entry_id, entry_key, null, null from base.sightings
       union all select entry_id, entry_key, article_key, null from base.attempts
       union all select article_id, article_key, entry_key, url_key from base.articles
       union all select article_id, article_key, null, null from base.decisions""": """
        select entry_id, md5_number_lower(entry_id), md5_number_lower(article_id), md5_number_lower(url)
            from base.entries
        union all select entry_id, md5_number_lower(entry_id), null, null from base.sightings
        union all select entry_id, md5_number_lower(entry_id), md5_number_lower(article_id), null from base.attempts
        union all select article_id, md5_number_lower(article_id), md5_number_lower(entry_id), md5_number_lower(url)
            from base.articles
        union all select article_id, md5_number_lower(article_id), null, null from base.decisions
    """,
}


def outdated(con: Connection) -> list[str]:
    """Rows of summaries and keys that are not what the corpus says they must be, as text."""
    return [
        f"{kept}: {row}"
        for kept, definition in DEFINITIONS.items()
        for one, other in ((kept, definition), (definition, kept))
        for row in con.execute(f"select * from ({one}) except all select * from ({other})").fetchall()
    ]
