create or replace view entities as
select
    m.entity as id,
    any_value(m.name) as name,
    any_value(m.type) as type,
    any_value(m.country) as country,
    count(*) as stories,
    sum(m.count)::bigint as mentions,
    min(cast(published_at at time zone 'UTC' as date)) as first_day,
    max(cast(published_at at time zone 'UTC' as date)) as last_day
from (select published_at, unnest(mentions) as m from base.articles where relevant)
group by m.entity;

comment on view entities is 'Every entity of the watchlist that a story names: vendors, operators, countries, laws, actors, ..';
comment on column entities.id is 'Id in the watchlist; joins mentions.entity.';
comment on column entities.name is 'Name.';
comment on column entities.type is 'Type: operator, vendor, agency, actor, country, ...';
comment on column entities.country is 'Country (ISO 3166-1 alpha-2), such as CN; empty when it has none.';
comment on column entities.stories is 'Number of stories that name it.';
comment on column entities.mentions is 'Number of times it is named in them.';
comment on column entities.first_day is 'UTC day of the earliest dated story that names it; null when none is dated.';
comment on column entities.last_day is 'UTC day of the latest dated story that names it; null when none is dated.';
