-- The contract with those who query. Tables in schema base may change; a view may only grow.
-- Runs again after every migration and whenever this file changed: everything here is "create or replace".
-- Days are UTC days whatever the session's time zone.

create or replace view stories as
with seen as (
    select
        a.article_id,
        count(*) as sightings,
        min(s.first_seen_at) as first_seen_at,
        max(s.last_seen_at) as last_seen_at,
        list_sort(list_distinct(list(s.feed_id) filter (where s.feed_id <> ''))) as feeds
    from (
        select article_id, entry_id from base.entries where article_id is not null
        union
        select article_id, article_id as entry_id from base.articles where relevant
    ) e
    join base.articles a on a.article_id = e.article_id and a.relevant
    join (
        select
            entry_id, origin_kind, origin_locator, any_value(feed_id) as feed_id,
            min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at
        from base.sightings
        group by entry_id, origin_kind, origin_locator
    ) s on s.entry_id = e.entry_id
    group by a.article_id
)
select
    a.article_id as id,
    a.url,
    a.title,
    a.site,
    a.published_at,
    cast(a.published_at at time zone 'UTC' as date) as published_day,
    a.published_precision,
    least(coalesce(s.first_seen_at, a.first_captured_at), a.first_captured_at) as first_seen_at,
    a.language,
    a.score,
    a.topics,
    a.reason,
    list_sort(list_distinct([m.name for m in coalesce(a.mentions, [])])) as entities,
    list_sort(list_distinct([m.country for m in coalesce(a.mentions, []) if m.country <> ''])) as countries,
    coalesce(s.sightings, 0) as sightings,
    coalesce(s.feeds, []) as feeds,
    a.authors,
    a.section,
    a.tags,
    a.quality,
    coalesce(m.cluster_id, a.article_id) as cluster_id,
    a.captured_at,
    a.judged_at,
    a.rules_fingerprint,
    a.text as body,
    coalesce(a.site_name, '') as site_name,
    a.published_source
from base.articles a
left join seen s on s.article_id = a.article_id
left join base.members m on m.article_id = a.article_id
-- A page that moved is the same story at its new address.
where a.relevant and m.moved_to is null;

comment on view stories is 'The corpus: one row per story kept, in its latest captured version.';
comment on column stories.id is 'SHA-256 (hex) of the canonical form of url; story_id in the other views.';
comment on column stories.url is 'Address of the page.';
comment on column stories.title is 'Headline.';
comment on column stories.site is 'Registrable domain of the publisher.';
comment on column stories.published_at is 'When it was published, as the page or else the feed says (UTC); null when neither does.';
comment on column stories.published_day is 'UTC day of published_at.';
comment on column stories.published_precision is 'minute, day, or empty when undated.';
comment on column stories.first_seen_at is 'When we first heard of it: first sighting or first capture, the earlier.';
comment on column stories.language is 'BCP 47 language of the text.';
comment on column stories.score is 'Score of the current decision.';
comment on column stories.topics is 'Topics of the current decision.';
comment on column stories.reason is 'Why it was kept, in one sentence.';
comment on column stories.entities is 'Names of the entities it mentions, sorted; details in mentions.';
comment on column stories.countries is 'Countries (ISO 3166-1 alpha-2) of those entities, sorted.';
comment on column stories.sightings is 'How many feeds and listings carried its address; details in sightings.';
comment on column stories.feeds is 'Ids of the feeds that carried it, sorted.';
comment on column stories.authors is 'Authors as the page names them.';
comment on column stories.section is 'Section of the publication, as the page says.';
comment on column stories.tags is 'Keywords the page gives itself.';
comment on column stories.quality is 'Flags on the text: too_short, paywall, consent_wall, ...';
comment on column stories.cluster_id is 'Equal for stories of the same text (copies, edited and cut ones, teasers); see clusters and cluster_members.';
comment on column stories.captured_at is 'When the page this row comes from was served.';
comment on column stories.judged_at is 'When the current decision was made.';
comment on column stories.rules_fingerprint is 'Which rules made the current decision.';
comment on column stories.body is 'Cleaned text.';
comment on column stories.published_source is 'Where published_at came from: json-ld, meta, microdata, feed, url or visible; empty when undated. All claims: ledger.dates.';
comment on column stories.site_name is 'The outlet''s own name, as the page gives it; may be empty.';

