-- title: What did a country do, and what happened there?
-- description: Measures and incidents of a country by day of their first story, oldest first.
-- param country (text, example DE): ISO 3166-1 alpha-2 code of the country.
select first_day as day, action as act, target as whom, status, stories, event_id
from measures
where "by" = upper($country)
union all
select first_day, kind, array_to_string(victims, ', '), status, stories, event_id
from incidents
where country = upper($country)
order by day nulls last, act, whom
