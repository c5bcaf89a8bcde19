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
comment on column ledger.relevant is 'Whether it is kept as a story.';
comment on column ledger.near_miss is 'Whether it came close to being kept.';
comment on column ledger.score is 'Score in points; below threshold the page is never kept.';
comment on column ledger.threshold is 'Score needed to be kept, in points.';
comment on column ledger.reason is 'Reason for the verdict, in one sentence.';
comment on column ledger.stage is 'What made the verdict: judge, or the gate that stopped the page before extraction (scan, text, tree).';
comment on column ledger.topics is 'Topics of the watchlist that matched.';
comment on column ledger.site is 'Registrable domain.';
comment on column ledger.language is 'BCP 47 language of the text.';
comment on column ledger.published_at is 'Publication time (UTC); null when unknown.';
comment on column ledger.captured_at is 'When the page was served.';
comment on column ledger.judged_at is 'When the verdict was made.';
comment on column ledger.rules_fingerprint is 'Fingerprint of the rules that made the verdict.';
comment on column ledger.quality is 'Flags on the text: too_short, paywall, consent_wall, ...';
comment on column ledger.method is 'Source of the text: trafilatura-fast, -standard, -precision or -recall, json-ld, feed, script, or the amp or print version that the page links to.';
comment on column ledger.text_chars is 'Length of the text in characters.';
comment on column ledger.text_kept is 'Whether the text is stored.';
comment on column ledger.raw_ref is 'Reference to the raw page in the page archive (file@offset in bytes); null when it is not archived.';
comment on column ledger.run_id is 'Run that made the verdict.';
comment on column ledger.site_name is 'Name of the outlet, from the page; may be empty.';
comment on column ledger.dates is 'Every publication date the page or feed claims: source, claimed_at, precision, zone_known.';
comment on column ledger.published_precision is 'minute or day; empty when published_at is null.';
comment on column ledger.published_source is 'Source of published_at: json-ld, meta, microdata, feed, url or visible; empty when it is null.';
comment on column ledger.lengths is 'Candidate texts the extractor compared, the chosen one included: method, chars (length in characters).';
comment on column ledger.page_chars is 'Characters of all visible text of the page; 1 - text_chars / page_chars is the share outside the article. Null for pages read by versions that did not count them.';

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
    a.relevant,
    r.quote,
    r.role
from (select article_id, published_at, relevant, unnest(mentions) as m from base.articles) a
left join roles r on r.story_id = a.article_id and r.type = a.m.type and r.name = a.m.name;

comment on view mentions is 'One row per page judged and entity named on it. Add "where relevant" for stories only.';
comment on column mentions.story_id is 'Joins stories.id and ledger.id.';
comment on column mentions.entity is 'Id of the entity in the watchlist.';
comment on column mentions.name is 'Name of the entity.';
comment on column mentions.type is 'Type of the entity: operator, vendor, agency, actor, ...';
comment on column mentions.country is 'Country of the entity (ISO 3166-1 alpha-2); empty when it has none.';
comment on column mentions.count is 'Number of times it is named.';
comment on column mentions.field is 'Where it is named first: title or text.';
comment on column mentions.start is 'Offset in characters of the first mention in that field.';
comment on column mentions.published_day is 'UTC day of publication; null when unknown.';
comment on column mentions.relevant is 'Whether the page is kept as a story.';
comment on column mentions.quote is 'The sentence that names it first; null for verdicts without facts.';
comment on column mentions.role is 'Its part in the story, as in roles; null for verdicts without facts.';

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

comment on view evidence is 'One row per rule hit of the current verdicts: the rule, the offsets and the words.';
comment on column evidence.story_id is 'Joins stories.id and ledger.id.';
comment on column evidence.url is 'Address of the page.';
comment on column evidence.rule is 'Id of the term, entity or rule in the watchlist.';
comment on column evidence.facet is 'Facet of the watchlist that the rule is evidence for.';
comment on column evidence.field is 'title or text.';
comment on column evidence.start is 'Offset in characters of the first character in that field.';
comment on column evidence."end" is 'Offset in characters after the last one.';
comment on column evidence.quote is 'The words that matched.';
comment on column evidence.relevant is 'Whether the page is kept as a story.';
comment on column evidence.rules_fingerprint is 'Fingerprint of the rules that made the verdict.';

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
    -- A repeated verdict on the same text under the same rules is left out.
    select *
    from (
        -- A verdict on a capture older than one judged before was never the current verdict.
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

comment on view decisions is 'The history of verdicts: what the corpus said about a page, from when to when. Only verdicts that were current at some time.';
comment on column decisions.story_id is 'Joins stories.id and ledger.id.';
comment on column decisions.url is 'Address of the page.';
comment on column decisions.title is 'Headline at that time.';
comment on column decisions.verdict is 'kept, near_miss or rejected.';
comment on column decisions.relevant is 'Whether it was kept as a story.';
comment on column decisions.near_miss is 'Whether it came close to being kept.';
comment on column decisions.score is 'Score in points.';
comment on column decisions.threshold is 'Score needed to be kept, in points.';
comment on column decisions.reason is 'Reason for the verdict, in one sentence.';
comment on column decisions.stage is 'What made the verdict: judge, or the gate that stopped the page before extraction (scan, text, tree).';
comment on column decisions.topics is 'Topics of the watchlist that matched.';
comment on column decisions.matches is 'Rule hits: rule, facet, field, start, end, quote.';
comment on column decisions.rules_fingerprint is 'Fingerprint of the rules that made the verdict.';
comment on column decisions.text_hash is 'text_hash of the version judged, which is in ledger (the current one) or revisions.';
comment on column decisions.captured_at is 'When the page judged was served.';
comment on column decisions.valid_from is 'When the verdict was made.';
comment on column decisions.valid_to is 'When the next verdict replaced it; null for the current one.';
comment on column decisions.run_id is 'Run that made the verdict.';

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

comment on view revisions is 'Former versions of pages whose text was edited; the current version is in stories and ledger.';
comment on column revisions.story_id is 'Joins stories.id and ledger.id.';
comment on column revisions.url is 'Address of the page.';
comment on column revisions.title is 'Headline of this version.';
comment on column revisions.text_hash is 'SHA-256 (hex) of title and text, with runs of white space as one blank.';
comment on column revisions.first_captured_at is 'First capture of this version.';
comment on column revisions.last_captured_at is 'Last capture of this version.';
comment on column revisions.text_chars is 'Length of the text in characters.';
comment on column revisions.relevant is 'Whether this version was kept as a story.';
comment on column revisions.score is 'Score of this version, in points.';
comment on column revisions.reason is 'Reason for the verdict on this version, in one sentence.';
comment on column revisions.raw_ref is 'Reference to the raw page in the page archive (file@offset in bytes); null when it is not archived.';
comment on column revisions.body is 'Text of this version; null when it is not stored.';
