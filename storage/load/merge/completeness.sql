-- Measurements of completeness: the latest of each source and range of days wins, with all that it found missing.

create or replace temp table merged as
select * from (
    select * from in_completeness
    union all by name
    select * from base.completeness semi join in_completeness using (measure_id)
)
qualify row_number() over (partition by measure_id order by measured_at desc, digest desc) = 1;

delete from base.completeness where measure_id in (select measure_id from merged);

insert into base.completeness by name select * from merged order by since, measure_id;

create or replace temp table merged as
select distinct * from (
    select * from in_missed_story
    union all by name
    select * from base.missed_stories semi join in_missed_story using (measure_id)
)
qualify measured_at = max(measured_at) over (partition by measure_id);

delete from base.missed_stories where measure_id in (select measure_id from merged);

insert into base.missed_stories by name select * from merged order by measure_id, entry_id;
