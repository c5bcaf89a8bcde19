-- Subscriptions, polling states, gaps and alerts: the latest record of each wins.

create or replace temp table merged as
select * from (
    select * from in_subscription
    union all by name
    select * from base.feeds semi join in_subscription using (feed_id)
)
qualify row_number() over (partition by feed_id order by synced_at desc, digest desc) = 1;

delete from base.feeds where feed_id in (select feed_id from merged);

insert into base.feeds by name select * from merged;

create or replace temp table merged as
select * from (
    select
        feed_id, url, etag, last_modified, body_hash, checked_at, failures, first_failed_at, next_poll_at,
        retry_after_at, moved_to, moved_count, disabled_reason, subscribed_url, outcome, message, health,
        health_since, problem, proposed_url, newest_at, memory, polled_at, digest
    from in_poll
    union all by name
    select * from base.feed_states semi join in_poll using (feed_id)
)
qualify row_number() over (partition by feed_id order by polled_at desc, digest desc) = 1;

delete from base.feed_states where feed_id in (select feed_id from merged);

insert into base.feed_states by name select * from merged;

create or replace temp table merged as
select * from (
    select * from in_gap
    union all by name
    select * from base.gaps semi join in_gap using (gap_id)
)
qualify row_number() over (partition by gap_id order by changed_at desc, digest desc) = 1;

delete from base.gaps where gap_id in (select gap_id from merged);

insert into base.gaps by name select * from merged order by to_at, gap_id;

create or replace temp table merged as
select * from (
    select * from in_alert
    union all by name
    select * from base.alerts semi join in_alert using (alert_id, channel)
)
qualify row_number() over (
    partition by alert_id, channel order by state <> 'waiting' desc, changed_at desc, digest desc
) = 1;

delete from base.alerts where (alert_id, channel) in (select (alert_id, channel) from merged);

insert into base.alerts by name select * from merged order by raised_at, alert_id, channel;
