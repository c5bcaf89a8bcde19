-- An entry's row is its latest announcement, and the state that follows from its sightings and attempts.

-- Attempts keep three records per entry, each by its own latest time: the last attempt, the last success (its
-- ETag and Last-Modified stay in use after a later failure) and the last attempt that gave an article.
create or replace temp table merged as
select
    entry_id,
    unnest(arg_max(
        struct_pack(attempted_at, digest, run_id, state, attempts, next_attempt_at, retry_after_at, status, kind,
                    message, retrying_since),
        (attempted_at, digest)
    )),
    unnest(arg_max(struct_pack(done_at, done_digest, etag, last_modified), (done_at, done_digest))
        filter (where done_at is not null)),
    unnest(arg_max(struct_pack(article_at, article_digest, article_id), (article_at, article_digest))
        filter (where article_at is not null))
from (
    select
        * exclude (etag, last_modified),
        case when state = 'done' then attempted_at end as done_at,
        case when state = 'done' then digest end as done_digest,
        case when state = 'done' then etag end as etag,
        case when state = 'done' then last_modified end as last_modified,
        case when article_id is not null then attempted_at end as article_at,
        case when article_id is not null then digest end as article_digest
    from in_attempt
    union all by name
    select * exclude (row, entry_key, article_key) from attempts_before semi join in_attempt using (entry_id)
)
group by entry_id;

delete from base.attempts where rowid in (select row from attempts_before semi join in_attempt using (entry_id));

insert into base.attempts by name
select *, md5_number_lower(entry_id) as entry_key, md5_number_lower(article_id) as article_key
from merged
order by attempted_at, entry_id;

create or replace temp table tried as
select * from merged
union all by name
select * exclude (row, entry_key, article_key) from attempts_before anti join in_attempt using (entry_id);

-- From the sightings: a version that an origin announced after another one counts as a change.
create or replace temp table announced as
select
    entry_id,
    min(first_seen_at) as first_seen_at,
    arg_min(run_id, (first_seen_at, digest)) as first_run_id,
    max(announced_at_origin) filter (where changed) as changed_at,
    count(*) filter (where changed) as changes,
    max(announced_at_origin) filter (where origin_kind = 'wayback') as copied_at
from (
    select
        *,
        -- In the row that sums up further versions ('~'), every announcement counts as a change.
        case when announced_hash = '~' then last_seen_at else first_seen_at end as announced_at_origin,
        announced_at_origin > min(first_seen_at) over (partition by entry_id, origin_kind, origin_locator) as changed
    from sighted
)
group by entry_id;

-- The state. A change after the last success makes the entry pending again; from the fourth change on after a delay
-- (1, 2, 4, .. 24 hours after that success), because some feeds give every entry a new time stamp at every poll. Counted
-- from the last change instead, such an entry would stay delayed for as long as its feed carries it.
-- A failed page becomes pending again when a capture of it in the Wayback Machine was announced since.
create or replace temp table derived as
select
    s.entry_id, s.first_seen_at, s.first_run_id, s.changed_at, s.changes, a.attempted_at, a.article_id, a.etag,
    a.last_modified, a.status, a.kind, a.message,
    -- A page behind a wall gave an article, though it is still being retried.
    coalesce(
        (a.state = 'done' or a.article_at = a.attempted_at) and s.changed_at > a.attempted_at
            or a.state <> 'done' and s.copied_at > a.attempted_at,
        false
    ) as edited,
    case when a.entry_id is null or edited then 'pending' else a.state end as state,
    case when a.entry_id is null or edited then 0 else a.attempts end as attempts,
    case
        when edited and s.changes > 3
            then a.attempted_at + to_hours(least(24, pow(2, least(s.changes - 4, 10)))::bigint)
        when not edited then a.next_attempt_at
    end as next_attempt_at,
    case when not edited then a.retry_after_at end as retry_after_at,
    case when not edited then a.retrying_since end as retrying_since
from announced s
left join tried a using (entry_id);

