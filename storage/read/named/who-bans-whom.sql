-- title: Which vendors and countries are named together in stories on bans and restrictions?
-- description: Vendors and countries named in the same stories on bans and restrictions (topic T01), with the number of
--     stories and the day of the first one.
-- param country (text, default '', example DE): ISO 3166-1 alpha-2 code of the country; empty for all.
select v.name as vendor, c.country, count(distinct s.id) as stories, min(s.published_day) as since
from stories s
join mentions v on v.story_id = s.id and v.type = 'vendor'
join mentions c on c.story_id = s.id and c.type in ('country', 'regulator', 'agency')
where list_contains(s.topics, 'T01') and ($country = '' or c.country = upper($country))
group by all
order by stories desc, vendor, c.country
