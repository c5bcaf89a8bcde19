-- Facts (failures, decisions) are stored once each, by digest; polls by all their columns, as they are many. Only rows
-- from the earliest time in the batch on are compared; DuckDB's zone maps skip the others, however large the corpus.

set variable since = (select min(polled_at) from in_poll);

create or replace temp table new_polls as
select run_id, feed_id, polled_at, outcome, status, entries_seen, skipped, bytes, seconds, message from in_poll
except
select * from base.polls where polled_at >= getvariable('since');

insert into base.polls by name select * from new_polls order by polled_at, feed_id;

-- Whole days that ended before the last poll_days are counted, and their polls removed. Which days depends on the
-- latest poll alone, so that the order of loads does not matter. The clock bounds it, lest one poll stamped far in the
-- future count all. A counted poll cannot be compared with a later one; that no batch is loaded twice is then left to
-- load_log.
set variable counted_before = (
    select least(max(polled_at), now())::date - getvariable('poll_days')::integer from base.polls
);

create or replace temp table merged as
with counted as (
    select
        feed_id, polled_at::date as polled_on, count(*) as polls, count(*) filter (where outcome = 'new') as new_documents,
        count(*) filter (where outcome = 'unchanged') as unchanged, count(*) filter (where outcome = 'failed') as failed,
        sum(entries_seen) as entries_seen, sum(skipped) as skipped, sum(bytes) as bytes, sum(seconds) as seconds
    from base.polls
    where polled_at < getvariable('counted_before')
    group by all
)
select
    feed_id, polled_on, sum(polls)::bigint as polls, sum(new_documents)::bigint as new_documents,
    sum(unchanged)::bigint as unchanged, sum(failed)::bigint as failed, sum(entries_seen)::bigint as entries_seen,
    sum(skipped)::bigint as skipped, sum(bytes)::bigint as bytes, round(sum(seconds), 3) as seconds
from (
    from counted
    union all by name
    from base.poll_days semi join counted using (feed_id, polled_on)
)
group by feed_id, polled_on;

delete from base.poll_days where (feed_id, polled_on) in (select (feed_id, polled_on) from merged);

insert into base.poll_days by name select * from merged order by polled_on, feed_id;

delete from base.polls where polled_at < getvariable('counted_before');

set variable since = (select min(failed_at) from in_failure);

insert into base.failures by name
select * from in_failure
anti join (select digest from base.failures where failed_at >= getvariable('since')) known using (digest);

-- Of failures that repeat (one place, stage and kind) the latest stay; they say how often it happened in a row. Which
-- ones depends only on the set of failures, so the order of arrival does not matter.
create or replace temp table surplus as
select rowid as row
from base.failures
semi join (select distinct url, stage, kind from in_failure) using (url, stage, kind)
qualify row_number() over (partition by url, stage, kind order by failed_at desc, digest desc)
    > getvariable('failures_kept');

delete from base.failures where rowid in (select row from surplus);

set variable since = (select min(changed_at) from in_transition);

insert into base.transitions by name
select * from in_transition
anti join (select digest from base.transitions where changed_at >= getvariable('since')) known using (digest);

set variable since = (select min(judged_at) from in_judged);

insert into base.decisions by name
select
    article_id, text_hash, content_id, rules_fingerprint, captured_at, judged_at, relevant, near_miss, score,
    threshold, reason, stage, topics, matches, parts, title, url, run_id, digest,
    md5_number_lower(article_id) as article_key
from in_judged
anti join (select digest from base.decisions where judged_at >= getvariable('since')) known using (digest)
order by judged_at;

-- A run has a record at its start and one at its end; the latest end wins over a missing one.
create or replace temp table merged as
select * from (
    select * from in_run
    union all by name
    select * from base.runs semi join in_run using (run_id)
)
qualify row_number() over (
    partition by run_id order by ended_at desc nulls last, started_at desc, digest desc
) = 1;

delete from base.runs where run_id in (select run_id from merged);

insert into base.runs by name select * from merged;

insert into base.corrections by name
select * from in_correction anti join base.corrections known using (digest)
order by made_at, digest;