-- The latest announcement wins.
create or replace temp table latest as
select *, seen_at as announced_at
from in_entry
qualify row_number() over (partition by entry_id order by seen_at desc, variant desc) = 1;

create or replace temp table hits as
select
    e.row, e.entry_id,
    -- Tested for null first: in a comparison of rows DuckDB takes null for the largest value.
    l.entry_id is not null and (l.announced_at, l.variant) > (e.announced_at, e.variant) as later,
    later and l.variant is distinct from e.variant as replaced,
    case when later then l.announced_at else e.announced_at end as announced_at,
    (
        e.first_seen_at, e.first_run_id, e.changed_at, e.changes, e.state, e.attempts, e.attempted_at,
        e.next_attempt_at, e.retry_after_at, e.article_id, e.etag, e.last_modified, e.status, e.kind, e.message,
        e.retrying_since
    ) is distinct from (
        d.first_seen_at, d.first_run_id, d.changed_at, d.changes, d.state, d.attempts, d.attempted_at,
        d.next_attempt_at, d.retry_after_at, d.article_id, d.etag, d.last_modified, d.status, d.kind, d.message,
        d.retrying_since
    ) as other
from entries_before e
join derived d using (entry_id)
left join latest l using (entry_id);

-- The date of publication is the first that was claimed, by a feed if one did: some feeds give an item another date at
-- every poll. The latest announcement's date is kept beside it.
create or replace temp table dated as
select entry_id, unnest(arg_min(struct_pack(published_at, claimed_at, claimed_by), (claimed_by <> 'feed', claimed_at, published_at, claimed_by)))
from (
    select entry_id, published_at, seen_at as claimed_at, origin_kind as claimed_by
    from in_entry
    where published_at is not null
    union all by name
    select
        entry_id, published_at, coalesce(claimed_at, first_seen_at) as claimed_at,
        coalesce(claimed_by, origin_kind) as claimed_by
    from entries_before
    where published_at is not null
)
group by entry_id;

delete from base.entries where rowid in (select row from hits where replaced);

update base.entries e
set announced_at = h.announced_at
from hits h
where e.rowid = h.row and h.later and not h.replaced;

update base.entries e
set
    first_seen_at = d.first_seen_at, first_run_id = d.first_run_id, changed_at = d.changed_at,
    changes = d.changes, state = d.state, attempts = d.attempts, attempted_at = d.attempted_at,
    next_attempt_at = d.next_attempt_at, retry_after_at = d.retry_after_at, article_id = d.article_id,
    etag = d.etag, last_modified = d.last_modified, status = d.status, kind = d.kind, message = d.message,
    retrying_since = d.retrying_since, article_key = d.article_key
from (
    select h.row, d.*, md5_number_lower(d.article_id) as article_key
    from hits h join derived d using (entry_id)
    where h.other and not h.replaced
) d
where e.rowid = d.row;

insert into base.entries by name
select
    l.entry_id, l.url, l.canonical_url, l.title, l.summary, l.content, l.guid, l.authors, l.categories,
    c.published_at, c.claimed_at, c.claimed_by, l.published_at as latest_published_at, l.updated_at, l.language, l.origin_kind, l.origin_locator, l.feed_id, l.variant,
    l.announced_at, d.* exclude (entry_id, edited), md5_number_lower(l.entry_id) as entry_key,
    md5_number_lower(l.url) as url_key, md5_number_lower(d.article_id) as article_key
from latest l
join derived d using (entry_id)
left join dated c using (entry_id)
where l.entry_id not in (select entry_id from hits where not replaced)
order by d.first_seen_at, l.entry_id;

-- An announcement older than the latest may arrive after it, with an earlier claim.
update base.entries e
set published_at = n.published_at, claimed_at = n.claimed_at, claimed_by = n.claimed_by
from (
    select h.row, c.published_at, c.claimed_at, c.claimed_by
    from dated c
    join entries_before b using (entry_id)
    join hits h using (entry_id)
    where not h.replaced
        and (b.published_at, b.claimed_at, b.claimed_by) is distinct from (c.published_at, c.claimed_at, c.claimed_by)
) n
where e.rowid = n.row;
