-- title: What changed in the days before a date?
-- description: Measures and incidents whose first story appeared in the seven days up to the date, newest first.
-- param day (date, example 2026-11-29): Last day, by UTC.
select first_day as day, concat_ws(' ', "by", action, target) as what, status, stories, event_id
from measures
where first_day between $day::date - 6 and $day
union all
select first_day, concat_ws(' ', coalesce(actor, 'somebody'), kind, array_to_string(victims, ', ')), status, stories, event_id
from incidents
where first_day between $day::date - 6 and $day
order by day desc, what
