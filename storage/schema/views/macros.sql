create or replace macro excerpt(body, phrase) as
    substr(body, greatest(1, strpos(lower(body), lower(phrase)) - 80)::bigint, 200);

comment on macro excerpt is 'excerpt(body, phrase): up to 200 characters around the first occurrence of phrase.';

-- Half the cost of contains() and lower(), which writes every text again. RE2 does not fold the capital i with a dot.
create or replace macro base.pattern_of(phrase) as '(?i)' || replace(regexp_escape(lower(phrase)), 'i', '[iİ]');

comment on macro base.pattern_of is 'A regular expression for the phrase as written, upper and lower case alike.';

create or replace macro search(phrase, since := timestamptz '1970-01-01 00:00:00+00') as table
    select id, published_at, title, site, url, score, excerpt(body, phrase) as excerpt
    from stories
    where (regexp_matches(title, base.pattern_of(phrase)) or regexp_matches(body, base.pattern_of(phrase)))
        and coalesce(published_at, first_seen_at) >= since
    order by coalesce(published_at, first_seen_at) desc, id;

comment on macro table search is 'search(phrase, since := ...): stories with the phrase in title or body, newest first; upper and lower case are the same.';

create or replace macro timeline(topic := '', grain := 'month') as table
    select
        cast(date_trunc(grain, published_at at time zone 'UTC') as date) as period,
        count(*) as stories,
        count(distinct site) as sites,
        round(avg(score), 2) as mean_score
    from stories
    where topic = '' or list_contains(topics, topic)
    group by all
    order by period;

comment on macro table timeline is 'timeline(topic, grain): number of stories per period; grain is day, week, month or year, topic '''' means all topics. Undated stories have a null period.';

create or replace macro coverage(code) as table
    select s.id, s.published_at, s.title, s.site, s.url, s.score, m.entities
    from stories s
    join (
        select story_id, list_sort(list(distinct name)) as entities
        from mentions
        where country = upper(code) and relevant
        group by story_id
    ) m on m.story_id = s.id
    order by coalesce(s.published_at, s.first_seen_at) desc, s.id;

comment on macro table coverage is 'coverage(code): stories that name an entity of that country (ISO 3166-1 alpha-2), its firms included, newest first. The named query country has stories about the country only.';

-- By keys: rows are found in one pass over a column of 8 bytes a row, and only theirs are read.
create or replace macro story(address) as table
    select
        a.article_id as id, a.url, a.title,
        case when a.relevant then 'kept' when a.near_miss then 'near_miss' else 'rejected' end as verdict,
        a.relevant, a.near_miss, a.score, a.threshold, a.reason, a.stage, a.topics, a.site, a.language, a.published_at,
        a.captured_at, a.judged_at, a.rules_fingerprint, a.quality, a.method, a.text_chars, a.text_kept, a.raw_ref,
        a.run_id, coalesce(a.site_name, '') as site_name, a.dates, a.lengths, a.page_chars, a.published_precision,
        a.published_source, a.text as body, a.matches, a.mentions, a.parts
    from base.articles a
    where a.rowid in (
        -- The address may be a subquery, which is asked once so.
        with given as materialized (
            select md5_number_lower(said) as key, md5_number_lower(sha256(said)) as canonical from (select address as said)
        )
        select rowid from base.articles where article_key in (select key from given)
        union
        select rowid from base.articles where url_key in (select key from given)
        union
        select rowid from base.articles where article_key in (
            select article_key
            from base.entries
            where entry_key in (select key from given union all select canonical from given)
            union all
            select article_key from base.entries where url_key in (select key from given)
        )
    );

comment on macro table story is 'story(address): the verdict, text and evidence of one page, kept or not; address is the announced address, the canonical address or the id.';

create or replace macro as_of(moment, rules := '') as table
    select
        article_id as story_id, url, title, relevant, near_miss, score, reason, topics, rules_fingerprint, text_hash,
        captured_at, judged_at
    from base.decisions
    where judged_at <= moment and (rules = '' or rules_fingerprint = rules)
    qualify row_number() over (
        partition by article_id order by captured_at desc, judged_at desc, digest desc
    ) = 1;

comment on macro table as_of is 'as_of(moment, rules := ''''): the verdict on each page that was current at that moment; with rules (a fingerprint), only verdicts under these rules count.';

create or replace macro changes(address) as table
with version as (
    select article_id, captured_at, first_captured_at, judged_at, digest, text_hash, title, text
    from base.articles where article_id in (select id from story(address))
    union all
    select article_id, captured_at, first_captured_at, judged_at, digest, text_hash, title, text
    from base.revisions where article_id in (select id from story(address))
),
step as (
    select
        article_id, first_captured_at, title, text_hash,
        lag(first_captured_at) over history as since,
        lag(title) over history as title_before,
        lag(text_hash) over history as hash_before,
        [trim(line) for line in string_split(text, chr(10)) if trim(line) <> ''] as lines,
        lag([trim(line) for line in string_split(text, chr(10)) if trim(line) <> '']) over history as lines_before
    from version
    window history as (partition by article_id order by captured_at, judged_at, digest)
)
select
    article_id as story_id,
    first_captured_at as changed_at,
    since,
    case when title is distinct from title_before then title_before end as title_before,
    case when title is distinct from title_before then title end as title_after,
    [line for line in lines if not list_contains(lines_before, line)] as added,
    [line for line in lines_before if not list_contains(lines, line)] as removed,
    case
        when lines is null or lines_before is null then 'a text was not kept'
        else concat_ws(
            ', ', 'lines added: ' || len(added), 'lines removed: ' || len(removed),
            case when title is distinct from title_before then 'new headline' end
        )
    end as summary
from step
where hash_before is distinct from text_hash and hash_before is not null
order by changed_at;

comment on macro table changes is 'changes(address): every edit of one page, oldest first: lines added and removed, headline before and after.';

create or replace macro developing(since, days := 14) as table
    select e.event_id, e.story_id, e.title, e.site, e.url, e.language, e.published_at, e.lag, e.first
    from event_stories e
    join events v on v.event_id = e.event_id
    where v.first_published_at >= since and v.stories > 1 and coalesce(e.lag, interval 0 day) <= to_days(days)
    order by v.first_published_at, e.event_id, e.published_at, e.story_id;

comment on macro table developing is 'developing(since, days := 14): events of several stories that began at or after since, with the stories of their first days.';

create or replace macro known_on(day) as table
    select s.*
    from stories s
    where s.published_day <= day
    order by s.published_at desc, s.id;

comment on macro table known_on is 'known_on(day): stories published by the end of that UTC day, as judged now; undated ones are left out. as_of(moment) says instead what this corpus had judged by then.';
