-- title: Who was attacked by whom?
-- description: Incidents with victims, actor and status, newest first; each row rests on the sentences of
--     incident_evidence.
-- param since (date, default 1970-01-01, example 2026-01-01): First day of publication, by UTC.
-- param country (text, default '', example US): Country of the victim; empty for all.
select first_day, kind, victims, actor, country, status, stories, title
from incident_tracker
where coalesce(first_day >= $since, true) and ($country = '' or country = upper($country))
order by first_day desc nulls last, title, kind
