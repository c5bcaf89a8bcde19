-- Fingerprints follow articles: every article in "portion" whose text is stored gets the fingerprint of its current
-- text, and every distinct text has its search keys in bands. New fingerprints are in "fresh".

create or replace temp table stale as
select f.rowid as row, f.article_id, f.text_key
from base.fingerprints f
semi join portion using (article_id)
anti join wanted w on w.article_id = f.article_id and w.content_id = f.content_id and f.version = getvariable('version');

create or replace temp table concerned as
select text_key from fresh union select text_key from stale;

create or replace temp table texts_before as
select distinct text_key from base.fingerprints semi join concerned using (text_key);

-- Texts whose clusters may change: those of these articles, and those linked to a text that is removed.
create or replace temp table affected as
select text_key from base.fingerprints semi join portion using (article_id)
union
select text_key from concerned
union
select unnest([l.one, l.other])
from base.links l
where l.one in (select text_key from stale) or l.other in (select text_key from stale);

delete from base.fingerprints where rowid in (select row from stale);

insert into base.fingerprints by name
select
    article_id, content_id, getvariable('version') as version, text_key, shingles, len(anchors) as anchors, agency,
    md5_number_lower(article_id) as article_key
from fresh;

create or replace temp table texts_after as
select distinct text_key from base.fingerprints semi join concerned using (text_key);

create or replace temp table gone as from texts_before except from texts_after;
create or replace temp table new_texts as from texts_after except from texts_before;

delete from base.bands where text_key in (select text_key from gone);
delete from base.links where one in (select text_key from gone) or other in (select text_key from gone);

create or replace temp table new_bands as
select band, key, text_key
from (
    -- Equal text_key means equal shingles, so the keys of any of its articles are right.
    select text_key, any_value(bands) as bands, any_value(anchors) as anchors
    from fresh semi join new_texts using (text_key)
    group by text_key
), lateral (
    select unnest(range(1, len(bands) + 1))::utinyint as band, unnest(bands)::uinteger as key
    union all
    select 0::utinyint, unnest(anchors)::uinteger
);

insert into base.bands select * from new_bands;

-- Candidate pairs share a band, or a quarter of the anchors of the text with fewer. An anchor that very many texts
-- share (a site's footer) would make too many pairs: the most frequent anchors of a text are left out of the search, so
-- many that they are fewer than that quarter. The pairs found are then counted with all their anchors.
create or replace temp table frequent as
select key, count(*) as texts
from base.bands
where band = 0 and key in (select key from new_bands where band = 0)
group by key
having count(*) > 1000;

create or replace temp table searched as
select n.band, n.key, n.text_key
from new_bands n
left join frequent f on f.key = n.key and n.band = 0
qualify f.key is null
    or row_number() over (partition by n.text_key order by f.texts desc nulls last, n.key)
        >= ceil(count(*) filter (where n.band = 0) over (partition by n.text_key) / 4);

create or replace temp table sizes as
select distinct text_key, anchors from base.fingerprints;

create or replace temp table hinted as
select least(n.text_key, b.text_key) as one, greatest(n.text_key, b.text_key) as other, bool_or(n.band > 0) as banded
from searched n
join base.bands b on b.key = n.key and b.band = n.band and b.text_key <> n.text_key
group by all;

create or replace temp table hinted_anchors as
select text_key, key
from base.bands
where band = 0 and text_key in (select one from hinted where not banded union select other from hinted where not banded);

create or replace temp table pairs as
select one, other from hinted where banded
union
select h.one, h.other
from hinted h
join hinted_anchors a on a.text_key = h.one
join hinted_anchors b on b.text_key = h.other and b.key = a.key
join sizes f on f.text_key = h.one
join sizes g on g.text_key = h.other
where not h.banded
group by h.one, h.other, f.anchors, g.anchors
having 4 * count(*) >= least(f.anchors, g.anchors);