create or replace view sightings as
select
    coalesce(e.article_id, s.entry_id) as story_id,
    s.entry_id,
    coalesce(e.url, a.url) as url,
    coalesce(e.title, a.title) as title,
    s.origin_kind,
    s.origin_locator,
    s.feed_id,
    f.title as feed,
    s.rank,
    s.first_seen_at,
    s.last_seen_at,
    s.versions
from (
    select
        entry_id, origin_kind, origin_locator,
        arg_min(feed_id, (first_seen_at, digest)) as feed_id,
        arg_min(rank, (first_seen_at, digest)) as rank,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        count(*) as versions
    from base.sightings
    group by entry_id, origin_kind, origin_locator
) s
left join base.entries e on e.entry_id = s.entry_id
left join base.articles a on a.article_id = s.entry_id
left join base.feeds f on f.feed_id = s.feed_id;

comment on view sightings is 'One row per address and place that announced it (feed, sitemap, archive), of every address heard of, kept or not.';
comment on column sightings.story_id is 'Joins stories.id and ledger.id once the page was read.';
comment on column sightings.entry_id is 'Joins entries.id; SHA-256 (hex) of the announced canonical address.';
comment on column sightings.url is 'Address as announced.';
comment on column sightings.title is 'Title as announced.';
comment on column sightings.origin_kind is 'feed, sitemap, url-list, wayback, warc or gdelt.';
comment on column sightings.origin_locator is 'Feed id, sitemap address, capture time, or WARC file and offset.';
comment on column sightings.feed_id is 'Id of the feed in the watchlist; empty for other origins.';
comment on column sightings.feed is 'Title of the feed.';
comment on column sightings.rank is 'Position in the feed when first seen, 0 the first.';
comment on column sightings.first_seen_at is 'When it was first seen there.';
comment on column sightings.last_seen_at is 'When it was last seen there.';
comment on column sightings.versions is 'How many different announcements (title, summary, update time) were seen there; 33 stands for 33 or more.';

create or replace view entries as
select
    e.entry_id as id,
    e.url,
    e.title,
    e.published_at,
    e.state,
    e.attempts,
    e.attempted_at,
    e.next_attempt_at,
    e.retry_after_at,
    e.status,
    e.kind as problem,
    e.message,
    e.first_seen_at,
    e.announced_at,
    e.changed_at,
    e.feed_id,
    e.article_id as story_id,
    e.first_run_id as run_id,
    e.retrying_since
from base.entries e;

comment on view entries is 'Every address announced to us and how far it got.';
comment on column entries.id is 'SHA-256 (hex) of the canonical address.';
comment on column entries.url is 'Address to fetch.';
comment on column entries.title is 'Title as last announced.';
comment on column entries.published_at is 'Date as last announced.';
comment on column entries.state is 'pending (to be fetched), done, retry (to be tried again; with problem walled it was judged on what there is), gone (given up; problem says why).';
comment on column entries.attempts is 'Tries since it last became pending.';
comment on column entries.attempted_at is 'Last try.';
comment on column entries.next_attempt_at is 'Not tried again before then.';
comment on column entries.retry_after_at is 'The server asked us to wait until then.';
comment on column entries.status is 'HTTP status of the last try.';
comment on column entries.problem is 'Slug of what went wrong in the last try; empty when nothing did.';
comment on column entries.message is 'The same in words.';
comment on column entries.first_seen_at is 'When it was first announced.';
comment on column entries.announced_at is 'When it was last announced.';
comment on column entries.changed_at is 'When an origin last announced it changed; null when none did.';
comment on column entries.feed_id is 'Feed of the latest announcement.';
comment on column entries.story_id is 'Joins stories.id and ledger.id; null until the page was read.';
comment on column entries.run_id is 'Run that first saw it.';
comment on column entries.retrying_since is 'Since when it is being retried: the first try of those in a row that left it waiting.';

create or replace view ledger as
select
    article_id as id,
    url,
    title,
    case when relevant then 'kept' when near_miss then 'near_miss' else 'rejected' end as verdict,
    relevant,
    near_miss,
    score,
    threshold,
    reason,
    stage,
    topics,
    site,
    language,
    published_at,
    captured_at,
    judged_at,
    rules_fingerprint,
    quality,
    method,
    text_chars,
    text_kept,
    raw_ref,
    run_id,
    coalesce(site_name, '') as site_name,
    dates,
    lengths,
    page_chars,
    published_precision,
    published_source
