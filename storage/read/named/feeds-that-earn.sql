-- title: Which feeds are worth watching?
-- description: Feeds by the stories kept of what they announced, and how many of those they alone announced; copies of
--     a story in several outlets count once.
select feed_id, title as feed, entries as announced, stories as kept, only_with as alone
from feed_health
where entries > 0
order by kept desc, alone desc, feed_id
