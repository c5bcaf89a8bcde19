-- Polls without the hash of their record, two thirds of their size: a poll is known by its columns.
alter table base.polls drop column digest;

-- Of an entry's versions at one origin, the first has the number of all and the time of the last, so that the view
-- sightings groups nothing. Nearly all entries have one version.
alter table base.sightings add column versions bigint default 1;
alter table base.sightings alter column versions drop default;
alter table base.sightings add column last_version_at timestamptz;

create or replace temp table several as
with keyed as (
    select rowid as row, hash(entry_key, origin_kind, origin_locator) as origin_key from base.sightings
)
select row from keyed
semi join (select origin_key from keyed group by origin_key having count(*) > 1) using (origin_key);

update base.sightings s
set versions = n.versions, last_version_at = n.last_version_at
from (
    select
        rowid as row,
        case when row_number() over version = 1 and count(*) over origin > 1 then count(*) over origin
            when count(*) over origin = 1 then 1 end as versions,
        case when row_number() over version = 1 and count(*) over origin > 1
            then max(last_seen_at) over origin end as last_version_at
    from base.sightings
    where rowid in (select row from several)
    window
        version as (partition by entry_id, origin_kind, origin_locator order by first_seen_at, digest),
        origin as (partition by entry_id, origin_kind, origin_locator)
) n
where s.rowid = n.row;

drop table several;
