-- title: Who bans whom since when, and at what stage is it?
-- description: The latest decision by country and vendor or, without one, the latest demand or plan, with the days on
--     which stories first called it decided and in force, and the deadline; each row rests on the sentences of
--     measure_evidence.
-- param country (text, default '', example DE): ISO 3166-1 alpha-2 code of the country; empty for all.
-- param vendor (text, default '', example Huawei): Name of the vendor; empty for all.
select country, target, action, status, scope, date, since, last_day, stories, len(history) as acts, first_decided,
    first_in_force, deadline
from ban_tracker
where ($country = '' or country = upper($country)) and ($vendor = '' or lower(target) = lower($vendor))
order by stories desc, country, target
