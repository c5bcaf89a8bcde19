-- title: What is new?
-- description: The stories that were seen last, newest first, with the reason for keeping them.
-- param language (text, default '', example de): BCP 47 language of the text; empty for all.
-- param rows (integer, default 20, example 50): Largest number of stories.
select published_day, language, site_name, title, reason, url
from stories
where $language = '' or language = $language
order by first_seen_at desc, id
limit $rows
