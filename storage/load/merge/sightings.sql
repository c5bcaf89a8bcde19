-- One row per entry, origin and announced version: first seen is a minimum, last seen a maximum. "sighted" gets the rows
-- of all touched entries as they are after this load; the differences to the rows before it are then stored.

create or replace temp table announced as
select
    entry_id, origin_kind, origin_locator, announced_hash,
    min(first_seen_at) as first_seen_at,
    max(last_seen_at) as last_seen_at,
    unnest(arg_min(struct_pack(feed_id, rank, run_id, digest), (first_seen_at, digest)))
from (
    select
        entry_id, origin_kind, origin_locator, announced_hash, seen_at as first_seen_at, seen_at as last_seen_at,
        feed_id, rank, run_id, digest
    from in_entry
    union all by name
    -- A page without an entry (from a WARC file) has its capture as its sighting. Judging a page of our own
    -- archive again is not a sighting.
    select
        article_id as entry_id, origin_kind, origin_locator, '' as announced_hash, captured_at as first_seen_at,
        captured_at as last_seen_at, '' as feed_id, run_id, digest
    from in_judged
    where entry_id is null and origin_kind <> 'archive'
    union all by name
    select * exclude (row, entry_key, versions, last_version_at) from sightings_before where entry_id in (select entry_id from touched_entries)
)
group by entry_id, origin_kind, origin_locator, announced_hash;

-- Some feeds give every entry a new time stamp at every poll. Of the versions one origin announced, those with the
-- smallest hashes keep their rows; the others share one row, '~'. Which ones depends only on the set of versions, and a
-- version in the shared row stays there, so the result does not depend on the order of arrival.
-- The version that an origin announced first has the number of all and, if there are several, the time of the last.
create or replace temp table sighted as
select
    *,
    case when row_number() over (origin order by first_seen_at, digest) = 1 then count(*) over origin end as versions,
    case when versions > 1 then max(last_seen_at) over origin end as last_version_at
from (
    select
        entry_id, md5_number_lower(entry_id) as entry_key, origin_kind, origin_locator, kept_hash as announced_hash,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        unnest(arg_min(struct_pack(feed_id, rank, run_id, digest), (first_seen_at, digest)))
    from (
        select
            *,
            case
                when row_number() over (partition by entry_id, origin_kind, origin_locator order by announced_hash)
                    > getvariable('versions_kept')
                then '~'
                else announced_hash
            end as kept_hash
        from announced
    )
    group by entry_id, origin_kind, origin_locator, kept_hash
)
window origin as (partition by entry_id, origin_kind, origin_locator);

create or replace temp table hits as
select
    b.row, s.*,
    s.digest <> b.digest as earlier,
    (s.last_seen_at, s.versions, s.last_version_at) is distinct from (b.last_seen_at, b.versions, b.last_version_at)
        as later,
    s.entry_id is null as gone
from sightings_before b
left join sighted s using (entry_id, origin_kind, origin_locator, announced_hash)
where b.entry_id in (select entry_id from touched_entries);

delete from base.sightings where rowid in (select row from hits where gone);

update base.sightings s
set
    first_seen_at = h.first_seen_at, feed_id = h.feed_id, rank = h.rank, run_id = h.run_id, digest = h.digest
from hits h
where s.rowid = h.row and h.earlier;

update base.sightings s
set last_seen_at = h.last_seen_at, versions = h.versions, last_version_at = h.last_version_at
from hits h
where s.rowid = h.row and h.later;

insert into base.sightings by name
select *
from sighted
anti join (select * from hits where not gone) using (entry_id, origin_kind, origin_locator, announced_hash)
order by first_seen_at, entry_id;
