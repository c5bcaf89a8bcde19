-- Fills the tables of schema 7 with a corpus of a chosen size, from the variables set by `benchmarks.corpus`. Rows lie in
-- the order in which runs would have stored them. Everything is a function of the row's number.

create or replace macro chance(n, salt) as (hash(n, salt) // 2048)::double / 9007199254740992;
create or replace macro id_of(kind, n) as sha256(kind || n);
-- Zipf's law: of `size` things the first is drawn most often.
create or replace macro zipf(n, salt, size) as (pow(size, chance(n, salt)))::bigint - 1;
create or replace macro moment(n, of_all) as
    getvariable('until') - to_microseconds(((1 - n / of_all) * getvariable('days') * 86400000000)::bigint);

create temp table word as
select
    i as n,
    string_agg(substr('etaoinshrdlucmfwypvbgkqjxzäéßøščжнлк', 1 + zipf(i * 20 + j, 'letter', 36), 1), '' order by j) as word
from range(20000) t(i), range(10) r(j)
where j < 2 + 8 * chance(i, 'length')
group by i;

create temp table sentence as
select s as n, string_agg(word, ' ' order by j) || '.' as sentence
from (select s, j, zipf(s * 40 + j, 'word', 20000) as n from range(30000) t(s), range(30) r(j) where j < 8 + 20 * chance(s, 'words'))
join word using (n)
group by s;

create temp table feed as
select i as n, 'feed-' || i as feed_id, 'outlet' || i || '.example' as site from range(getvariable('feeds')) t(i);

insert into base.feeds by name
select
    feed_id, 'https://' || site || '/rss.xml' as url, 'Outlet ' || n as title, 'https://' || site as site_url,
    'Publisher ' || n as publisher, ['en', 'de', 'fr', 'es', 'zh'][1 + n % 5] as language,
    ['GB', 'DE', 'FR', 'ES', 'CN'][1 + n % 5] as country, 'telecom' as category, true as active, moment(0, 1) as synced_at,
    id_of('feed', n) as digest
from feed;

insert into base.feed_states by name
select
    feed_id, 'https://' || site || '/rss.xml' as url, 'W/"' || n || '"' as etag, case when n % 40 = 0 then 3 else 0 end as failures,
    getvariable('until') + interval 10 minute as next_poll_at, 0 as moved_count, getvariable('until') as polled_at,
    id_of('poll', getvariable('polls') - 1 - n) as digest, 'https://' || site || '/rss.xml' as subscribed_url
from feed;

insert into base.polls by name
select
    'run-' || (i // getvariable('feeds')) as run_id, 'feed-' || (getvariable('feeds') - 1 - (getvariable('polls') - 1 - i) % getvariable('feeds')) as feed_id,
    case when i >= getvariable('polls') - getvariable('feeds') then getvariable('until') else moment(i, getvariable('polls')) end as polled_at,
    case when chance(i, 'outcome') < 0.3 then 'new' else 'unchanged' end as outcome, 200 as status, 25 as entries_seen,
    0 as skipped, 30000 as bytes, 0.4 as seconds, '' as message, id_of('poll', i) as digest
from range(getvariable('polls')) t(i);

-- Several announced addresses lead to one article. The last addresses have not been read yet.
create temp table announced as
select
    i as n, id_of('entry', i) as entry_id, moment(i, getvariable('entries')) as seen_at, i * getvariable('articles') // getvariable('entries') as article,
    zipf(i, 'feed', getvariable('feeds')) as feed, i >= getvariable('entries') - getvariable('open') as waits,
    (i + 1) * getvariable('articles') // getvariable('entries') > article as own
from range(getvariable('entries')) t(i);

update announced set entry_id = id_of('article', article) where own;

insert into base.sightings by name
select
    entry_id, 'feed' as origin_kind, 'feed-' || f as origin_locator, substr(id_of('variant', n), 1, 32) as announced_hash,
    'feed-' || f as feed_id, n % 20 as rank, seen_at + k * interval 40 minute as first_seen_at,
    seen_at + interval 20 hour as last_seen_at, 'run-' || (n // 200) as run_id, id_of('sighting' || k, n) as digest
from (
    select announced.*, k, (feed + k * (1 + n % 7)) % getvariable('feeds') as f
    from announced, range(3) r(k)
    where k = 0 or chance(n * 3 + k, 'seen again') < 0.5
)
order by seen_at;

create temp table judged as
select
    i as n, id_of('article', i) as article_id, id_of('content', i) as content_id, moment(i, getvariable('articles')) as captured_at,
    zipf(i, 'site', getvariable('sites')) as site, i % 13 as tongue,
    chance(i, 'verdict') < getvariable('kept') / getvariable('articles') as relevant,
    not relevant and chance(i, 'verdict') < 1.5 * getvariable('kept') / getvariable('articles') as near_miss,
    relevant or near_miss as text_kept
from range(getvariable('articles')) t(i);

create temp table body as
select article, string_agg(sentence || case when j % 5 = 4 then chr(10) else '' end, ' ' order by j) as text
from (
    select j.n as article, r.j, (chance(j.n * 24 + r.j, 'sentence') * 30000)::bigint as n
    from judged j, range(24) r(j)
    where j.text_kept and r.j < 3 + 20 * chance(j.n, 'size')
) picked join sentence using (n)
group by article;

create temp table story as
select
    j.*, 'https://www.outlet' || j.site || '.example/' || strftime(captured_at, '%Y/%m/%d/') || replace(left(t.sentence, 60), ' ', '-') || '-' || j.n as url,
    'outlet' || j.site || '.example' as outlet, left(t.sentence, 70) as title
from judged j join sentence t on t.n = (j.n * 7919) % 30000;

create macro matches_of(n, relevant) as
    [{'rule': 'term.' || zipf(n * 9 + k, 'rule', 800), 'facet': ['network', 'threat', 'actor'][1 + k % 3], 'field': 'text', 'start': 40 * k,
      'end': 40 * k + 12, 'quote': 'core network'} for k in range(case when relevant then 7 else 2 end)];
create macro mentions_of(n, relevant) as
    [{'entity': 'ent.' || zipf(n * 13 + k, 'entity', 600), 'name': 'Entity ' || zipf(n * 13 + k, 'entity', 600), 'type': 'operator',
      'country': ['US', 'CN', 'DE', 'GB', 'FR', '', 'SE', 'FI'][1 + zipf(n * 13 + k, 'entity', 600) % 8], 'count': 1 + k, 'field': 'text', 'start': 90 * k}
     for k in range(case when relevant then 9 else 2 end)];
create macro parts_of(n) as [{'name': p, 'value': round(4 * chance(n, p), 1)} for p in ['title', 'text', 'entities', 'penalty']];

insert into base.articles by name
select
    article_id, content_id, captured_at, captured_at + interval 2 second as judged_at, id_of('judged', n) as digest,
    captured_at as first_captured_at, 'run-' || (n // 60) as run_id, article_id as entry_id, url, outlet as site, title, text, text_kept,
    ['Author ' || (n % 900)] as authors, captured_at - interval 3 hour as published_at, 'minute' as published_precision,
    'json-ld' as published_source, ['en', 'de', 'fr', 'es', 'zh', 'ja', 'ru', 'it', 'pl', 'pt', 'ko', 'nl', 'sv'][1 + tongue] as language,
    'news' as section, ['5g', 'security'] as tags, id_of('text', n) as text_hash, coalesce(length(text), 2000) as text_chars,
    'trafilatura' as method, case when chance(n, 'quality') < 0.05 then ['teaser'] else [] end as quality, id_of('page', n) as page_hash,
    strftime(captured_at, '%Y-%m/') || (n // 1000) || '@' || (n % 1000) * 40000 as raw_ref, 'feed' as origin_kind,
    'feed-' || (n % getvariable('feeds')) as origin_locator, relevant, near_miss,
    case when relevant then 5 + 9 * chance(n, 'score') else 4.9 * chance(n, 'score') end as score, 5 as threshold,
    case when relevant then 'It names a 5G core network, an attack and an operator in title and text.' else 'It names no threat to a network.' end as reason,
    'judge' as stage, case when relevant then ['T0' || (1 + n % 9)] else [] end as topics, matches_of(n, relevant) as matches,
    mentions_of(n, relevant) as mentions, parts_of(n) as parts, id_of('rules', n * 8 // getvariable('articles')) as rules_fingerprint,
    'Outlet ' || site as site_name,
    [{'source': 'json-ld', 'claimed_at': captured_at - interval 3 hour, 'precision': 'minute', 'zone_known': true}] as dates,
    [{'method': 'trafilatura', 'chars': 2000}, {'method': 'trafilatura-recall', 'chars': 2100}] as lengths, 4000 + n % 1000 as page_chars
from story left join body on body.article = story.n
order by captured_at;

insert into base.decisions by name
select
    article_id, text_hash, content_id, rules_fingerprint, captured_at, judged_at, relevant, near_miss, score, threshold, reason, stage,
    topics, matches, parts, title, url, run_id, digest
from base.articles;

-- Every fortieth address is a page that could not be read; the rest lead to their article.
create temp table tried as
select
    a.*, case when waits and n % 3 = 0 then 'retry' when n % 40 = 0 and not own then 'gone' else 'done' end as state
from announced a
where not waits or n % 3 = 0;

insert into base.attempts by name
select
    entry_id, seen_at + interval 5 minute as attempted_at, id_of('attempt', n) as digest, 'run-' || (n // 200) as run_id, state, 1 as attempts,
    case when state = 'retry' then seen_at + interval 30 minute end as next_attempt_at,
    case state when 'gone' then 404 when 'retry' then 503 else 200 end as status,
    case state when 'gone' then ['http_404', 'bot_wall', 'too_short'][1 + n % 3] when 'retry' then 'timeout' else '' end as kind,
    case when state <> 'done' then 'The server answered in a way that helps nobody.' end as message,
    case when state = 'done' then attempted_at end as done_at, case when state = 'done' then id_of('attempt', n) end as done_digest,
    case when state = 'done' then 'W/"' || n || '"' end as etag, case when state = 'done' then attempted_at end as article_at,
    case when state = 'done' then id_of('attempt', n) end as article_digest,
    case when state = 'done' then id_of('article', article) end as article_id
from tried
order by seen_at;

insert into base.entries by name
select
    entry_id, 'https://www.outlet' || feed || '.example/' || strftime(seen_at, '%Y/%m/%d/') || replace(left(s.sentence, 60), ' ', '-') || '-' || a.n as url, url as canonical_url,
    left(s.sentence, 70) as title, s.sentence as summary, null as content, url as guid, [] as authors, ['telecom'] as categories,
    seen_at - interval 3 hour as published_at, 'en' as language, 'feed' as origin_kind, 'feed-' || feed as origin_locator,
    'feed-' || feed as feed_id, substr(id_of('variant', a.n), 1, 32) as variant, seen_at + interval 20 hour as announced_at,
    seen_at as first_seen_at, 'run-' || (a.n // 200) as first_run_id, 0 as changes, coalesce(t.state, 'pending') as state,
    coalesce(t.attempts, 0) as attempts, t.attempted_at, t.next_attempt_at, t.article_id, t.etag, t.status, t.kind, t.message
from announced a
join sentence s on s.n = (a.n * 7919) % 30000
left join base.attempts t using (entry_id)
order by seen_at;

insert into base.failures by name
select
    'run-' || (i // 20) as run_id, 'https://www.outlet' || i % 300 || '.example/failed/' || i as url, 'fetch' as stage, 'timeout' as kind,
    'No answer within 30 seconds.' as message, true as transient, moment(i, getvariable('entries') // 10) as failed_at, 'feed' as origin_kind,
    'feed-' || i % 300 as origin_locator, id_of('failure', i) as digest
from range(getvariable('entries') // 10) t(i);

insert into base.runs by name
select
    'run-' || i as run_id, 'ingest' as flow, moment(i, getvariable('runs')) as started_at, started_at + interval 5 minute as ended_at,
    'Completed' as state, '300 feeds polled, 200 new entries, 60 pages judged, 2 stories' as message,
    map {'polled': 300, 'entries': 200, 'judged': 60, 'kept': 2}::map(varchar, bigint) as counts, id_of('run', i) as digest
from range(getvariable('runs')) t(i);

insert into base.load_log
select '000' || i || '-' || substr(id_of('batch', i), 1, 32) || '.parquet', 60, moment(i, getvariable('runs') * 7)
from range(getvariable('runs') * 7) t(i);

-- One text in ten is a copy of the one before it.
create temp table printed as
select
    article_id, content_id, n, published_at,
    case when n % 10 = 0 then max(case when n % 10 <> 0 then n end) over (order by n rows between unbounded preceding and 1 preceding) end as copied_from
from (select row_number() over (order by captured_at) - 1 as n, * from base.articles where text_kept);

insert into base.fingerprints by name
select
    article_id, content_id, getvariable('fingerprints') as version, hash(n, 'key')::hugeint - 9223372036854775808 as text_key, 440 as shingles,
    60 as anchors, case when n % 5 = 0 then 'reuters' else '' end as agency
from printed;

insert into base.bands
select
    band::utinyint, (hash(coalesce(copied_from, n), k) % 4294967296)::uinteger, hash(n, 'key')::hugeint - 9223372036854775808
from printed, lateral (select case when k < 16 then k + 1 else 0 end as band, k from range(76) r(k));

insert into base.links
select least(a, b), greatest(a, b), 400, 440, 440
from (select hash(n, 'key')::hugeint - 9223372036854775808 as a, hash(copied_from, 'key')::hugeint - 9223372036854775808 as b from printed where copied_from is not null);

insert into base.members by name
with pair as (select p.article_id, q.article_id as cluster_id from printed p join printed q on q.n = p.copied_from)
select article_id, cluster_id, cluster_id as reference_id, 400 as shared, 440 as shingles, 440 as reference_shingles from pair
union all by name
select distinct cluster_id as article_id, cluster_id, cluster_id as reference_id, 440 as shared, 440 as shingles, 440 as reference_shingles from pair;

insert into base.meta values ('fingerprints', getvariable('fingerprints')::varchar);
