create or replace view feed_health as
select
    coalesce(f.feed_id, s.feed_id) as feed_id,
    f.title,
    coalesce(s.url, f.url) as url,
    case
        when s.disabled_reason is not null then 'stopped'
        when not f.active then 'off'
        when s.feed_id is null then 'never polled'
        when s.failures > 0 then 'failing'
        else 'ok'
    end as status,
    case
        when s.disabled_reason is not null then s.disabled_reason
        when not f.active then f.inactive_reason
        when s.failures > 0 then p.message
        else ''
    end as problem,
    s.polled_at,
    p.outcome as last_outcome,
    s.failures,
    s.first_failed_at,
    s.next_poll_at,
    s.retry_after_at,
    s.moved_to,
    coalesce(e.entries, 0) as entries,
    e.last_new_at,
    coalesce(e.stories, 0) as stories,
    f.publisher,
    f.language,
    f.country,
    f.category
from base.feeds f
full join base.feed_states s on s.feed_id = f.feed_id
left join base.polls p on p.feed_id = s.feed_id and p.polled_at = s.polled_at and p.digest = s.digest
left join (
    select
        s.feed_id,
        count(distinct s.entry_id) as entries,
        max(s.first_seen_at) as last_new_at,
        count(distinct a.article_id) filter (where a.relevant) as stories
    from base.sightings s
    left join base.entries e on e.entry_id = s.entry_id
    left join (select article_id, relevant from base.articles where relevant) a
        on a.article_id = coalesce(e.article_id, s.entry_id)
    group by s.feed_id
) e on e.feed_id = coalesce(f.feed_id, s.feed_id);

comment on view feed_health is 'One row per feed of the watchlist or ever polled: does it work, and what does it bring?';
comment on column feed_health.feed_id is 'Id in the watchlist.';
comment on column feed_health.title is 'Title in the watchlist.';
comment on column feed_health.url is 'Address polled; differs from the watchlist after a proved permanent redirect.';
comment on column feed_health.status is 'ok, failing, stopped (gave itself up: 410), off (watchlist), never polled.';
comment on column feed_health.problem is 'What is wrong; empty when ok.';
comment on column feed_health.polled_at is 'Last poll.';
comment on column feed_health.last_outcome is 'new, unchanged or failed.';
comment on column feed_health.failures is 'Failed polls in a row.';
comment on column feed_health.first_failed_at is 'First of those.';
comment on column feed_health.next_poll_at is 'Not polled on schedule before then.';
comment on column feed_health.retry_after_at is 'The server asked us to wait until then.';
comment on column feed_health.moved_to is 'Target of a permanent redirect not yet taken over.';
comment on column feed_health.entries is 'Addresses it announced so far.';
comment on column feed_health.last_new_at is 'When it last announced something new.';
comment on column feed_health.stories is 'Stories kept that it announced.';
comment on column feed_health.publisher is 'Publisher, from the watchlist.';
comment on column feed_health.language is 'Language, from the watchlist.';
comment on column feed_health.country is 'Country, from the watchlist.';
comment on column feed_health.category is 'Category, from the watchlist.';

create or replace view polls as
select run_id, feed_id, polled_at, outcome, status, entries_seen, skipped, bytes, seconds, message from base.polls;

comment on view polls is 'Every poll of a feed.';
comment on column polls.run_id is 'Run that polled.';
comment on column polls.feed_id is 'Feed polled.';
comment on column polls.polled_at is 'When.';
comment on column polls.outcome is 'new (a document came), unchanged or failed.';
comment on column polls.status is 'HTTP status.';
comment on column polls.entries_seen is 'Usable entries in the document.';
comment on column polls.skipped is 'Entries that could not be used.';
comment on column polls.bytes is 'Size of the document.';
comment on column polls.seconds is 'How long it took.';
comment on column polls.message is 'What went wrong, or a remark.';

create or replace view runs as
select
    run_id, flow, started_at, ended_at, round(date_diff('millisecond', started_at, ended_at) / 1000, 1) as seconds,
    state, message, counts
from base.runs;

comment on view runs is 'Every run; one in state Running is at work or was killed.';
comment on column runs.run_id is 'Id of the run.';
comment on column runs.flow is 'Which flow.';
comment on column runs.started_at is 'Start.';
comment on column runs.ended_at is 'End; of a run that is at work or was killed its last sign of life, null before any.';
comment on column runs.seconds is 'How long it took.';
comment on column runs.state is 'Running, Completed or Failed.';
comment on column runs.message is 'Its summary.';
comment on column runs.counts is 'What it did, by name.';

create or replace view failures as
select run_id, url, stage, kind, message, transient, failed_at, origin_kind, origin_locator from base.failures;

comment on view failures is 'Everything that could not be done, at any stage.';
comment on column failures.run_id is 'Run it happened in.';
comment on column failures.url is 'About which address.';
comment on column failures.stage is 'poll, parse, fetch, extract or load.';
comment on column failures.kind is 'Slug of the problem: timeout, http_404, ...';
comment on column failures.message is 'The same in words.';
comment on column failures.transient is 'Whether trying again may help.';
comment on column failures.failed_at is 'When.';
comment on column failures.origin_kind is 'How we learned of the address.';
comment on column failures.origin_locator is 'Where exactly.';

create or replace view backfill_units as
select
    unit_id as id, source, kind, locator, options, state,
    case when state = 'done' then 1.0 when size > 0 then least(1.0, position / size) end as share,
    position, size, attempts, next_attempt_at, problem, message, counts, found_at, updated_at, run_id
from base.units;

comment on view backfill_units is 'Every unit of work of every backfill: a WARC file, a sitemap, a query; how far it is and what it brought.';
comment on column backfill_units.id is 'Identity of source, kind, locator and options.';
comment on column backfill_units.source is 'warc, wayback, sitemap, wordpress, gdelt or url-list.';
comment on column backfill_units.kind is 'What the locator names, a word of the source.';
comment on column backfill_units.locator is 'Path or address of what is read.';
comment on column backfill_units.options is 'What else decides what is read, as JSON: dates, filters.';
comment on column backfill_units.state is 'pending, running (begun, to be gone on with), done or failed.';
comment on column backfill_units.share is 'How much of it is read, 0 to 1; null while its size is unknown.';
comment on column backfill_units.position is 'How far it is read, in the measure of its size.';
comment on column backfill_units.size is 'How much there is to read (bytes, rows); 0 when unknown.';
comment on column backfill_units.attempts is 'Failed tries in a row.';
comment on column backfill_units.next_attempt_at is 'When a failed one is tried again; null for never of itself.';
comment on column backfill_units.problem is 'Slug of what went wrong last, or empty.';
comment on column backfill_units.message is 'The same in words.';
comment on column backfill_units.counts is 'What was found in it: pages, entries, what each gate stopped, what was kept, what was skipped and why.';
comment on column backfill_units.found_at is 'When it was first known.';
comment on column backfill_units.updated_at is 'Start of the run that last worked on it.';
comment on column backfill_units.run_id is 'That run.';
