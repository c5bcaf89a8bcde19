-- Health of feeds, its changes, gaps between two polls, alerts. Failures that repeat are counted; the first date that a
-- feed claims for an entry stays.
alter table base.feed_states add column health varchar;
alter table base.feed_states add column health_since timestamptz;
alter table base.feed_states add column problem varchar;
alter table base.feed_states add column proposed_url varchar;
alter table base.feed_states add column newest_at timestamptz;
alter table base.feed_states add column memory varchar;

alter table base.failures add column repeats bigint;

alter table base.entries add column claimed_at timestamptz;
alter table base.entries add column claimed_by varchar;
alter table base.entries add column latest_published_at timestamptz;

create table base.transitions (
    run_id varchar not null,
    feed_id varchar not null,
    changed_at timestamptz not null,
    before varchar not null,
    after varchar not null,
    trouble varchar not null,
    event varchar not null,
    problem varchar not null,
    url varchar not null,
    proposed_url varchar,
    digest varchar not null
);

create table base.gaps (
    gap_id varchar not null,
    feed_id varchar not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    at_most bigint not null,
    state varchar not null,
    filled bigint not null,
    method varchar not null,
    message varchar not null,
    changed_at timestamptz not null,
    digest varchar not null
);

create table base.alerts (
    alert_id varchar not null,
    channel varchar not null,
    raised_at timestamptz not null,
    subject varchar not null,
    kind varchar not null,
    title varchar not null,
    text varchar not null,
    url varchar not null,
    state varchar not null,
    attempts bigint not null,
    next_attempt_at timestamptz,
    problem varchar not null,
    changed_at timestamptz not null,
    digest varchar not null
);
