-- The views are the contract with analysts. The tables in schema base may change; a view may only gain columns.
-- All files here run after every migration and whenever one of them changed, so every statement may run any number of
-- times. Days are UTC days, whatever the time zone of the session.

-- One table and no join, so that DuckDB reads the long columns only of the rows asked for.
create or replace view stories as
select
    article_id as id,
    url,
    title,
    site,
    published_at,
    cast(published_at at time zone 'UTC' as date) as published_day,
    published_precision,
    first_seen_at,
    language,
    score,
    coalesce(corrected_topics, topics) as topics,
    reason,
    entities,
    coalesce(corrected_countries, countries) as countries,
    sightings,
    coalesce(string_split(nullif(feeds, ''), ' '), []) as feeds,
    authors,
    section,
    tags,
    quality,
    coalesce(cluster_id, article_id) as cluster_id,
    captured_at,
    judged_at,
    rules_fingerprint,
    text as body,
    coalesce(site_name, '') as site_name,
    published_source,
    countries_named
from base.articles
-- A page that moved is one story, shown at its new address.
where coalesce(corrected_relevant, relevant) and moved_to is null;

comment on view stories is 'The corpus: one row per story kept, in its latest captured version.';
comment on column stories.id is 'SHA-256 (hex) of the canonical form of url; the other views call it story_id.';
comment on column stories.url is 'Address of the page.';
comment on column stories.title is 'Headline.';
comment on column stories.site is 'Registrable domain of the publisher.';
comment on column stories.published_at is 'Publication time (UTC) by the page, or else by the feed; null when neither states one.';
comment on column stories.published_day is 'UTC day of published_at.';
comment on column stories.published_precision is 'minute or day; empty when published_at is null.';
comment on column stories.first_seen_at is 'First sighting or first capture, whichever is earlier.';
comment on column stories.language is 'BCP 47 language of the text.';
comment on column stories.score is 'Score of the current verdict, in points.';
comment on column stories.topics is 'Topics, the main one first, with corrections; the view topics says what they mean.';
comment on column stories.reason is 'Reason for keeping it, in one sentence.';
comment on column stories.entities is 'Names of the entities of the watchlist it mentions, sorted; details in mentions.';
comment on column stories.countries is 'Countries (ISO 3166-1 alpha-2) the story is about, with corrections, sorted: where a measure applies, who acts, who is accused; never just a firm''s home. Why: roles.';
comment on column stories.countries_named is 'Countries of everything it names, firms'' homes included, sorted.';
comment on column stories.sightings is 'Number of origins (feeds, listings, archives) that announced its address; details in sightings.';
comment on column stories.feeds is 'Ids of the feeds that announced it, sorted.';
comment on column stories.authors is 'Authors as the page names them.';
comment on column stories.section is 'Section of the publication, from the page.';
comment on column stories.tags is 'Keywords, from the page.';
comment on column stories.quality is 'Flags on the text: too_short, paywall, consent_wall, ...';
comment on column stories.cluster_id is 'Equal for stories with the same text (copies, edited or shortened versions, teasers); see clusters and cluster_members.';
comment on column stories.captured_at is 'When the page of this row was served.';
comment on column stories.judged_at is 'When the current verdict was made.';
comment on column stories.rules_fingerprint is 'Fingerprint of the rules that made the current verdict.';
comment on column stories.body is 'Cleaned text.';
comment on column stories.published_source is 'Source of published_at: json-ld, meta, microdata, feed, url or visible; empty when it is null. All claims: ledger.dates.';
comment on column stories.site_name is 'Name of the outlet, from the page; may be empty.';

-- Entries that led to a story, and those that did not, each by a column as it is stored: only so does a question for one
-- story skip the titles and addresses of all others.
create or replace view sightings as
select
    e.article_id as story_id, e.entry_id, e.url, e.title, s.origin_kind, s.origin_locator, s.feed_id,
    f.title as feed, s.rank, s.first_seen_at, coalesce(s.last_version_at, s.last_seen_at) as last_seen_at, s.versions
from base.entries e
join base.sightings s on s.entry_key = e.entry_key
left join base.feeds f on f.feed_id = s.feed_id
where s.versions is not null and e.article_id is not null
union all
select
    e.entry_id, e.entry_id, e.url, e.title, s.origin_kind, s.origin_locator, s.feed_id, f.title, s.rank, s.first_seen_at,
    coalesce(s.last_version_at, s.last_seen_at), s.versions
