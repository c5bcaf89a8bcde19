-- What the corpus has of the entries and articles that this load may change, read once for all merges and summaries.

create or replace temp table touched_entries as
select distinct entry_id, md5_number_lower(entry_id) as entry_key
from (
    select entry_id from in_entry
    union all
    select entry_id from in_attempt
    union all
    -- A page captured without an entry may have been announced as well.
    select article_id from in_judged where entry_id is null and origin_kind <> 'archive'
);

-- Rows are looked for by key; that their ids are equal, too, is asked of these few.
create or replace temp table entries_before as
select rowid as row, * exclude (title, summary, content, guid, authors, categories)
from base.entries
where rowid in (select rowid from base.entries semi join touched_entries using (entry_key))
    and entry_id in (select entry_id from touched_entries);

create or replace temp table attempts_before as
select rowid as row, *
from base.attempts
where rowid in (select rowid from base.attempts semi join touched_entries using (entry_key))
    and entry_id in (select entry_id from touched_entries);

-- Articles whose summary may change: those judged, and those to which a touched entry leads or led.
create or replace temp table led_to as
select distinct article_key
from (
    select md5_number_lower(article_id) as article_key from in_judged
    union all
    select md5_number_lower(article_id) from in_attempt
    union all
    select article_key from entries_before
    union all
    select article_key from attempts_before
    union all
    select md5_number_lower(story_id) from in_correction
    union all
    -- An article is also led to by the entry with its own id.
    select entry_key from touched_entries
)
where article_key is not null;

create or replace temp table routes_before as
select entry_key, article_key from base.entries semi join led_to using (article_key);

create or replace temp table sightings_before as
select rowid as row, *
from base.sightings
where rowid in (
    select rowid
    from base.sightings
    semi join (
        select entry_key from touched_entries
        union all select entry_key from routes_before
        union all select article_key from led_to
    ) using (entry_key)
);
