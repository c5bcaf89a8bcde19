-- title: What did a law, order or list change?
-- description: Measures under an instrument, and stories that are about it, oldest first.
-- param law (text, example Entity List): Name of the law, order or list, or a part of it.
select e.published_day, e."by", e.action, e.target, e.status, e.quote, e.url
from measure_evidence e
where contains(lower(coalesce(e.instrument, '')), lower($law))
union all
select s.published_day, null, null, r.name, null, r.quote, s.url
from roles r
join stories s on s.id = r.story_id
where r.type = 'law' and r.subject and contains(lower(r.name), lower($law))
    and not exists (
        select 1 from measure_evidence e
        where e.story_id = s.id and contains(lower(coalesce(e.instrument, '')), lower($law))
    )
order by 1 nulls last, 7, 3
