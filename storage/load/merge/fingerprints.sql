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

-- Candidate pairs share a band, or a quarter of the anchors of the text with fewer. An anchor that very many texts share
-- (a site's footer) would make too many pairs. The anchors of a new text are numbered, the most frequent first: a pair that
-- shares a quarter of the fewer anchors shares one whose number is at least that quarter. So a frequent anchor with the
-- number n is looked up only if one of the two texts has at most 4 n anchors ("at_most"; null: any text will do). That holds
-- whichever of the two is new. The pairs found are then counted with all their anchors.
create or replace temp table frequent as
select key, count(*) as texts
from base.bands
where band = 0 and key in (select key from new_bands where band = 0)
group by key
having count(*) > getvariable('frequent');

create or replace temp table searched as
select
    n.band, n.key, n.text_key,
    4 * row_number() over (partition by n.text_key order by f.texts desc nulls last, n.key) as reach,
    case when f.key is not null and reach < count(*) filter (where n.band = 0) over (partition by n.text_key) then reach end
        as at_most
from new_bands n
left join frequent f on f.key = n.key and n.band = 0;

create or replace temp table sizes as
select distinct text_key, anchors from base.fingerprints;

create or replace temp table short as
select b.key, b.text_key, s.anchors
from base.bands b
join (select key, max(at_most) as at_most from searched where at_most is not null group by key) w on w.key = b.key
join sizes s on s.text_key = b.text_key and s.anchors <= w.at_most
where b.band = 0;

create or replace temp table hinted as
select least(text_key, found) as one, greatest(text_key, found) as other, bool_or(band > 0) as banded
from (
    select n.band, n.text_key, b.text_key as found
    from searched n
    join base.bands b on b.key = n.key and b.band = n.band
    where n.at_most is null
    union all
    select n.band, n.text_key, s.text_key
    from searched n
    join short s on s.key = n.key and s.anchors <= n.at_most
)
where found <> text_key
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
