-- What `status` shows needs no story; what each feed is worth reads them all.
create or replace macro base.feed_states_now() as table
select
    coalesce(f.feed_id, s.feed_id) as feed_id,
    f.title,
    coalesce(s.url, f.url) as url,
    case
        when not f.active then 'off'
        when s.feed_id is null then 'never polled'
        -- Records of versions that had no health yet.
        when s.health is null and s.disabled_reason is not null then 'gone'
        when s.health is null and s.failures > 0 then 'failing'
        else coalesce(s.health, 'ok')
    end as status,
    case when not f.active then null else coalesce(s.health_since, s.first_failed_at) end as since,
    case
        when not f.active then f.inactive_reason
        when s.health is null then coalesce(s.disabled_reason, case when s.failures > 0 then s.message end, '')
        else coalesce(s.problem, '')
    end as problem,
    case
        when not f.active or s.feed_id is null then ''
        when s.proposed_url is not null or s.health = 'moved'
            then 'in feeds.toml under [' || f.feed_id || ']: url = "' || coalesce(s.proposed_url, s.url)
                || '"  (or: fivegwatch feeds accept-move ' || f.feed_id || ')'
        else ''
    end as remedy,
    s.polled_at,
    s.outcome as last_outcome,
    s.failures,
    s.first_failed_at,
    s.next_poll_at,
    s.retry_after_at,
    s.moved_to,
    s.proposed_url,
    s.newest_at,
    coalesce(e.polls, 0) as polls,
    coalesce(e.entries, 0) as entries,
    e.last_new_at,
    coalesce(e.judged, 0) as pages_judged,
    coalesce(e.waiting, 0) as pages_waiting,
    coalesce(e.given_up, 0) as pages_given_up,
    coalesce(r.gaps, 0) as gaps,
    f.publisher,
    f.language,
    f.country,
    f.category
from base.feeds f
full join base.feed_states s on s.feed_id = f.feed_id
left join base.feed_counts e on e.feed_id = coalesce(f.feed_id, s.feed_id)
left join (select feed_id, count(*) as gaps from base.gaps group by feed_id) r
    on r.feed_id = coalesce(f.feed_id, s.feed_id);

comment on macro table base.feed_states_now is 'feed_health without what is counted in stories.';

-- Which feed brought a story first, and whether another did. Copies of a story in several outlets are one story.
create or replace view feed_health as
with brought as (
    -- The loader keeps when each feed of a story first announced it.
    select feed_id, story, min(seen_at) as seen_at
    from (
        select
            unnest(string_split(feeds, ' ')) as feed_id,
            make_timestamptz(unnest(string_split(feeds_seen_at, ' '))::bigint) as seen_at,
            coalesce(cluster_id, article_id) as story
        from base.articles
        where coalesce(corrected_relevant, relevant) and feeds <> ''
    )
    group by all
),
worth as (
    select
        feed_id,
        count(*) as stories,
        count(*) filter (where seen_at = first_at and feeds > 1) as first_with,
        count(*) filter (where feeds = 1) as only_with,
        round(median(date_diff('minute', seen_at, next_at) / 60) filter (where seen_at = first_at and feeds > 1), 1) as lead_hours
    from (
        select
            *,
            min(seen_at) over story as first_at,
            count(*) over story as feeds,
            lead(seen_at) over (partition by story order by seen_at, feed_id) as next_at
        from brought
        window story as (partition by story)
    )
    group by feed_id
)
select
    f.* exclude (gaps, publisher, language, country, category),
    coalesce(w.stories, 0) as stories,
    coalesce(w.first_with, 0) as first_with,
    coalesce(w.only_with, 0) as only_with,
    w.lead_hours,
    f.gaps,
    f.publisher,
    f.language,
    f.country,
    f.category
from base.feed_states_now() f
left join worth w using (feed_id);

