-- title: What is reported about a country?
-- description: Stories that name an entity of the country, newest first, with the entities named.
-- param country (text, example DE): ISO 3166-1 alpha-2 code of the country.
select published_at, site, title, entities, url
from coverage($country)