from base.articles;

comment on view ledger is 'Everything judged, kept or not: one row per page with its newest verdict and the reason.';
comment on column ledger.id is 'SHA-256 (hex) of the canonical form of url; joins story_id.';
comment on column ledger.url is 'Address of the page.';
comment on column ledger.title is 'Headline.';
comment on column ledger.verdict is 'kept, near_miss or rejected.';
comment on column ledger.relevant is 'Whether it is a story.';
comment on column ledger.near_miss is 'Whether it came close to being one.';
comment on column ledger.score is 'Score; at or above threshold it may be kept.';
comment on column ledger.threshold is 'Threshold of the rules that judged it.';
comment on column ledger.reason is 'The reason in one sentence.';
comment on column ledger.stage is 'judge, or the gate before it that stopped the page (scan, text).';
comment on column ledger.topics is 'Topics found.';
comment on column ledger.site is 'Registrable domain.';
comment on column ledger.language is 'BCP 47 language of the text.';
comment on column ledger.published_at is 'When it was published, as far as known.';
comment on column ledger.captured_at is 'When the page was served.';
comment on column ledger.judged_at is 'When the verdict was made.';
comment on column ledger.rules_fingerprint is 'Which rules made it.';
comment on column ledger.quality is 'Flags on the text.';
comment on column ledger.method is 'Which candidate the text is: trafilatura-fast, -standard, -precision or -recall, json-ld, feed, script, or the amp or print version the page names.';
comment on column ledger.text_chars is 'Length of the text in characters.';
comment on column ledger.text_kept is 'Whether the text is stored.';
comment on column ledger.raw_ref is 'Where the raw page is in our archive (file@offset); null when it is not.';
comment on column ledger.run_id is 'Run that judged it.';
comment on column ledger.site_name is 'The outlet''s own name, as the page gives it; may be empty.';
comment on column ledger.dates is 'Every publication date claimed: source, claimed_at, precision, zone_known.';
comment on column ledger.published_precision is 'minute, day, or empty when undated.';
comment on column ledger.published_source is 'Where published_at came from: json-ld, meta, microdata, feed, url or visible; empty when undated.';
comment on column ledger.lengths is 'Every candidate text looked at, the chosen one (method) included: method, chars.';
comment on column ledger.page_chars is 'Characters the page shows in all; 1 - text_chars / page_chars of it is not the article.';

create or replace view mentions as
select
    a.article_id as story_id,
    m.entity,
    m.name,
    m.type,
    m.country,
    m.count,
    m.field,
    m.start,
    cast(a.published_at at time zone 'UTC' as date) as published_day,
    a.relevant
from (select article_id, published_at, relevant, unnest(mentions) as m from base.articles) a;

comment on view mentions is 'One row per page judged and entity named in it. Add "where relevant" for stories only.';
comment on column mentions.story_id is 'Joins stories.id and ledger.id.';
comment on column mentions.entity is 'Stable id of the entity in the watchlist.';
comment on column mentions.name is 'Its name.';
comment on column mentions.type is 'operator, vendor, agency, actor, ...';
comment on column mentions.country is 'ISO 3166-1 alpha-2; empty when it has none.';
comment on column mentions.count is 'How often it is named.';
comment on column mentions.field is 'title or text: where it is named first.';
comment on column mentions.start is 'Offset of the first naming in that field, in characters.';
comment on column mentions.published_day is 'UTC day of publication.';
comment on column mentions.relevant is 'Whether the page is a story.';

create or replace view evidence as
select
    a.article_id as story_id,
    a.url,
    m.rule,
    m.facet,
    m.field,
    m.start,
    m."end",
    m.quote,
    a.relevant,
    a.rules_fingerprint
from (select article_id, url, relevant, rules_fingerprint, unnest(matches) as m from base.articles) a;

comment on view evidence is 'One row per rule hit of the current decisions: what was found, where, in which words.';
comment on column evidence.story_id is 'Joins stories.id and ledger.id.';
comment on column evidence.url is 'Address of the page.';
comment on column evidence.rule is 'Stable id of the term, entity or rule.';
comment on column evidence.facet is 'Which side of the question the rule serves.';
comment on column evidence.field is 'title or text.';
comment on column evidence.start is 'First character in that field.';
comment on column evidence."end" is 'One past the last character.';
comment on column evidence.quote is 'The words that matched.';
comment on column evidence.relevant is 'Whether the page is a story.';
comment on column evidence.rules_fingerprint is 'Which rules.';

