-- How complete the corpus is, compared with an independent index of the press, and what it misses.
create table base.completeness (
    measure_id varchar not null,
    source varchar not null,
    since varchar not null,
    until varchar not null,
    files_read bigint not null,
    files bigint not null,
    candidates bigint not null,
    held bigint not null,
    rejected bigint not null,
    not_fetched bigint not null,
    not_announced bigint not null,
    not_watched bigint not null,
    sampled bigint not null,
    sampled_kept bigint not null,
    sampled_unread bigint not null,
    share double,
    low double not null,
    high double not null,
    measured_at timestamptz not null,
    digest varchar not null
);

create table base.missed_stories (
    measure_id varchar not null,
    entry_id varchar not null,
    url varchar not null,
    title varchar not null,
    site varchar not null,
    why varchar not null,
    detail varchar not null,
    is_story boolean,
    measured_at timestamptz not null,
    digest varchar not null
);
