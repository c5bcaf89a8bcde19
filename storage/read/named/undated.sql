-- title: Which stories have no date?
-- description: Stories whose page and feed state no date; time series count them under a null period.
select first_seen_at, site, language, title, url
from stories
where published_at is null
order by first_seen_at desc, id