create or replace view clusters as
with member as (
    select
        a.article_id, a.url, a.title, a.site, a.first_captured_at, a.text_chars, f.agency,
        m.cluster_id,
        coalesce(a.published_at, a.first_captured_at) as appeared_at,
        -- A day without a time counts from its end: else it would beat every story that tells its minute.
        case
            when a.published_precision = 'day'
            then greatest(a.published_at, least(a.published_at + interval 1 day, a.first_captured_at))
            else coalesce(a.published_at, a.first_captured_at)
        end as surely_at
    from base.members m
    join base.articles a on a.article_id = m.article_id
    left join base.fingerprints f on f.article_id = a.article_id
    where a.relevant and m.moved_to is null
),
credit as (
    select cluster_id, arg_max(agency, (credits, agency)) as agency
    from (select cluster_id, agency, count(*) as credits from member where agency <> '' group by all)
    group by cluster_id
),
ranked as (
    select
        member.*,
        credit.agency as source,
        coalesce(starts_with(member.site, replace(credit.agency, '-', '')), false) as own,
        struct_pack(
            own := case when own then 0 else 1 end, at := surely_at, shorter := -text_chars, id := article_id
        ) as rank
    from member
    left join credit on credit.cluster_id = member.cluster_id
)
select
    cluster_id,
    count(*) as members,
    list_sort(list_distinct(list(site))) as sites,
    list(article_id order by appeared_at, first_captured_at, article_id) as story_ids,
    arg_min(article_id, rank) as origin_id,
    arg_min(url, rank) as origin_url,
    arg_min(title, rank) as title,
    min(appeared_at) as first_published_at,
    max(appeared_at) as last_published_at,
    min(first_captured_at) as first_captured_at,
    any_value(source) as agency,
    case
        when count(*) = 1 then 'only'
        when bool_or(own) then 'agency'
        when count(*) filter (where surely_at = (rank_min).at) > 1 then 'longest'
        else 'earliest'
    end as origin_by
from (select *, min(rank) over (partition by cluster_id) as rank_min from ranked)
group by cluster_id
union all
-- Most stories are alone: they need no counting.
select
    a.article_id, 1, [a.site], [a.article_id], a.article_id, a.url, a.title,
    coalesce(a.published_at, a.first_captured_at), coalesce(a.published_at, a.first_captured_at), a.first_captured_at,
    nullif(f.agency, ''), 'only'
from base.articles a
left join base.fingerprints f on f.article_id = a.article_id
where a.relevant and not exists (select 1 from base.members m where m.article_id = a.article_id);

comment on view clusters is 'Stories of the same text, whatever site they are on: copies, edited and cut ones, and teasers of it. One row per text; how the members differ is in cluster_members.';
comment on column clusters.cluster_id is 'Joins stories.cluster_id; the id of its earliest page.';
comment on column clusters.members is 'How many stories carry it.';
comment on column clusters.sites is 'Sites that carry it, sorted.';
comment on column clusters.story_ids is 'Its stories, the earliest first.';
comment on column clusters.origin_id is 'The likely origin, as origin_by tells.';
comment on column clusters.origin_url is 'Address of that story.';
comment on column clusters.title is 'Title of that story.';
comment on column clusters.first_published_at is 'Publication (or capture) of the first.';
comment on column clusters.last_published_at is 'Publication (or capture) of the last.';
comment on column clusters.first_captured_at is 'When we first had one of them.';
comment on column clusters.agency is 'News agency that most members credit, by dateline or credit line; null when none does.';
comment on column clusters.origin_by is 'Why origin_id: agency (on the agency''s own site), earliest, longest (of equally early ones), only (one member).';

create or replace view cluster_members as
select
    m.cluster_id,
    m.article_id as story_id,
    a.url,
    a.site,
    a.title,
    coalesce(a.published_at, a.first_captured_at) as appeared_at,
    nullif(f.agency, '') as agency,
    a.text_chars,
    m.reference_id,
    m.article_id = m.reference_id as is_reference,
    round(m.shared / (m.shingles + m.reference_shingles - m.shared), 3) as similarity,
    round(m.shared / least(m.shingles, m.reference_shingles), 3) as containment,
    round(1 - m.shared / m.shingles, 3) as added,
    round(1 - m.shared / m.reference_shingles, 3) as removed,
    a.relevant,
    m.moved_to
