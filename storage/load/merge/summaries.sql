-- Summaries follow the merged tables. Each is a function of these tables, so the order of loads does not matter; only
-- what touched entries and articles they lead to contribute is taken away and added again.

-- Entries by state and kinds of origin.
create or replace temp table kinds_before as
select entry_id, string_agg(distinct origin_kind, ' ' order by origin_kind) as origins
from sightings_before
group by entry_id;

create or replace temp table kinds_after as
select entry_id, string_agg(distinct origin_kind, ' ' order by origin_kind) as origins
from sighted
group by entry_id;

create or replace temp table merged as
select origins, state, sum(entries)::bigint as entries
from (
    from base.entry_counts
    union all
    select coalesce(origins, ''), state, -1 from entries_before left join kinds_before using (entry_id)
    union all
    select coalesce(origins, ''), state, 1
    from derived left join kinds_after using (entry_id)
    where entry_id in (select entry_id from entries_before union all select entry_id from latest)
)
group by all;

delete from base.entry_counts;

insert into base.entry_counts select * from merged where entries <> 0 order by all;

-- Open entries are kept whole.
delete from base.open_entries where entry_key in (select entry_key from touched_entries);

insert into base.open_entries by name
select e.*, string_split(k.origins, ' ') as origins
from base.entries e
join kinds_after k using (entry_id)
where e.rowid in (select rowid from base.entries semi join touched_entries using (entry_key))
    and e.state in ('pending', 'retry')
order by e.first_seen_at, e.entry_id;

-- Feeds: entries, and the time of the newest. An earlier sighting of that entry may have been merged; then the newest
-- is looked for among all sightings of the feed.
create or replace temp table feeds_before as
select
    s.feed_id, count(*) as entries, count(e.article_id) as judged,
    count(*) filter (where e.state in ('pending', 'retry')) as waiting,
    count(*) filter (where e.state = 'gone') as given_up, max(s.first_seen_at) as last_new_at
from (
    select feed_id, entry_id, min(first_seen_at) as first_seen_at
    from sightings_before
    where feed_id <> '' and entry_id in (select entry_id from touched_entries)
    group by all
) s
left join entries_before e using (entry_id)
group by s.feed_id;

create or replace temp table feeds_after as
select
    s.feed_id, count(*) as entries, count(e.article_id) as judged,
    count(*) filter (where e.state in ('pending', 'retry')) as waiting,
    count(*) filter (where e.state = 'gone') as given_up, max(s.first_seen_at) as last_new_at
from (
    select feed_id, entry_id, min(first_seen_at) as first_seen_at
    from sighted
    where feed_id <> ''
    group by all
) s
left join (
    select * from derived where entry_id in (select entry_id from entries_before union all select entry_id from latest)
) e using (entry_id)
group by s.feed_id;

create or replace temp table polls_after as
select feed_id, count(*) as polls from new_polls group by feed_id;

create or replace temp table merged as
select
    feed_id,
    coalesce(c.entries, 0) - coalesce(b.entries, 0) + coalesce(a.entries, 0) as entries,
    coalesce(c.judged, 0) - coalesce(b.judged, 0) + coalesce(a.judged, 0) as judged,
    coalesce(c.waiting, 0) - coalesce(b.waiting, 0) + coalesce(a.waiting, 0) as waiting,
    coalesce(c.given_up, 0) - coalesce(b.given_up, 0) + coalesce(a.given_up, 0) as given_up,
    greatest(c.last_new_at, a.last_new_at) as last_new_at,
    coalesce(c.polls, 0) + coalesce(p.polls, 0) as polls,
    coalesce(b.last_new_at = c.last_new_at and (a.last_new_at is null or a.last_new_at < c.last_new_at), false) as unsure
from feeds_after a
full join feeds_before b using (feed_id)
full join polls_after p using (feed_id)
left join base.feed_counts c using (feed_id);

update merged m
set last_new_at = s.last_new_at
from (
    select f.feed_id, max(e.first_seen_at) as last_new_at
    from (select feed_id from merged where unsure) f
    left join (
        select feed_id, entry_key, min(first_seen_at) as first_seen_at
        from base.sightings
        where feed_id in (select feed_id from merged where unsure)
        group by all
    ) e using (feed_id)
    group by f.feed_id
) s
where m.feed_id = s.feed_id;

delete from base.feed_counts where feed_id in (select feed_id from merged);

