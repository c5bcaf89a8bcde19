-- A load that brings nothing of stories: of all summaries, only the number of polls of each feed changes.

create or replace temp table merged as
select
    feed_id, coalesce(c.entries, 0) as entries, coalesce(c.judged, 0) as judged, coalesce(c.waiting, 0) as waiting,
    coalesce(c.given_up, 0) as given_up, c.last_new_at, coalesce(c.polls, 0) + p.polls as polls
from (select feed_id, count(*) as polls from new_polls group by feed_id) p
left join base.feed_counts c using (feed_id);

delete from base.feed_counts where feed_id in (select feed_id from merged);

insert into base.feed_counts select * from merged order by feed_id;