from base.members m
join base.articles a on a.article_id = m.article_id
left join base.fingerprints f on f.article_id = m.article_id;

comment on view cluster_members is 'How the members of a cluster of two or more differ from its reference, the one most like the others. Counted in runs of three words.';
comment on column cluster_members.cluster_id is 'Joins clusters.cluster_id and stories.cluster_id.';
comment on column cluster_members.story_id is 'Joins stories.id and ledger.id.';
comment on column cluster_members.url is 'Canonical address.';
comment on column cluster_members.site is 'Registrable domain.';
comment on column cluster_members.title is 'Headline.';
comment on column cluster_members.appeared_at is 'Publication, or first capture when undated.';
comment on column cluster_members.agency is 'News agency it credits; null when none.';
comment on column cluster_members.text_chars is 'Length of its text in characters.';
comment on column cluster_members.reference_id is 'The member it was compared with.';
comment on column cluster_members.is_reference is 'Whether it is that one.';
comment on column cluster_members.similarity is 'Share of what either says that both say (Jaccard), 0 to 1.';
comment on column cluster_members.containment is 'Share of the shorter text that the longer one has, 0 to 1.';
comment on column cluster_members.added is 'Share of its text that the reference does not have.';
comment on column cluster_members.removed is 'Share of the reference that it does not have.';
comment on column cluster_members.relevant is 'Whether it is a story; near misses and pages judged otherwise later are members too.';
comment on column cluster_members.moved_to is 'The page moved: the story at its new address; null for all others.';

create or replace view decisions as
select
    article_id as story_id,
    url,
    title,
    case when relevant then 'kept' when near_miss then 'near_miss' else 'rejected' end as verdict,
    relevant,
    near_miss,
    score,
    threshold,
    reason,
    stage,
    topics,
    matches,
    rules_fingerprint,
    text_hash,
    captured_at,
    judged_at as valid_from,
    lead(judged_at) over history as valid_to,
    run_id
from (
    -- The same verdict on the same text under the same rules again is no news.
    select *
    from (
        -- A verdict on an older capture than one judged before never was the current one.
        select *
        from base.decisions
        qualify captured_at >= max(captured_at) over (
            partition by article_id order by judged_at, captured_at, digest
        )
    )
    qualify (text_hash, rules_fingerprint, relevant, near_miss, score) is distinct from lag(
        (text_hash, rules_fingerprint, relevant, near_miss, score)
    ) over (partition by article_id order by judged_at, captured_at, digest)
)
window history as (partition by article_id order by judged_at, captured_at, digest);

comment on view decisions is 'The history of verdicts: what the corpus said about a page, and from when to when. Only verdicts that were current at some time.';
comment on column decisions.story_id is 'Joins stories.id and ledger.id.';
comment on column decisions.url is 'Address of the page.';
comment on column decisions.title is 'Headline then.';
comment on column decisions.verdict is 'kept, near_miss or rejected.';
comment on column decisions.relevant is 'Whether it was a story.';
comment on column decisions.near_miss is 'Whether it came close.';
comment on column decisions.score is 'Score then.';
comment on column decisions.threshold is 'Threshold then.';
comment on column decisions.reason is 'The reason in one sentence.';
comment on column decisions.stage is 'judge, or the gate that stopped the page.';
comment on column decisions.topics is 'Topics found then.';
comment on column decisions.matches is 'The evidence then: rule, facet, field, start, end, quote.';
comment on column decisions.rules_fingerprint is 'Under which rules.';
comment on column decisions.text_hash is 'On which text: of the current one or one in revisions.';
comment on column decisions.captured_at is 'When the page judged was served.';
comment on column decisions.valid_from is 'When the verdict was made.';
comment on column decisions.valid_to is 'When the next one replaced it; null for the current one.';
comment on column decisions.run_id is 'Run that made it.';

create or replace view revisions as
select
    r.article_id as story_id,
    r.url,
    r.title,
    r.text_hash,
    r.first_captured_at,
    r.captured_at as last_captured_at,
    r.text_chars,
    r.relevant,
    r.score,
    r.reason,
    r.raw_ref,
    r.text as body
from base.revisions r
left join base.articles a on a.article_id = r.article_id
where r.text_hash is distinct from a.text_hash;