comment on view feed_health is 'One row per feed that is in the watchlist or was ever polled: its status and what it brings.';
comment on column feed_health.feed_id is 'Id in the watchlist.';
comment on column feed_health.title is 'Title in the watchlist.';
comment on column feed_health.url is 'Address polled; differs from the watchlist after a permanent redirect.';
comment on column feed_health.status is 'ok; quiet (no news for a while, as usual for it); overdue (no news for longer than its rhythm explains); silent (answers without items); failing; blocked (it answers, its pages do not); walled (its server refuses us); moved (polled at a new address); gone (404, 410; still tried, ever more rarely); off (by the watchlist); never polled.';
comment on column feed_health.since is 'Since when it has this status.';
comment on column feed_health.problem is 'What is wrong, in one sentence; for off the reason in the watchlist; empty when nothing is.';
comment on column feed_health.remedy is 'The line to edit in feeds.toml, where a new address is known; else empty.';
comment on column feed_health.polled_at is 'Time of the last poll.';
comment on column feed_health.last_outcome is 'Outcome of the last poll: new, unchanged or failed.';
comment on column feed_health.failures is 'Number of polls in a row that failed.';
comment on column feed_health.first_failed_at is 'Time of the first of these failed polls.';
comment on column feed_health.next_poll_at is 'Scheduled runs do not poll the feed before this time.';
comment on column feed_health.retry_after_at is 'The server asked for no request before this time (Retry-After).';
comment on column feed_health.moved_to is 'Target of a permanent redirect that has not been adopted yet.';
comment on column feed_health.proposed_url is 'Feed that the site names now, looked for after this one failed; null when none was found.';
comment on column feed_health.newest_at is 'When its newest item came, as far as known.';
comment on column feed_health.polls is 'Number of polls so far.';
comment on column feed_health.entries is 'Number of addresses it announced so far.';
comment on column feed_health.last_new_at is 'When it last announced a new address.';
comment on column feed_health.pages_judged is 'Number of these whose page was read and judged.';
comment on column feed_health.pages_waiting is 'Number of these whose page is still to be read.';
comment on column feed_health.pages_given_up is 'Number of these whose page was given up.';
comment on column feed_health.stories is 'Number of stories kept that it announced; copies in several outlets count once.';
comment on column feed_health.first_with is 'Number of these that another feed announced later.';
comment on column feed_health.only_with is 'Number of these that no other feed announced.';
comment on column feed_health.lead_hours is 'Median lead over the next feed, in hours, of the stories it was first with; null when there are none.';
comment on column feed_health.gaps is 'Number of times that its document had changed completely between two polls.';
comment on column feed_health.publisher is 'Publisher, from the watchlist.';
comment on column feed_health.language is 'Language (BCP 47), from the watchlist.';
comment on column feed_health.country is 'Country (ISO 3166-1 alpha-2), from the watchlist.';
comment on column feed_health.category is 'Category, from the watchlist.';

create or replace view transitions as
select run_id, feed_id, changed_at, before, after, event, problem, url, proposed_url from base.transitions;

comment on view transitions is 'Changes of the health of feeds, except between ok and quiet, and of the installation itself.';
comment on column transitions.run_id is 'Run that noticed it.';
comment on column transitions.feed_id is 'Id of the feed; ~network (our own network) or ~runs (the runs) for the installation; ~drift SITE for an outlet whose newest pages differ (outlet_drift).';
comment on column transitions.changed_at is 'When it was noticed.';
comment on column transitions.before is 'Status before; empty at the first poll.';
comment on column transitions.after is 'Status after.';
comment on column transitions.event is 'begins, changes or ends when it is worth an alert; else empty.';
comment on column transitions.problem is 'What is wrong, in one sentence.';
comment on column transitions.url is 'Address polled.';
comment on column transitions.proposed_url is 'Feed that the site names now; null when none was found.';

create or replace view gaps as
select gap_id as id, feed_id, from_at, to_at, at_most, state, filled, method, message, changed_at from base.gaps;

