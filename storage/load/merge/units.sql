-- Units: one progress record each. Any other state wins over pending; then the latest run, and in it the latest step.

create or replace temp table merged as
select
    * exclude (found_at),
    min(found_at) over (partition by unit_id) as found_at
from (
    select *, updated_at as found_at from in_unit
    union all by name
    select u.* from base.units u semi join in_unit using (unit_id)
)
qualify row_number() over (
    partition by unit_id order by state <> 'pending' desc, updated_at desc, step desc, digest desc
) = 1;

delete from base.units where unit_id in (select unit_id from merged);

insert into base.units by name select * from merged order by found_at, unit_id;