comment on view revisions is 'Former versions of pages whose text was edited; the current one is in stories and ledger.';
comment on column revisions.story_id is 'Joins stories.id and ledger.id.';
comment on column revisions.url is 'Address of the page.';
comment on column revisions.title is 'Headline then.';
comment on column revisions.text_hash is 'SHA-256 (hex) of title and text, white space folded.';
comment on column revisions.first_captured_at is 'First capture of this version.';
comment on column revisions.last_captured_at is 'Last capture of this version.';
comment on column revisions.text_chars is 'Length of the text in characters.';
comment on column revisions.relevant is 'Whether this version was a story.';
comment on column revisions.score is 'Its score.';
comment on column revisions.reason is 'The reason in one sentence.';
comment on column revisions.raw_ref is 'Where the raw page is in our archive (file@offset); null when it is not.';
comment on column revisions.body is 'Text of this version; null when it was not kept.';

create or replace view feed_health as
select
    coalesce(f.feed_id, s.feed_id) as feed_id,
    f.title,
    coalesce(s.url, f.url) as url,
    case
        when s.disabled_reason is not null then 'stopped'
        when not f.active then 'off'
        when s.feed_id is null then 'never polled'
        when s.failures > 0 then 'failing'
        else 'ok'
    end as status,
    case
        when s.disabled_reason is not null then s.disabled_reason
        when not f.active then f.inactive_reason
        when s.failures > 0 then p.message
        else ''
    end as problem,
    s.polled_at,
    p.outcome as last_outcome,
    s.failures,
    s.first_failed_at,
    s.next_poll_at,
    s.retry_after_at,
    s.moved_to,
    coalesce(e.entries, 0) as entries,
    e.last_new_at,
    coalesce(e.stories, 0) as stories,
    f.publisher,
    f.language,
    f.country,
    f.category
from base.feeds f
full join base.feed_states s on s.feed_id = f.feed_id
left join base.polls p on p.feed_id = s.feed_id and p.polled_at = s.polled_at and p.digest = s.digest
left join (
    select
        s.feed_id,
        count(distinct s.entry_id) as entries,
        max(s.first_seen_at) as last_new_at,
        count(distinct a.article_id) filter (where a.relevant) as stories
    from base.sightings s
    left join base.entries e on e.entry_id = s.entry_id
    left join (select article_id, relevant from base.articles where relevant) a
        on a.article_id = coalesce(e.article_id, s.entry_id)
    group by s.feed_id
) e on e.feed_id = coalesce(f.feed_id, s.feed_id);

comment on view feed_health is 'One row per feed of the watchlist or ever polled: does it work, and what does it bring?';
comment on column feed_health.feed_id is 'Id in the watchlist.';
comment on column feed_health.title is 'Title in the watchlist.';
comment on column feed_health.url is 'Address polled; differs from the watchlist after a proved permanent redirect.';
comment on column feed_health.status is 'ok, failing, stopped (gave itself up: 410), off (watchlist), never polled.';
comment on column feed_health.problem is 'What is wrong; empty when ok.';
comment on column feed_health.polled_at is 'Last poll.';
comment on column feed_health.last_outcome is 'new, unchanged or failed.';
comment on column feed_health.failures is 'Failed polls in a row.';
comment on column feed_health.first_failed_at is 'First of those.';
comment on column feed_health.next_poll_at is 'Not polled on schedule before then.';
comment on column feed_health.retry_after_at is 'The server asked us to wait until then.';
comment on column feed_health.moved_to is 'Target of a permanent redirect not yet taken over.';
comment on column feed_health.entries is 'Addresses it announced so far.';
comment on column feed_health.last_new_at is 'When it last announced something new.';
comment on column feed_health.stories is 'Stories kept that it announced.';
comment on column feed_health.publisher is 'Publisher, from the watchlist.';
comment on column feed_health.language is 'Language, from the watchlist.';
comment on column feed_health.country is 'Country, from the watchlist.';
comment on column feed_health.category is 'Category, from the watchlist.';

create or replace view polls as
select run_id, feed_id, polled_at, outcome, status, entries_seen, skipped, bytes, seconds, message from base.polls;

