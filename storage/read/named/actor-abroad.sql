-- title: What is written about an actor outside English?
-- description: Stories in other languages that are about a threat actor or accused state, newest first.
-- param actor (text, example Salt Typhoon): Name of the actor or country, or a part of it.
select s.published_day, s.language, s.site, s.title, r.name as actor, r.quote, s.url
from stories s
join roles r on r.story_id = s.id
where r.role = 'accused' and contains(lower(r.name), lower($actor)) and split_part(s.language, '-', 1) <> 'en'
order by s.published_day desc nulls last, s.id