comment on view gaps is 'Pairs of polls of a feed whose documents share no item: items between them may have been missed.';
comment on column gaps.id is 'Hash of feed and time.';
comment on column gaps.feed_id is 'Id of the feed.';
comment on column gaps.from_at is 'Time of the earlier poll.';
comment on column gaps.to_at is 'Time of the later poll.';
comment on column gaps.at_most is 'The most items that may have been missed, by the rhythm of the feed.';
comment on column gaps.state is 'open (not tried yet), filled, or failed (nothing on the site lists the items of that time).';
comment on column gaps.filled is 'Number of addresses found that no feed had announced; they are entries now.';
comment on column gaps.method is 'Where they were found: paged feed or sitemap; empty when nowhere.';
comment on column gaps.message is 'Result of the attempt, in one sentence.';
comment on column gaps.changed_at is 'When this was recorded.';

create or replace view completeness as
select
    source, since::date as since, until::date as until, round(share, 3) as share, round(low, 3) as low,
    round(high, 3) as high, candidates, held, rejected, not_fetched + not_announced + not_watched as missed,
    not_fetched, not_announced, not_watched, sampled, sampled_kept, sampled_unread, files_read, files, measured_at
from base.completeness;

comment on view completeness is 'The share of an independent index''s stories that the corpus has: one row per source and range of days, as `fivegwatch coverage` measured it last.';
comment on column completeness.source is 'The index: gdelt or news-crawl (CC-NEWS).';
comment on column completeness.since is 'First day (UTC) of the index.';
comment on column completeness.until is 'Last day, included.';
comment on column completeness.share is 'Share of its stories that the corpus has, 0 to 1; null if nothing is known of the unread candidates.';
comment on column completeness.low is 'Lower bound of the share.';
comment on column completeness.high is 'Upper bound of the share.';
comment on column completeness.candidates is 'Number of addresses in the index that the watchlist may want.';
comment on column completeness.held is 'Number of these kept as a story, under this address or, by headline, another one.';
comment on column completeness.rejected is 'Number of these that were read and rejected: no stories by our rules.';
comment on column completeness.missed is 'Number of these that were never read.';
comment on column completeness.not_fetched is 'Number of missed ones that a feed announced and whose page waits or was given up.';
comment on column completeness.not_announced is 'Number of missed ones of an outlet whose feeds are polled.';
comment on column completeness.not_watched is 'Number of missed ones of outlets without a feed in the watchlist.';
comment on column completeness.sampled is 'Number of missed ones whose page was asked for.';
comment on column completeness.sampled_kept is 'Number of these that are stories by our rules.';
comment on column completeness.sampled_unread is 'Number of these that could not be read.';
comment on column completeness.files_read is 'Number of the index''s files that were read.';
comment on column completeness.files is 'Number of files that it has for these days.';
comment on column completeness.measured_at is 'When it was measured.';

create or replace view missed_stories as
select
    m.entry_id as id, m.url, m.title, m.site, c.source, c.since::date as since, c.until::date as until, m.why, m.detail,
    m.is_story
from base.missed_stories m
join base.completeness c using (measure_id, measured_at);

comment on view missed_stories is 'What an independent index had and the corpus has not, and why, at the last measurement; see completeness.';
comment on column missed_stories.id is 'SHA-256 (hex) of the canonical form of url; joins entries.id and ledger.id.';
comment on column missed_stories.url is 'Address in the index.';
comment on column missed_stories.title is 'Title in the index; may be empty.';
comment on column missed_stories.site is 'Registrable domain.';
comment on column missed_stories.source is 'The index: gdelt or news-crawl.';
comment on column missed_stories.since is 'First day (UTC) of the measurement.';
comment on column missed_stories.until is 'Last day, included.';
comment on column missed_stories.why is 'not_watched (no feed of this outlet), not_announced (its feeds did not name it), not_fetched (its page waits or was given up) or rejected.';
comment on column missed_stories.detail is 'Why, in one sentence: for rejected the reason of the verdict.';
comment on column missed_stories.is_story is 'Whether it is a story by our rules; null if its page was not read.';

create or replace view alerts as
select
    alert_id as id, channel, raised_at, subject, kind, title, text, url, state, attempts, next_attempt_at, problem,
    changed_at
