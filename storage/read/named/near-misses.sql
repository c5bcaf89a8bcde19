-- title: What was nearly kept, and why not?
-- description: Pages whose score came close to the threshold, highest score first.
-- param rows (integer, default 100, example 20): Largest number of pages.
select score, threshold, title, reason, url
from ledger
where verdict = 'near_miss'
order by score desc, id
limit $rows