comment on view polls is 'Every poll of a feed.';
comment on column polls.run_id is 'Run that polled.';
comment on column polls.feed_id is 'Feed polled.';
comment on column polls.polled_at is 'When.';
comment on column polls.outcome is 'new (a document came), unchanged or failed.';
comment on column polls.status is 'HTTP status.';
comment on column polls.entries_seen is 'Usable entries in the document.';
comment on column polls.skipped is 'Entries that could not be used.';
comment on column polls.bytes is 'Size of the document.';
comment on column polls.seconds is 'How long it took.';
comment on column polls.message is 'What went wrong, or a remark.';

create or replace view runs as
select
    run_id, flow, started_at, ended_at, round(date_diff('millisecond', started_at, ended_at) / 1000, 1) as seconds,
    state, message, counts
from base.runs;

comment on view runs is 'Every run; one in state Running is at work or was killed.';
comment on column runs.run_id is 'Id of the run.';
comment on column runs.flow is 'Which flow.';
comment on column runs.started_at is 'Start.';
comment on column runs.ended_at is 'End; of a run that is at work or was killed its last sign of life, null before any.';
comment on column runs.seconds is 'How long it took.';
comment on column runs.state is 'Running, Completed or Failed.';
comment on column runs.message is 'Its summary.';
comment on column runs.counts is 'What it did, by name.';

create or replace view failures as
select run_id, url, stage, kind, message, transient, failed_at, origin_kind, origin_locator from base.failures;

comment on view failures is 'Everything that could not be done, at any stage.';
comment on column failures.run_id is 'Run it happened in.';
comment on column failures.url is 'About which address.';
comment on column failures.stage is 'poll, parse, fetch, extract or load.';
comment on column failures.kind is 'Slug of the problem: timeout, http_404, ...';
comment on column failures.message is 'The same in words.';
comment on column failures.transient is 'Whether trying again may help.';
comment on column failures.failed_at is 'When.';
comment on column failures.origin_kind is 'How we learned of the address.';
comment on column failures.origin_locator is 'Where exactly.';

create or replace view backfill_units as
select
    unit_id as id, source, kind, locator, options, state,
    case when state = 'done' then 1.0 when size > 0 then least(1.0, position / size) end as share,
    position, size, attempts, next_attempt_at, problem, message, counts, found_at, updated_at, run_id
from base.units;

comment on view backfill_units is 'Every unit of work of every backfill: a WARC file, a sitemap, a query; how far it is and what it brought.';
comment on column backfill_units.id is 'Identity of source, kind, locator and options.';
comment on column backfill_units.source is 'warc, wayback, sitemap, wordpress, gdelt or url-list.';
comment on column backfill_units.kind is 'What the locator names, a word of the source.';
comment on column backfill_units.locator is 'Path or address of what is read.';
comment on column backfill_units.options is 'What else decides what is read, as JSON: dates, filters.';
comment on column backfill_units.state is 'pending, running (begun, to be gone on with), done or failed.';
comment on column backfill_units.share is 'How much of it is read, 0 to 1; null while its size is unknown.';
comment on column backfill_units.position is 'How far it is read, in the measure of its size.';
comment on column backfill_units.size is 'How much there is to read (bytes, rows); 0 when unknown.';
comment on column backfill_units.attempts is 'Failed tries in a row.';
comment on column backfill_units.next_attempt_at is 'When a failed one is tried again; null for never of itself.';
comment on column backfill_units.problem is 'Slug of what went wrong last, or empty.';
comment on column backfill_units.message is 'The same in words.';
comment on column backfill_units.counts is 'What was found in it: pages, entries, what each gate stopped, what was kept, what was skipped and why.';
comment on column backfill_units.found_at is 'When it was first known.';
comment on column backfill_units.updated_at is 'Start of the run that last worked on it.';
comment on column backfill_units.run_id is 'That run.';

create or replace macro excerpt(body, phrase) as
    substr(body, greatest(1, strpos(lower(body), lower(phrase)) - 80)::bigint, 200);

comment on macro excerpt is 'excerpt(body, phrase): 200 characters around the first occurrence of phrase.';

create or replace macro search(phrase, since := timestamptz '1970-01-01 00:00:00+00') as table
    select id, published_at, title, site, url, score, excerpt(body, phrase) as excerpt
    from stories
    where (contains(lower(title), lower(phrase)) or contains(lower(body), lower(phrase)))
        and coalesce(published_at, first_seen_at) >= since
    order by coalesce(published_at, first_seen_at) desc, id;

comment on macro table search is 'search(phrase, since := ...): stories with the phrase in title or body, newest first; case does not matter.';