from base.alerts;

comment on view alerts is 'Every alert for every channel, and whether it was delivered.';
comment on column alerts.id is 'Hash of its content; no alert is sent twice to a channel.';
comment on column alerts.channel is 'Name of the channel in fivegwatch.toml.';
comment on column alerts.raised_at is 'When it was raised.';
comment on column alerts.subject is 'Feed id, ~network, ~runs, site of an outlet, or the name of a saved condition.';
comment on column alerts.kind is 'Status of the feed, failed, offline, gap, drift or story.';
comment on column alerts.title is 'The alert in one line.';
comment on column alerts.text is 'The alert in full, plain text.';
comment on column alerts.url is 'Address of what it is about; may be empty.';
comment on column alerts.state is 'waiting, sent or given up.';
comment on column alerts.attempts is 'Number of failed deliveries.';
comment on column alerts.next_attempt_at is 'No delivery is tried before this time.';
comment on column alerts.problem is 'Why the last delivery failed; empty when it did not.';
comment on column alerts.changed_at is 'When this was recorded.';

create or replace view polls as
select run_id, feed_id, polled_at, outcome, status, entries_seen, skipped, bytes, seconds, message from base.polls;

comment on view polls is 'Every poll of a feed in the last days (setting poll_days, 90 by default); poll_days counts older ones.';
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

create or replace view poll_days as
select
    feed_id, polled_on, sum(polls)::bigint as polls, sum(new_documents)::bigint as new_documents,
    sum(unchanged)::bigint as unchanged, sum(failed)::bigint as failed, sum(entries_seen)::bigint as entries_seen,
    sum(skipped)::bigint as skipped, sum(bytes)::bigint as bytes, sum(seconds) as seconds
from (
    select
        feed_id, polled_at::date as polled_on, 1 as polls, (outcome = 'new')::bigint as new_documents,
        (outcome = 'unchanged')::bigint as unchanged, (outcome = 'failed')::bigint as failed, entries_seen, skipped, bytes,
        seconds
    from base.polls
    union all by name
    from base.poll_days
)
group by feed_id, polled_on;

comment on view poll_days is 'Polls of each feed by day (UTC), from the first day on: one row a feed and day with a poll.';
comment on column poll_days.feed_id is 'Feed polled.';
comment on column poll_days.polled_on is 'Day (UTC).';
comment on column poll_days.polls is 'Number of polls.';
comment on column poll_days.new_documents is 'Number of polls that brought a document.';
comment on column poll_days.unchanged is 'Number of polls answered with "unchanged".';
comment on column poll_days.failed is 'Number of polls that failed.';
comment on column poll_days.entries_seen is 'Number of usable entries in the documents of these polls; an entry counts at every poll.';
comment on column poll_days.skipped is 'Number of entries that could not be used, counted alike.';
comment on column poll_days.bytes is 'Size of the documents in bytes, all together.';
comment on column poll_days.seconds is 'Duration of the polls in seconds, all together.';

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
comment on column runs.state is 'Running, Completed or Failed; a killed run is Running until the next run records it as Failed.';
comment on column runs.message is 'Summary of the run in one sentence.';
comment on column runs.counts is 'Counts by name: what the run polled, fetched, judged and kept.';

create or replace view failures as
select run_id, url, stage, kind, message, transient, failed_at, repeats, origin_kind, origin_locator from base.failures;

comment on view failures is 'Everything that could not be done, at any stage; of one address, stage and kind the latest 16.';
comment on column failures.run_id is 'Run in which it failed.';
comment on column failures.url is 'Address of the feed or page concerned.';
comment on column failures.stage is 'poll, parse, fetch, extract or load.';
comment on column failures.kind is 'Short name of the problem, such as timeout or http_404.';
comment on column failures.message is 'The problem in one sentence.';
comment on column failures.transient is 'Whether another attempt may succeed.';
comment on column failures.failed_at is 'When it failed.';
comment on column failures.repeats is 'How often: polls or attempts in a row that failed, or entries of one document with this fault; null when unknown.';
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
