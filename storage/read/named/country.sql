-- title: What is reported about a country?
-- description: Stories about the country (not those that only name a firm from there), newest first.
-- param country (text, example DE): ISO 3166-1 alpha-2 code of the country.
select published_at, site, title, topics, entities, url
from stories
where list_contains(countries, upper($country))
order by published_at desc nulls last, id
