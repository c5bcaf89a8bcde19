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
