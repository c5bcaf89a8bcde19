-- title: What is reported about a vendor?
-- description: Stories in which the vendor is in question, newest first, with the countries they are about.
-- param vendor (text, example Huawei): Name of the vendor.
select s.published_day, s.site, s.title, s.countries, s.topics, s.url
from stories s
join roles r on r.story_id = s.id
where r.type = 'vendor' and r.subject and lower(r.name) = lower($vendor)
order by s.published_day desc nulls last, s.id
