-- The rows of "starred" (each affected text, the centre of its cluster and the shingles they share) become members.
-- Only clusters of two or more articles are stored.

create or replace temp table roll as
select
    f.article_id, a.entry_id, a.relevant, s.centre, s.text_key = s.centre as central, s.shared, s.shingles, s.centre_shingles,
    coalesce(a.published_at, a.first_captured_at) as appeared_at
from base.fingerprints f
join starred s on s.text_key = f.text_key
join (select article_id, entry_id, relevant, published_at, first_captured_at from base.articles) a
    on a.article_id = f.article_id;

delete from base.members
where article_id in (select article_id from roll union select article_id from stale union select article_id from portion);

-- An entry that led to one article and now leads to another with the same text: the page moved.
create or replace temp table moves as
select r.article_id, t.article_id as moved_to
from roll r
join (select entry_id, article_id from base.attempts where article_id is not null) t on t.entry_id = r.entry_id
join roll now on now.article_id = t.article_id and now.centre = r.centre and now.relevant
where t.article_id <> r.article_id
    and r.article_id not in (select article_id from base.attempts where article_id is not null);

insert into base.members by name
select
    r.article_id,
    arg_min(r.article_id, (r.appeared_at, r.article_id)) over cluster as cluster_id,
    arg_min(r.article_id, (r.appeared_at, r.article_id)) filter (where r.central) over cluster as reference_id,
    r.shared, r.shingles, r.centre_shingles as reference_shingles, m.moved_to
from roll r
left join moves m using (article_id)
window cluster as (partition by r.centre)
qualify count(*) over cluster > 1
order by cluster_id, r.article_id;
