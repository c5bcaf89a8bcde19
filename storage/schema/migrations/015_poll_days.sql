-- Polls older than the setting poll_days, counted by feed and day; the next load moves them here (storage/load/merge/facts.sql).
create table base.poll_days (
    feed_id varchar not null,
    polled_on date not null,
    polls bigint not null,
    new_documents bigint not null,
    unchanged bigint not null,
    failed bigint not null,
    entries_seen bigint not null,
    skipped bigint not null,
    bytes bigint not null,
    seconds double not null
);
