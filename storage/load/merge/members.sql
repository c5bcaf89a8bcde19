-- The rows of "starred" (each affected text, the centre of its cluster and the shingles they share) become members.
-- Only clusters of two or more articles are stored.

create or replace temp table printed as
select f.article_id, f.article_key, nullif(f.agency, '') as agency, s.*
from base.fingerprints f join starred s on s.text_key = f.text_key;

create or replace temp table roll as
select
    p.article_id, p.article_key, a.entry_id, a.relevant, p.centre, p.text_key = p.centre as central, p.shared, p.shingles,
    p.centre_shingles, coalesce(a.published_at, a.first_captured_at) as appeared_at
from printed p
join (
    select article_id, entry_id, relevant, published_at, first_captured_at
    from base.articles
    where rowid in (select rowid from base.articles semi join printed using (article_key))
) a using (article_id);

create or replace temp table reclustered as
select article_id, md5_number_lower(article_id) as article_key
from (select article_id from roll union select article_id from stale union select article_id from portion);

delete from base.members
where article_id in (select article_id from reclustered);

-- An entry that led to one article and now leads to another with the same text: the page moved.
create or replace temp table led as
select entry_id, article_id
from base.attempts
where rowid in (
    select rowid
    from base.attempts
    semi join (select md5_number_lower(entry_id) as entry_key from roll where entry_id is not null) using (entry_key)
    union
    select rowid from base.attempts semi join roll using (article_key)
) and article_id is not null;

create or replace temp table moves as
select r.article_id, t.article_id as moved_to
from roll r
join led t on t.entry_id = r.entry_id
join roll now on now.article_id = t.article_id and now.centre = r.centre and now.relevant
where t.article_id <> r.article_id
    and r.article_id not in (select article_id from led);

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

-- Views read a story's cluster from its row.
update base.articles a
set cluster_id = n.cluster_id, moved_to = n.moved_to, agency = n.agency
from (
    select a.row, m.cluster_id, m.moved_to, nullif(f.agency, '') as agency
    from (
        select rowid as row, article_id, cluster_id, moved_to, agency
        from base.articles
        where rowid in (select rowid from base.articles semi join reclustered using (article_key))
    ) a
    semi join reclustered using (article_id)
    left join base.members m using (article_id)
    left join (
        select article_id, agency from base.fingerprints semi join reclustered using (article_key)
    ) f using (article_id)
    where (a.cluster_id, a.moved_to, a.agency) is distinct from (m.cluster_id, m.moved_to, nullif(f.agency, ''))
) n
where a.rowid = n.row;
