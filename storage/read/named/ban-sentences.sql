-- title: On which sentences does a ban rest?
-- description: The sentences about what a country does against a vendor, oldest first.
-- param country (text, example DE): ISO 3166-1 alpha-2 code of the country.
-- param vendor (text, default '', example Huawei): Name of the vendor; empty for all.
select published_day, action, target, scope, status, date, confidence, quote, url
from measure_evidence
where "by" = upper($country) and ($vendor = '' or lower(target) = lower($vendor))
order by published_day nulls last, story_id, confidence desc
