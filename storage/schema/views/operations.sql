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

comment on view feed_health is 'One row per feed that is in the watchlist or was ever polled: its status and what it brings.';
comment on column feed_health.feed_id is 'Id in the watchlist.';
comment on column feed_health.title is 'Title in the watchlist.';
comment on column feed_health.url is 'Address polled; differs from the watchlist after a permanent redirect.';
comment on column feed_health.status is 'ok, failing, stopped (polling ended for good, such as after HTTP 410), off (by the watchlist) or never polled.';
comment on column feed_health.problem is 'Reason for a status other than ok; empty when ok.';
comment on column feed_health.polled_at is 'Time of the last poll.';
comment on column feed_health.last_outcome is 'Outcome of the last poll: new, unchanged or failed.';
comment on column feed_health.failures is 'Number of polls in a row that failed.';
comment on column feed_health.first_failed_at is 'Time of the first of these failed polls.';
comment on column feed_health.next_poll_at is 'Scheduled runs do not poll the feed before this time.';
comment on column feed_health.retry_after_at is 'The server asked for no request before this time (Retry-After).';
comment on column feed_health.moved_to is 'Target of a permanent redirect that has not been adopted yet.';
comment on column feed_health.entries is 'Number of addresses it announced so far.';
comment on column feed_health.last_new_at is 'When it last announced a new address.';
comment on column feed_health.stories is 'Number of stories kept that it announced.';
comment on column feed_health.publisher is 'Publisher, from the watchlist.';
comment on column feed_health.language is 'Language (BCP 47), from the watchlist.';
comment on column feed_health.country is 'Country (ISO 3166-1 alpha-2), from the watchlist.';
comment on column feed_health.category is 'Category, from the watchlist.';

create or replace view polls as
select run_id, feed_id, polled_at, outcome, status, entries_seen, skipped, bytes, seconds, message from base.polls;

comment on view polls is 'Every poll of a feed.';
comment on column polls.run_id is 'Run that polled.';
comment on column polls.feed_id is 'Feed polled.';
comment on column polls.polled_at is 'Time of the poll.';
comment on column polls.outcome is 'new (a document was sent), unchanged or failed.';
comment on column polls.status is 'HTTP status code; null when no answer came.';
comment on column polls.entries_seen is 'Number of usable entries in the document.';
comment on column polls.skipped is 'Number of entries that could not be used.';
comment on column polls.bytes is 'Size of the document in bytes.';
comment on column polls.seconds is 'Duration of the poll in seconds.';
comment on column polls.message is 'What went wrong, or a remark; may be empty.';

create or replace view runs as
select
    run_id, flow, started_at, ended_at, round(date_diff('millisecond', started_at, ended_at) / 1000, 1) as seconds,
    state, message, counts
from base.runs;

comment on view runs is 'Every run of a flow. A run in state Running is at work or was killed.';
comment on column runs.run_id is 'Id of the run.';
comment on column runs.flow is 'Name of the flow: ingest, refilter, or backfill and its source.';
comment on column runs.started_at is 'When it started.';
comment on column runs.ended_at is 'When it ended. In state Running: the last time it reported progress, null before the first report.';
comment on column runs.seconds is 'Duration in seconds, up to ended_at.';
comment on column runs.state is 'Running, Completed or Failed; a killed run stays Running.';
comment on column runs.message is 'Summary of the run in one sentence.';
comment on column runs.counts is 'Counts by name: what the run polled, fetched, judged and kept.';

create or replace view failures as
select run_id, url, stage, kind, message, transient, failed_at, origin_kind, origin_locator from base.failures;

comment on view failures is 'Everything that could not be done, at any stage.';
comment on column failures.run_id is 'Run in which it failed.';
comment on column failures.url is 'Address of the feed or page concerned.';
comment on column failures.stage is 'poll, parse, fetch, extract or load.';
comment on column failures.kind is 'Short name of the problem, such as timeout or http_404.';
comment on column failures.message is 'The problem in one sentence.';
comment on column failures.transient is 'Whether another attempt may succeed.';
comment on column failures.failed_at is 'When it failed.';
comment on column failures.origin_kind is 'Kind of origin of the address: feed, sitemap, wordpress, url-list, wayback, warc, gdelt or archive.';
comment on column failures.origin_locator is 'Feed id, sitemap address, capture time, or WARC file and offset in bytes.';

create or replace view backfill_units as
select
    unit_id as id, source, kind, locator, options, state,
    case when state = 'done' then 1.0 when size > 0 then least(1.0, position / size) end as share,
    position, size, attempts, next_attempt_at, problem, message, counts, found_at, updated_at, run_id
from base.units;

comment on view backfill_units is 'Units of work of all backfills, such as a WARC file, a sitemap or a query: their progress and what they brought.';
comment on column backfill_units.id is 'Hash of source, kind, locator and options.';
comment on column backfill_units.source is 'warc, wayback, sitemap, wordpress, gdelt or url-list.';
comment on column backfill_units.kind is 'What the locator names: file, index, captures, slot, ...';
comment on column backfill_units.locator is 'Path or address of what is read.';
comment on column backfill_units.options is 'Other settings that decide what is read (dates, filters), as JSON.';
comment on column backfill_units.state is 'pending, running (begun; the next run resumes it), done or failed.';
comment on column backfill_units.share is 'Share that is read, 0 to 1; null while the size is unknown.';
comment on column backfill_units.position is 'Amount read so far, in the measure of size.';
comment on column backfill_units.size is 'Amount to read, in bytes or rows by source; 0 when unknown.';
comment on column backfill_units.attempts is 'Number of failed attempts in a row.';
comment on column backfill_units.next_attempt_at is 'When a failed unit is tried again; null when it is not.';
comment on column backfill_units.problem is 'Short name of the last problem, such as timeout; empty when there is none.';
comment on column backfill_units.message is 'The problem in one sentence.';
comment on column backfill_units.counts is 'What the unit held so far, by name: pages, entries, pages stopped by each gate, pages kept, pages skipped and why.';
comment on column backfill_units.found_at is 'When the unit was first known.';
comment on column backfill_units.updated_at is 'Start of the run that last worked on it.';
comment on column backfill_units.run_id is 'That run.';
