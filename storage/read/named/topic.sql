-- title: What is reported on a topic, in any language?
-- description: Stories on one topic of the watchlist, newest first. The view topics has their codes.
-- param topic (text, example T06): Code of the topic, such as T06 for signalling and roaming.
-- param since (date, default 1970-01-01, example 2026-01-01): First day of publication, by UTC.
-- param language (text, default '', example es): BCP 47 language of the text; empty for all.
select published_day, language, site, title, countries, url
from stories
where list_contains(topics, upper($topic)) and coalesce(published_day >= $since, true)
    and ($language = '' or split_part(language, '-', 1) = $language)
order by published_day desc nulls last, id