from base.entries e
join base.sightings s on s.entry_key = e.entry_key
left join base.feeds f on f.feed_id = s.feed_id
where s.versions is not null and e.article_id is null
union all
-- Pages of WARC files, which have no entry unless they were announced as well.
select
    s.entry_id, s.entry_id, a.url, a.title, s.origin_kind, s.origin_locator, s.feed_id, null, s.rank, s.first_seen_at,
    coalesce(s.last_version_at, s.last_seen_at), s.versions
from (
    -- By row numbers: where there are none, no id of all the others is read.
    select * from base.sightings
    where rowid in (
        select rowid from base.sightings
        where versions is not null and origin_kind not in ('feed', 'sitemap', 'wordpress', 'url-list', 'gdelt')
    )
) s
left join base.articles a on a.article_key = s.entry_key
where s.entry_key not in (
    select entry_key
    from base.entries
    semi join (
        select entry_key from base.sightings where origin_kind not in ('feed', 'sitemap', 'wordpress', 'url-list', 'gdelt')
    ) using (entry_key)
);
comment on view sightings is 'One row per address and origin that announced it (feed, sitemap, archive), whether its page was kept or not.';
comment on column sightings.story_id is 'Joins stories.id and ledger.id once the page was read.';
comment on column sightings.entry_id is 'Joins entries.id; SHA-256 (hex) of the announced canonical address.';
comment on column sightings.url is 'Address as announced.';
comment on column sightings.title is 'Title as announced.';
comment on column sightings.origin_kind is 'feed, sitemap, wordpress, url-list, wayback, warc or gdelt.';
comment on column sightings.origin_locator is 'Feed id, sitemap address, capture time, or WARC file and offset in bytes.';
comment on column sightings.feed_id is 'Id of the feed in the watchlist; empty for other origins.';
comment on column sightings.feed is 'Title of the feed in the watchlist.';
comment on column sightings.rank is 'Position in the feed when first seen; 0 is the first.';
comment on column sightings.first_seen_at is 'When this origin first announced it.';
comment on column sightings.last_seen_at is 'When this origin last announced it.';
comment on column sightings.versions is 'Number of different announcements (title, summary, update time) by this origin; 33 means 33 or more.';

create or replace view entries as
select
    e.entry_id as id,
    e.url,
    e.title,
    e.published_at,
    e.latest_published_at,
    e.state,
    e.attempts,
    e.attempted_at,
    e.next_attempt_at,
    e.retry_after_at,
    e.status,
    e.kind as problem,
    e.message,
    e.first_seen_at,
    e.announced_at,
    e.changed_at,
    e.feed_id,
    e.article_id as story_id,
    e.first_run_id as run_id,
    e.retrying_since
from base.entries e;

comment on view entries is 'Every announced address and the state of its page.';
comment on column entries.id is 'SHA-256 (hex) of the canonical address.';
comment on column entries.url is 'Address to fetch.';
comment on column entries.title is 'Title as last announced.';
comment on column entries.published_at is 'Publication time as first announced.';
comment on column entries.latest_published_at is 'Publication time in the latest announcement: some feeds give an item another date at every poll.';
comment on column entries.state is 'pending (to be fetched), done, retry (to be fetched again; with problem walled it was judged on the part that is shown) or gone (given up, see problem).';
comment on column entries.attempts is 'Attempts since the entry last became pending.';
comment on column entries.attempted_at is 'Time of the last attempt.';
comment on column entries.next_attempt_at is 'No attempt is made before this time.';
comment on column entries.retry_after_at is 'The server asked for no request before this time (Retry-After).';
comment on column entries.status is 'HTTP status code of the last attempt.';
comment on column entries.problem is 'Short name of the problem of the last attempt, such as timeout or http_404; empty after a success.';
comment on column entries.message is 'The problem in one sentence.';
comment on column entries.first_seen_at is 'When it was first announced.';
comment on column entries.announced_at is 'When it was last announced.';
comment on column entries.changed_at is 'When an origin last announced a changed version; null when none did.';
comment on column entries.feed_id is 'Feed of the latest announcement.';
comment on column entries.story_id is 'Joins stories.id and ledger.id; null until the page was read.';
comment on column entries.run_id is 'Run that first saw it.';
comment on column entries.retrying_since is 'Time of the first failed attempt since the last success; null when the last attempt succeeded.';
