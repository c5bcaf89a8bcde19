create or replace view event_stories as
with placed as (
    select
        a.article_id, a.title, a.url, a.site, a.language, a.published_at, a.first_captured_at, a.site_name,
        coalesce(c.value, e.event_id, a.article_id) as event_id,
        coalesce(e.told, true) as reports_event
    from base.articles a
    left join base.event_stories e on e.article_id = a.article_id
    left join (select story_id, value from corrections where field = 'event' and in_force) c on c.story_id = a.article_id
    where a.relevant
)
select
    event_id, article_id as story_id, title, url, site, language, published_at,
    first_value(article_id) over event = article_id as first,
    published_at - first_value(published_at) over event as lag,
    reports_event, reports_event as told
from placed
window event as (partition by event_id order by published_at nulls last, first_captured_at, article_id);

comment on view event_stories is 'The event that each story reports: one id across languages and outlets.';
comment on column event_stories.event_id is 'Joins events.event_id; id of the event''s earliest story.';
comment on column event_stories.story_id is 'Joins stories.id.';
comment on column event_stories.title is 'Headline.';
comment on column event_stories.url is 'Address of the page.';
comment on column event_stories.site is 'Registrable domain of the publisher.';
comment on column event_stories.language is 'BCP 47 language of the text.';
comment on column event_stories.published_at is 'Publication time (UTC); null when unknown.';
comment on column event_stories.first is 'Whether it reported the event first.';
comment on column event_stories.lag is 'How long after the first story it was published; null when undated.';
comment on column event_stories.reports_event is 'False for columns, explainers and questions, which report no event of their own.';
comment on column event_stories.told is 'Former name of reports_event, for queries written before; will be removed.';

create or replace view events as
select
    e.event_id,
    arg_min(e.title, struct_pack(l := not e.first, id := e.story_id)) as title,
    map_from_entries(list(distinct struct_pack(k := e.language, v := t.title))) as titles,
    count(*) as stories,
    list_sort(list_distinct(list(e.site))) as outlets,
    list_sort(list_distinct(list(e.language))) as languages,
    arg_min(e.site, struct_pack(l := not e.first, id := e.story_id)) as first_outlet,
    min(e.published_at) as first_published_at,
    max(e.published_at) as last_published_at
from event_stories e
join (
    select event_id, language, arg_min(title, struct_pack(l := not first, id := story_id)) as title
    from event_stories group by event_id, language
) t on t.event_id = e.event_id and t.language = e.language
group by e.event_id;

comment on view events is 'What happened: one row per event or decision, with all stories that report it within about two weeks.';
comment on column events.event_id is 'Id of its earliest story.';
comment on column events.title is 'Headline of the first story.';
comment on column events.titles is 'Language to headline: the first in each language, titles[''de''] for German readers.';
comment on column events.stories is 'Number of stories.';
comment on column events.outlets is 'Registrable domains that reported it, sorted.';
comment on column events.languages is 'Languages it was reported in, sorted.';
comment on column events.first_outlet is 'Outlet that reported it first.';
comment on column events.first_published_at is 'Publication of the first story; null when all are undated.';
comment on column events.last_published_at is 'Publication of the latest story.';