insert into base.feed_counts select * exclude (unsure) from merged where entries > 0 or polls > 0 order by feed_id;

-- Stories: what announced them.
create or replace temp table routes as
select entry_key, article_key from routes_before where entry_key not in (select entry_key from touched_entries)
union
select md5_number_lower(entry_id), md5_number_lower(article_id) from derived where article_id is not null
    and entry_id in (select entry_id from entries_before union all select entry_id from latest)
union
select article_key, article_key from led_to;

create or replace temp table story_sightings as
select
    article_key, count(*) as sightings, min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at,
    coalesce(string_agg(distinct feed_id, ' ' order by feed_id) filter (where feed_id <> ''), '') as feeds,
    list({'feed': feed_id, 'seen_at': first_seen_at}) filter (where feed_id <> '') as feed_times
from (
    select
        r.article_key, s.entry_key, s.origin_kind, s.origin_locator, min(s.feed_id) as feed_id,
        min(s.first_seen_at) as first_seen_at, max(s.last_seen_at) as last_seen_at
    from routes r
    join (
        select * from sighted
        union all by name
        select * exclude (row) from sightings_before where entry_key not in (select entry_key from touched_entries)
    ) s using (entry_key)
    group by all
)
group by article_key;

-- What people corrected. A page that is kept by a correction has the summaries of a story.
create or replace temp table corrected as
with force as (
    select
        *,
        row_number() over (
            partition by story_id, field, case when field in ('event', 'relevant') then '' else value end
            order by made_at desc, digest
        ) = 1 and action <> 'undo' as in_force
    from base.corrections
)
select
    a.article_id,
    case when bool_or(c.field = 'topic') then list_concat(
        [t for t in any_value(coalesce(a.topics, [])) if not list_contains(
            coalesce(list(c.value) filter (where c.field = 'topic'), []), t
        )],
        coalesce(list(c.value order by c.value) filter (where c.field = 'topic' and c.action = 'add'), [])
    ) end as topics,
    case when bool_or(c.field = 'country') then list_sort(list_distinct(list_concat(
        [k for k in any_value([r.entity for r in coalesce((a.facts).roles, []) if r.type = 'country' and r.role <> 'named'])
         if not list_contains(
            coalesce(list(c.value) filter (where c.field = 'country' and c.action = 'remove'), []), k
        )],
        coalesce(list(c.value) filter (where c.field = 'country' and c.action = 'add'), [])
    ))) end as countries,
    max(c.value) filter (where c.field = 'relevant') = 'true' as relevant
from force c
join (
    select article_id, topics, facts
    from base.articles
    where rowid in (
        select rowid from base.articles
        semi join (select md5_number_lower(story_id) as article_key from base.corrections) using (article_key)
    )
) a on a.article_id = c.story_id
where c.in_force
group by a.article_id;

create or replace temp table feed_times as
select article_key, string_agg(seen_at::varchar, ' ' order by feed) as feeds_seen_at
from (
    select article_key, t.feed as feed, epoch_us(min(t.seen_at)) as seen_at
    from (select article_key, unnest(feed_times) as t from story_sightings)
    group by all
)
group by article_key;

create or replace temp table summed as
select
    a.row,
    coalesce(c.relevant, a.relevant) as kept,
    case when kept then coalesce(s.sightings, 0) end as sightings,
    case when kept then least(s.first_seen_at, a.first_captured_at) end as first_seen_at,
    case when kept then s.last_seen_at end as last_seen_at,
    case when kept then coalesce(s.feeds, '') end as feeds,
    case when kept then t.feeds_seen_at end as feeds_seen_at,
    c.topics as corrected_topics, c.countries as corrected_countries, c.relevant as corrected_relevant,
    (a.sightings, a.first_seen_at, a.last_seen_at, a.feeds, a.feeds_seen_at) is distinct from (
        case when kept then coalesce(s.sightings, 0) end,
        case when kept then least(s.first_seen_at, a.first_captured_at) end,
        case when kept then s.last_seen_at end,
        case when kept then coalesce(s.feeds, '') end,
        case when kept then t.feeds_seen_at end
    ) as resighted,
    (
        a.corrected_topics, a.corrected_countries, a.corrected_relevant, a.entities is not null
    ) is distinct from (c.topics, c.countries, c.relevant, kept) as recorrected
