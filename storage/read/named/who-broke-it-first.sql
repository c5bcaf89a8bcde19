-- title: Who reported each event first, and how far behind were the others?
-- description: Events of several outlets with the first one, all others and the time until the last, newest first.
-- param since (date, default 1970-01-01, example 2026-01-01): First day of publication, by UTC.
select e.first_published_at, e.first_outlet, e.title, e.stories, e.outlets, e.languages,
    e.last_published_at - e.first_published_at as lag_of_the_last, e.event_id
from events e
where len(e.outlets) > 1 and coalesce(cast(e.first_published_at at time zone 'UTC' as date) >= $since, true)
order by e.first_published_at desc nulls last, e.event_id