create or replace macro timeline(topic := '', grain := 'month') as table
    select
        cast(date_trunc(grain, coalesce(published_at, first_seen_at) at time zone 'UTC') as date) as period,
        count(*) as stories,
        count(distinct site) as sites,
        round(avg(score), 2) as mean_score
    from stories
    where topic = '' or list_contains(topics, topic)
    group by all
    order by period;

comment on macro table timeline is 'timeline(topic, grain): stories per day, week, month or year; topic '''' for all.';

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

comment on macro table coverage is 'coverage(code): stories that name an entity of that country (ISO 3166-1 alpha-2), newest first.';

create or replace macro story(address) as table
    select l.*, a.text as body, a.matches, a.mentions, a.parts
    from ledger l
    join base.articles a on a.article_id = l.id
    where l.url = address or l.id = address
        or l.id in (
            select e.article_id from base.entries e
            where e.url = address or e.canonical_url = address or e.entry_id = address
        );

comment on macro table story is 'story(address): all about one page, kept or not, by its address as announced, its canonical address or its id.';

create or replace macro as_of(moment, rules := '') as table
    select
        article_id as story_id, url, title, relevant, near_miss, score, reason, topics, rules_fingerprint, text_hash,
        captured_at, judged_at
    from base.decisions
    where judged_at <= moment and (rules = '' or rules_fingerprint = rules)
    qualify row_number() over (
        partition by article_id order by captured_at desc, judged_at desc, digest desc
    ) = 1;

comment on macro table as_of is 'as_of(moment, rules := ''''): what the corpus said at that moment, one row per page; with rules, what it said under those rules only.';

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

comment on macro table changes is 'changes(address): every edit of one page, oldest first: the lines added and removed, and the headline before and after.';

create or replace macro developing(since, days := 3, least_guess := 0.45) as table
with recent as (
    select
        id, cluster_id, title, site, url, entities, coalesce(published_at, first_seen_at) as appeared_at,
        list_distinct(regexp_extract_all(
            lower(title), '[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{M}\p{N}]{2,}'
        )) as words
    from stories
    where coalesce(published_at, first_seen_at) >= since
    -- Copies are one text: only the first of them is compared.
    qualify row_number() over (partition by cluster_id order by coalesce(published_at, first_seen_at), id) = 1
),
named as (select id, unnest(entities) as entity from recent),
-- An entity that all stories name tells none of them from the others.
worth as (select entity, 1 / ln(1 + count(*)) as weight, count(*) as stories from named group by entity),
total as (select id, sum(weight) as weight from named join worth using (entity) group by id),
pair as (
    select a.id as first_id, b.id as id, sum(w.weight) as weight, list(a.entity order by a.entity) as shared_entities
    from named a
    join named b on b.entity = a.entity
    join worth w on w.entity = a.entity
    join recent r on r.id = a.id
    join recent s on s.id = b.id
    where (r.appeared_at, r.id) < (s.appeared_at, s.id) and s.appeared_at <= r.appeared_at + to_days(days)
    group by all
    having bool_or(w.stories <= 500)
),
guessed as (
    select
        p.first_id, p.id, p.shared_entities,
        p.weight / greatest(t.weight, u.weight) as entity_similarity,
        len(list_intersect(r.words, s.words)) / greatest(1, least(len(r.words), len(s.words))) as title_similarity,
        0.5 * entity_similarity + 0.5 * title_similarity as guess
    from pair p
    join total t on t.id = p.first_id
    join total u on u.id = p.id
    join recent r on r.id = p.first_id
    join recent s on s.id = p.id
)
select
    g.first_id as lead_id, r.title as lead_title, g.id as story_id, s.title, s.site, s.url, s.appeared_at,
    round(g.guess, 2) as guess, g.shared_entities, round(g.title_similarity, 2) as title_similarity
from guessed g
join recent r on r.id = g.first_id
join recent s on s.id = g.id
where g.guess >= least_guess
-- Each story goes to the earliest one it is like itself: no chains.
qualify row_number() over (partition by g.id order by r.appeared_at, r.id) = 1
order by r.appeared_at, lead_id, s.appeared_at, story_id;

comment on macro table developing is 'developing(since, days := 3, least_guess := 0.45): stories of different texts that may be about the same event as an earlier one (lead), by the entities they share and their headlines. A guess, no proof: guess runs from 0 to 1.';
