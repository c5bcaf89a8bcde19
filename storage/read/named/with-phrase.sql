-- title: Which stories contain a phrase?
-- description: Stories with the phrase in headline or text, newest first, with the words around it. It reads
--     every text.
-- param phrase (text, example rogue cell): Words as they are written; upper and lower case are the same.
-- param since (date, default 1970-01-01, example 2026-01-01): First day of publication, by UTC.
select published_at, title, site, excerpt, url
from search($phrase, since := $since::timestamp at time zone 'UTC')
