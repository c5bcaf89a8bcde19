-- The summaries that loads keep up to date from now on (storage/load/merge/summaries.sql).

create or replace temp table corrected as
with force as (
    select
        *,
        row_number() over (
            partition by story_id, field, case when field in ('event', 'relevant') then '' else value end
            order by made_at desc, digest
        ) = 1 as in_force
    from base.corrections
)
select
    a.article_id,
    case when bool_or(c.field = 'topic') then list_distinct(list_concat(
        [t for t in any_value(coalesce(a.topics, [])) if not list_contains(
            coalesce(list(c.value) filter (where c.field = 'topic' and c.action = 'remove'), []), t
        )],
        coalesce(list(c.value order by c.value) filter (where c.field = 'topic' and c.action = 'add'), [])
    )) end as topics,
    case when bool_or(c.field = 'country') then list_sort(list_distinct(list_concat(
        [k for k in any_value([r.entity for r in coalesce((a.facts).roles, []) if r.type = 'country' and r.role <> 'named'])
         if not list_contains(
            coalesce(list(c.value) filter (where c.field = 'country' and c.action = 'remove'), []), k
        )],
        coalesce(list(c.value) filter (where c.field = 'country' and c.action = 'add'), [])
    ))) end as countries,
    max(c.value) filter (where c.field = 'relevant') = 'true' as relevant
from force c
join base.articles a on a.article_id = c.story_id
where c.in_force
group by a.article_id;

update base.articles a
set corrected_topics = c.topics, corrected_countries = c.countries, corrected_relevant = c.relevant
from corrected c
where c.article_id = a.article_id;

drop table corrected;

update base.articles
set
    entities = list_sort(list_distinct([m.name for m in coalesce(mentions, [])])),
    countries_named = list_sort(list_distinct([m.country for m in coalesce(mentions, []) if m.country <> ''])),
    countries = coalesce(
        list_sort([r.entity for r in (facts).roles if r.type = 'country' and r.role <> 'named']),
        list_sort(list_distinct([m.country for m in coalesce(mentions, []) if m.country <> '']))
    )
where coalesce(corrected_relevant, relevant);

update base.articles a
set
    sightings = s.sightings, first_seen_at = least(s.first_seen_at, a.first_captured_at), last_seen_at = s.last_seen_at,
    feeds = s.feeds, feeds_seen_at = s.feeds_seen_at
from (
    with story as (
        select rowid as row, article_key from base.articles where coalesce(corrected_relevant, relevant)
    ),
    route as (
        select s.row, e.entry_key from base.entries e join story s on s.article_key = e.article_key
        union
        select row, article_key from story
    ),
    seen as (
        select
            l.row, s.entry_key, s.origin_kind, s.origin_locator, any_value(s.feed_id) as feed_id,
            min(s.first_seen_at) as first_seen_at, max(s.last_seen_at) as last_seen_at
        from base.sightings s join route l using (entry_key)
        group by all
    )
    select
        s.row, count(t.row) as sightings, min(t.first_seen_at) as first_seen_at, max(t.last_seen_at) as last_seen_at,
        any_value(f.feeds) as feeds, any_value(f.feeds_seen_at) as feeds_seen_at
    from story s
    left join seen t on t.row = s.row
    left join (
        select
            row, string_agg(feed_id, ' ' order by feed_id) as feeds,
            string_agg(seen_at::varchar, ' ' order by feed_id) as feeds_seen_at
        from (select row, feed_id, epoch_us(min(first_seen_at)) as seen_at from seen where feed_id <> '' group by all)
        group by row
    ) f on f.row = s.row
    group by s.row
) s
where a.rowid = s.row;

update base.articles a
set cluster_id = m.cluster_id, moved_to = m.moved_to
from base.members m
where m.article_id = a.article_id;

update base.articles a
set agency = f.agency
from base.fingerprints f
where f.article_id = a.article_id and f.agency <> '';

-- Entries whose page is still to be read, whole, so that the next of them are taken without a search.
create table base.open_entries as
select *, null::varchar[] as origins from base.entries where state in ('pending', 'retry');

update base.open_entries e
set origins = s.origins
from (
    select entry_key, list_sort(list(distinct origin_kind)) as origins
    from base.sightings semi join base.open_entries using (entry_key)
    group by entry_key
) s
where s.entry_key = e.entry_key;

create table base.entry_counts (
    origins varchar not null,
    state varchar not null,
    entries bigint not null
);

insert into base.entry_counts
with kinds as (
    -- Nearly all entries have one kind of origin.
    select entry_key, min(origin_kind) as origins, max(origin_kind) as last from base.sightings group by entry_key
),
mixed as (
    select entry_key, string_agg(distinct origin_kind, ' ' order by origin_kind) as origins
    from base.sightings
    semi join (select entry_key from kinds where origins <> last) using (entry_key)
    group by entry_key
)
select coalesce(m.origins, k.origins, '') as origins, e.state, count(*)
from (select entry_key, state from base.entries) e
left join kinds k using (entry_key)
left join mixed m using (entry_key)
group by all;

create table base.feed_counts (
    feed_id varchar not null,
    entries bigint not null,
    judged bigint not null,
    waiting bigint not null,
    given_up bigint not null,
    last_new_at timestamptz,
    polls bigint not null
);

insert into base.feed_counts
with pages as (
    select
        s.feed_id, count(*) as entries, count(e.article_key) as judged,
        count(*) filter (where e.state in ('pending', 'retry')) as waiting,
        count(*) filter (where e.state = 'gone') as given_up, max(s.first_seen_at) as last_new_at
    from (
        select feed_id, entry_key, min(first_seen_at) as first_seen_at
        from base.sightings
        where feed_id <> ''
        group by all
    ) s
    left join (select entry_key, state, article_key from base.entries) e using (entry_key)
    group by s.feed_id
)
select
    feed_id, coalesce(entries, 0), coalesce(judged, 0), coalesce(waiting, 0), coalesce(given_up, 0), last_new_at,
    coalesce(polls, 0)
from pages full join (select feed_id, count(*) as polls from base.polls group by feed_id) using (feed_id);

-- What outlet_drift compares: the newest pages of each outlet, the pages that were refused, and whose hosts they were on.
create table base.hosts (
    host varchar not null,
    site varchar not null
);

insert into base.hosts
select regexp_extract(url, '^https?://([^/:?#]+)', 1) as host, min(site)
from (select url, site from base.articles union all select url, site from base.revisions)
where site <> ''
group by host;

create table base.refused_pages as
select entry_id, entry_key, regexp_extract(url, '^https?://([^/:?#]+)', 1) as host, attempted_at
from base.entries
where state in ('retry', 'gone')
    and kind in ('bot_wall', 'consent_wall', 'script_wall', 'soft_404', 'no_text', 'too_short');

create table base.newest_pages as
select
    site, article_id, article_key, captured_at, text_chars, page_chars, method, published_at is null as undated,
    published_at is not null and published_precision <> 'minute' as clockless, quality, lengths
from base.articles
where site <> ''
qualify row_number() over (partition by site order by captured_at desc, article_id desc) <= 220;

update base.feed_states s
set outcome = p.outcome, message = p.message
from base.polls p
where p.feed_id = s.feed_id and p.polled_at = s.polled_at and p.digest = s.digest;
