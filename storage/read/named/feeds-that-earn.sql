-- title: Which feeds are worth watching?
-- description: Feeds by the stories kept of what they announced, and how many of those they alone announced.
select g.feed_id, any_value(g.feed) as feed, count(distinct g.story_id) as announced,
    count(distinct s.id) as kept, count(distinct s.id) filter (where len(s.feeds) = 1) as alone
from sightings g
left join stories s on s.id = g.story_id
where g.feed_id <> ''
group by g.feed_id
order by kept desc, alone desc, g.feed_id