from (
    select
        rowid as row, article_id, article_key, relevant, first_captured_at, sightings, first_seen_at, last_seen_at, feeds,
        feeds_seen_at, corrected_topics, corrected_countries, corrected_relevant, entities
    from base.articles
    where rowid in (select rowid from base.articles semi join led_to using (article_key))
) a
left join story_sightings s using (article_key)
left join feed_times t using (article_key)
left join corrected c using (article_id);

update base.articles a
set
    sightings = n.sightings, first_seen_at = n.first_seen_at, last_seen_at = n.last_seen_at, feeds = n.feeds,
    feeds_seen_at = n.feeds_seen_at
from summed n
where a.rowid = n.row and n.resighted;

-- Last, as it gives the rows other numbers.
update base.articles a
set
    corrected_topics = n.corrected_topics, corrected_countries = n.corrected_countries,
    corrected_relevant = n.corrected_relevant,
    entities = case when n.kept then list_sort(list_distinct([m.name for m in coalesce(mentions, [])])) end,
    countries_named = case when n.kept then
        list_sort(list_distinct([m.country for m in coalesce(mentions, []) if m.country <> ''])) end,
    countries = case when n.kept then coalesce(
        list_sort([r.entity for r in (facts).roles if r.type = 'country' and r.role <> 'named']),
        list_sort(list_distinct([m.country for m in coalesce(mentions, []) if m.country <> '']))
    ) end
from summed n
where a.rowid = n.row and n.recorrected;

-- Outlets: hosts and their site, refused pages, and the newest pages of each site.
create or replace temp table merged as
select host, min(site) as site
from (
    select regexp_extract(url, '^https?://([^/:?#]+)', 1) as host, site from in_judged where site <> ''
    union all
    from base.hosts
)
group by host;

-- Outlets whose drift may have changed: for each host what its outlet was and is.
create or replace temp table drifting as
select unnest([h.site, m.site]) as site
from merged m
left join base.hosts h using (host)
where m.site is distinct from h.site;

insert into base.hosts select m.* from merged m anti join base.hosts using (host) order by host;

update base.hosts h set site = m.site from merged m where m.host = h.host and m.site <> h.site;

insert into drifting
select h.site
from base.hosts h
semi join (select host from base.refused_pages where entry_key in (select entry_key from touched_entries)) using (host);

delete from base.refused_pages where entry_key in (select entry_key from touched_entries);

insert into base.refused_pages by name
select entry_id, entry_key, regexp_extract(url, '^https?://([^/:?#]+)', 1) as host, attempted_at
from base.entries
where rowid in (select rowid from base.entries semi join touched_entries using (entry_key))
    and entry_id in (select entry_id from touched_entries)
    and state in ('retry', 'gone')
    and kind in ('bot_wall', 'consent_wall', 'script_wall', 'soft_404', 'no_text', 'too_short')
order by attempted_at, entry_id;

create or replace temp table pages_after as
select
    site, article_id, article_key, captured_at, text_chars, page_chars, method, published_at is null as undated,
    published_at is not null and published_precision <> 'minute' as clockless, quality, lengths
from base.articles
where rowid in (select rowid from base.articles semi join judged_keys using (article_key)) and site <> '';

create or replace temp table pages_before as
select * from base.newest_pages where site in (select site from pages_after) or article_key in (from judged_keys);

-- A page that left the newest of its site, or became an older one of them, makes room for a page that is not among them.
create or replace temp table reopened as
select b.site
from (select *, count(*) over (partition by site) as pages from pages_before) b
semi join judged_keys using (article_key)
left join pages_after a using (article_id)
where b.pages >= 220 and (a.site is distinct from b.site or a.captured_at < b.captured_at)
group by b.site;

delete from base.newest_pages
where site in (select site from pages_before union all select site from pages_after);

insert into base.newest_pages by name
select *
from (
    select * from pages_after
    union all by name
    select * from pages_before
    where article_key not in (from judged_keys) and site not in (from reopened)
    union all by name
    select
        site, article_id, article_key, captured_at, text_chars, page_chars, method, published_at is null as undated,
        published_at is not null and published_precision <> 'minute' as clockless, quality, lengths
    from base.articles
    where site in (from reopened) and article_key not in (from judged_keys)
)
qualify row_number() over (partition by site order by captured_at desc, article_id desc) <= 220
order by site, captured_at, article_id;

insert into drifting
select site from pages_before
union all
select site from pages_after
union all
select h.site
from base.hosts h
semi join (select host from base.refused_pages where entry_key in (select entry_key from touched_entries)) using (host);
