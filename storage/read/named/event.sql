-- title: Which outlets reported an event, and when?
-- description: All stories of one event in order of publication, with the lag behind the first.
-- param event (text, example 0): Id of the event, from events.
select published_at, lag, first, site, language, title, url
from event_stories
where event_id = $event
order by published_at nulls last, story_id
