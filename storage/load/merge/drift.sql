-- Drift of the outlets whose pages this load changed (storage/schema/views/drift.sql).
create or replace temp table drifting_pages as
select * from base.newest_pages semi join drifting using (site);

create or replace temp table drifting_refused as
select * from base.refused_pages semi join (select host from base.hosts semi join drifting using (site)) using (host);

delete from base.drift where site in (select site from drifting);

insert into base.drift from base.drift_of('drifting_pages', 'drifting_refused') order by site, measure;
