create schema base;

create table base.schema_migrations (
    number integer not null,
    name varchar not null,
    sha256 varchar not null,
    applied_at timestamptz not null
);

create table base.meta (
    name varchar not null,
    value varchar not null
);

create table base.load_log (
    batch varchar not null,
    rows bigint not null,
    loaded_at timestamptz not null
);

create table base.feeds (
    feed_id varchar not null,
    url varchar not null,
    title varchar not null,
    site_url varchar,
    publisher varchar,
    language varchar,
    country varchar,
    category varchar,
    active boolean not null,
    inactive_reason varchar,
    synced_at timestamptz not null,
    digest varchar not null
);

create table base.feed_states (
    feed_id varchar not null,
    url varchar not null,
    etag varchar,
    last_modified varchar,
    body_hash varchar,
    checked_at timestamptz,
    failures bigint not null,
    first_failed_at timestamptz,
    next_poll_at timestamptz,
    retry_after_at timestamptz,
    moved_to varchar,
    moved_count bigint not null,
    disabled_reason varchar,
    polled_at timestamptz not null,
    digest varchar not null
);

create table base.polls (
    run_id varchar not null,
    feed_id varchar not null,
    polled_at timestamptz not null,
    outcome varchar not null,
    status bigint,
    entries_seen bigint not null,
    skipped bigint not null,
    bytes bigint not null,
    seconds double not null,
    message varchar,
    digest varchar not null
);

create table base.sightings (
    entry_id varchar not null,
    origin_kind varchar not null,
    origin_locator varchar not null,
    announced_hash varchar not null,
    feed_id varchar not null,
    rank bigint,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    run_id varchar not null,
    digest varchar not null
);

create table base.entries (
    entry_id varchar not null,
    url varchar not null,
    canonical_url varchar not null,
    title varchar not null,
    summary varchar using compression zstd,
    content varchar using compression zstd,
    guid varchar,
    authors varchar[],
    categories varchar[],
    published_at timestamptz,
    updated_at timestamptz,
    language varchar,
    origin_kind varchar not null,
    origin_locator varchar not null,
    feed_id varchar not null,
    variant varchar not null,
    announced_at timestamptz not null,
    first_seen_at timestamptz not null,
    first_run_id varchar not null,
    changes bigint not null,
    changed_at timestamptz,
    state varchar not null,
    attempts bigint not null,
    attempted_at timestamptz,
    next_attempt_at timestamptz,
    retry_after_at timestamptz,
    article_id varchar,
    etag varchar,
    last_modified varchar,
    status bigint,
    kind varchar,
    message varchar
);

create table base.attempts (
    entry_id varchar not null,
    attempted_at timestamptz not null,
    digest varchar not null,
    run_id varchar not null,
    state varchar not null,
    attempts bigint not null,
    next_attempt_at timestamptz,
    retry_after_at timestamptz,
    status bigint,
    kind varchar,
    message varchar,
    done_at timestamptz,
    done_digest varchar,
    etag varchar,
    last_modified varchar,
    article_at timestamptz,
    article_digest varchar,
    article_id varchar
);

create table base.articles (
    article_id varchar not null,
    content_id varchar not null,
    captured_at timestamptz not null,
    judged_at timestamptz not null,
    digest varchar not null,
    first_captured_at timestamptz not null,
    run_id varchar not null,
    entry_id varchar,
    url varchar not null,
    site varchar not null,
    title varchar not null,
    text varchar using compression zstd,
    text_kept boolean not null,
    authors varchar[],
    published_at timestamptz,
    published_precision varchar,
    published_source varchar,
    language varchar,
    section varchar,
    tags varchar[],
    text_hash varchar not null,
    text_chars bigint not null,
    method varchar,
    quality varchar[],
    page_hash varchar,
    raw_ref varchar,
    origin_kind varchar not null,
    origin_locator varchar not null,
    relevant boolean not null,
    near_miss boolean not null,
    score double not null,
    threshold double not null,
    reason varchar not null,
    stage varchar not null,
    topics varchar[],
    matches struct(rule varchar, facet varchar, field varchar, start bigint, "end" bigint, quote varchar)[],
    mentions struct(
        entity varchar, name varchar, type varchar, country varchar, count bigint, field varchar, start bigint
    )[],
    parts struct(name varchar, value double)[],
    rules_fingerprint varchar not null
);

create table base.revisions (
    article_id varchar not null,
    content_id varchar not null,
    captured_at timestamptz not null,
    judged_at timestamptz not null,
    digest varchar not null,
    first_captured_at timestamptz not null,
    run_id varchar not null,
    entry_id varchar,
    url varchar not null,
    site varchar not null,
    title varchar not null,
    text varchar using compression zstd,
    text_kept boolean not null,
    authors varchar[],
    published_at timestamptz,
    published_precision varchar,
    published_source varchar,
    language varchar,
    section varchar,
    tags varchar[],
    text_hash varchar not null,
    text_chars bigint not null,
    method varchar,
    quality varchar[],
    page_hash varchar,
    raw_ref varchar,
    origin_kind varchar not null,
    origin_locator varchar not null,
    relevant boolean not null,
    near_miss boolean not null,
    score double not null,
    threshold double not null,
    reason varchar not null,
    stage varchar not null,
    topics varchar[],
    matches struct(rule varchar, facet varchar, field varchar, start bigint, "end" bigint, quote varchar)[],
    mentions struct(
        entity varchar, name varchar, type varchar, country varchar, count bigint, field varchar, start bigint
    )[],
    parts struct(name varchar, value double)[],
    rules_fingerprint varchar not null
);

create table base.decisions (
    article_id varchar not null,
    text_hash varchar not null,
    content_id varchar not null,
    rules_fingerprint varchar not null,
    captured_at timestamptz not null,
    judged_at timestamptz not null,
    relevant boolean not null,
    near_miss boolean not null,
    score double not null,
    threshold double not null,
    reason varchar not null,
    stage varchar not null,
    topics varchar[],
    matches struct(rule varchar, facet varchar, field varchar, start bigint, "end" bigint, quote varchar)[],
    parts struct(name varchar, value double)[],
    title varchar not null,
    url varchar not null,
    run_id varchar not null,
    digest varchar not null
);

create table base.failures (
    run_id varchar not null,
    url varchar not null,
    stage varchar not null,
    kind varchar not null,
    message varchar not null,
    transient boolean not null,
    failed_at timestamptz not null,
    origin_kind varchar,
    origin_locator varchar,
    digest varchar not null
);

create table base.runs (
    run_id varchar not null,
    flow varchar not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    state varchar not null,
    message varchar,
    counts map(varchar, bigint),
    digest varchar not null
);
