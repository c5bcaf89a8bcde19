-- title: Which operators are named in stories on attacks?
-- description: Operators named in stories on attacks on networks (topic T07), newest story first.
-- param since (date, default 1970-01-01, example 2026-01-01): First day of publication, by UTC.
select s.published_day, m.name as operator, m.country, s.title, s.url
from stories s
join mentions m on m.story_id = s.id and m.type = 'operator'
where list_contains(s.topics, 'T07') and coalesce(s.published_day >= $since, true)
order by s.published_at desc, operator, s.id
