-- title: What is reported on SS7 and other signalling, in any language?
-- description: Stories on signalling, interconnect and roaming (topic T06), newest first.
-- param since (date, default 1970-01-01, example 2026-01-01): First day of publication, by UTC.
-- param language (text, default '', example es): BCP 47 language of the text; empty for all.
select published_day, language, site, title, countries, url
from stories
where list_contains(topics, 'T06') and coalesce(published_day >= $since, true)
    and ($language = '' or split_part(language, '-', 1) = $language)
order by published_day desc nulls last, id
