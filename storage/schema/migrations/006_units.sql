-- Where every unit of a backfill stands.
create table base.units (
    unit_id varchar not null,
    source varchar not null,
    kind varchar not null,
    locator varchar not null,
    options varchar not null,
    size bigint not null,
    state varchar not null,
    cursor varchar not null,
    position bigint not null,
    step bigint not null,
    attempts bigint not null,
    next_attempt_at timestamptz,
    problem varchar not null,
    message varchar not null,
    counts map(varchar, bigint) not null,
    updated_at timestamptz not null,
    run_id varchar not null,
    digest varchar not null,
    found_at timestamptz not null
);
