-- Versions of articles: one row per article and exact content. The version with the latest capture is the article,
-- among verdicts on one capture the latest; the others are its revisions. Two exceptions: a version that shows less of
-- the story (a wall, a notice, a front page) never replaces one that shows more; and if page A declares page B its
-- original, A represents the story only until B has been read. Texts are read only of articles that change: reading the
-- whole text column would make a load slower as the corpus grows.

create or replace temp table judged_keys as
select distinct md5_number_lower(article_id) as article_key from in_judged;

create or replace temp table slim as
select
    'articles' as stored_in, rowid as row, article_id, content_id, captured_at, judged_at, digest, first_captured_at,
    text_kept, raw_ref, coalesce(entry_id = article_id, true) as own, quality
from base.articles
where rowid in (select rowid from base.articles semi join judged_keys using (article_key))
    and article_id in (select article_id from in_judged)
union all by name
select
    'revisions' as stored_in, rowid as row, article_id, content_id, captured_at, judged_at, digest,
    first_captured_at, text_kept, raw_ref, coalesce(entry_id = article_id, true) as own, quality
from base.revisions
where rowid in (select rowid from base.revisions semi join judged_keys using (article_key))
    and article_id in (select article_id from in_judged)
union all by name
select
    'spool' as stored_in, article_id, content_id, captured_at, judged_at, digest, captured_at as first_captured_at,
    text_kept, raw_ref, coalesce(entry_id = article_id, true) as own, quality
from in_judged;

create or replace temp table versions as
select
    * exclude (hidden),
    case
        when row_number() over (
            partition by article_id
            order by own desc, hidden, captured_at desc, judged_at desc, digest desc
        ) = 1
        then 'articles' else 'revisions'
    end as target
from (
    select
        * exclude (first_captured_at, text_kept, raw_ref, quality),
        -- How much of the story this version hides: 2 all or most, 1 the part behind a paywall, 0 nothing.
        case
            when list_has_any(
                coalesce(quality, []),
                ['bot_wall', 'consent_wall', 'script_wall', 'soft_404', 'no_story', 'listing_page', 'garbled', 'too_short']
            ) then 2
            when list_contains(coalesce(quality, []), 'paywall') then 1
            else 0
        end as hidden,
        first_captured_at as own_first, text_kept as own_text, raw_ref as own_ref,
        min(first_captured_at) over version as first_captured_at,
        bool_or(text_kept) over version as text_kept,
        max(raw_ref) over version as raw_ref
    from slim
    window version as (partition by article_id, content_id)
    -- stored_in last: of a stored row and its duplicate in the spool, the stored row stays.
    qualify row_number() over (
        partition by article_id, content_id order by own desc, captured_at desc, judged_at desc, digest desc, stored_in
    ) = 1
);

create or replace temp table changed as
select distinct article_id
from versions
where stored_in <> target or own_first <> first_captured_at or own_text <> text_kept
    or own_ref is distinct from raw_ref;

create or replace temp table pool as
-- The summaries of a story are made again for every article judged (clusters.py, summaries.sql).
select
    * exclude (
        entities, countries, countries_named, sightings, first_seen_at, last_seen_at, feeds, feeds_seen_at, cluster_id, moved_to, agency,
        corrected_topics, corrected_countries, corrected_relevant
    )
from base.articles
where rowid in (select row from slim semi join changed using (article_id) where stored_in = 'articles')
union all by name
select *
from base.revisions
where rowid in (select row from slim semi join changed using (article_id) where stored_in = 'revisions')
union all by name
select * exclude (fingerprint_version, text_key, shingles, bands, anchors, agency), captured_at as first_captured_at
from in_judged semi join changed using (article_id);

create or replace temp table merged as
select distinct on (v.article_id, v.content_id)
    v.target,
    p.* replace (
        v.first_captured_at as first_captured_at, v.raw_ref as raw_ref, v.text_kept as text_kept,
        coalesce(p.text, t.text) as text, md5_number_lower(p.article_id) as article_key,
        md5_number_lower(p.url) as url_key, md5_number_lower(p.entry_id) as entry_key
    )
from versions v
semi join changed using (article_id)
join pool p on p.article_id = v.article_id and p.content_id = v.content_id and p.digest = v.digest
left join (
    -- Equal content_id means equal text, so any of them will do.
    select article_id, content_id, any_value(text) as text from pool where text is not null group by all
) t on t.article_id = v.article_id and t.content_id = v.content_id;

delete from base.articles
where rowid in (select row from slim semi join changed using (article_id) where stored_in = 'articles');

delete from base.revisions
where rowid in (select row from slim semi join changed using (article_id) where stored_in = 'revisions');

insert into base.articles by name
select
    * exclude (target),
    case when relevant then list_sort(list_distinct([m.name for m in coalesce(mentions, [])])) end as entities,
    case when relevant then list_sort(list_distinct([m.country for m in coalesce(mentions, []) if m.country <> ''])) end
        as countries_named,
    case when relevant then coalesce(
        list_sort([r.entity for r in (facts).roles if r.type = 'country' and r.role <> 'named']), countries_named
    ) end as countries
from merged
where target = 'articles'
order by published_at, article_id;

insert into base.revisions by name
select * exclude (target) from merged where target = 'revisions' order by captured_at, article_id;
