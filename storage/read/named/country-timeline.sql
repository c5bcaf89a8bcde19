-- title: What did a country do, and what happened there?
-- description: Measures and incidents of a country by day of their first story, oldest first, with their own date
--     where a story says it.
-- param country (text, example DE): ISO 3166-1 alpha-2 code of the country.
select first_day as day, action as act, target as whom, status, date, stories, event_id
from measures
where "by" = upper($country)
union all
select first_day, kind, array_to_string(victims, ', '), status, date, stories, event_id
from incidents
where country = upper($country)
order by day nulls last, act, whom
