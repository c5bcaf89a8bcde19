-- One row per entry, origin and announced version: first seen is a minimum, last seen a maximum. The end of this
-- file bounds the rows of origins that announce a new version at every poll.

create or replace temp table seen as
select
    entry_id, origin_kind, origin_locator, announced_hash,
    min(first_seen_at) as first_seen_at,
    max(first_seen_at) as last_seen_at,
    unnest(arg_min(struct_pack(feed_id, rank, run_id, digest), (first_seen_at, digest)))
from (
    select
        entry_id, origin_kind, origin_locator, announced_hash, seen_at as first_seen_at, feed_id, rank, run_id,
        digest
    from in_entry
    union all by name
    -- A page without an entry (from a WARC file) has its capture as its sighting. Judging a page of our own
    -- archive again is not a sighting.
    select
        article_id as entry_id, origin_kind, origin_locator, '' as announced_hash, captured_at as first_seen_at,
        '' as feed_id, run_id, digest
    from in_judged
    where entry_id is null and origin_kind <> 'archive'
)
group by entry_id, origin_kind, origin_locator, announced_hash;

create or replace temp table hits as
select
    s.rowid as row, seen.*,
    (seen.first_seen_at, seen.digest) < (s.first_seen_at, s.digest) as earlier,
    seen.last_seen_at > s.last_seen_at as later
from base.sightings s
join seen using (entry_id, origin_kind, origin_locator, announced_hash);

update base.sightings s
set
    first_seen_at = h.first_seen_at, feed_id = h.feed_id, rank = h.rank, run_id = h.run_id, digest = h.digest
from hits h
where s.rowid = h.row and h.earlier;

update base.sightings s
set last_seen_at = h.last_seen_at
from hits h
where s.rowid = h.row and h.later;

insert into base.sightings by name
select * from seen
anti join hits using (entry_id, origin_kind, origin_locator, announced_hash)
order by first_seen_at, entry_id;

-- Some feeds give every entry a new time stamp at every poll. Of the versions one origin announced, those with the
-- smallest hashes keep their rows; the others share one row, '~'. Which ones depends only on the set of versions, and a
-- version in the shared row stays there, so the result does not depend on the order of arrival.
create or replace temp table crowd as
select rowid as row, *
from base.sightings
semi join seen using (entry_id, origin_kind, origin_locator)
qualify announced_hash = '~' or row_number() over (
    partition by entry_id, origin_kind, origin_locator order by announced_hash
) > getvariable('versions_kept');

delete from base.sightings where rowid in (select row from crowd);

insert into base.sightings by name
select
    entry_id, origin_kind, origin_locator, '~' as announced_hash, min(first_seen_at) as first_seen_at,
    max(last_seen_at) as last_seen_at,
    unnest(arg_min(struct_pack(feed_id, rank, run_id, digest), (first_seen_at, digest)))
from crowd
group by entry_id, origin_kind, origin_locator
order by first_seen_at, entry_id;
