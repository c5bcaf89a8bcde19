create or replace view topics as
select code, label, description from base.topics;

comment on view topics is 'The topics of the watchlist: what the codes in stories.topics mean.';
comment on column topics.code is 'Code as in stories.topics.';
comment on column topics.label is 'Short name.';
comment on column topics.description is 'What belongs to it.';

create or replace view scopes as
select scope, scopes ->> ('$."' || scope || '"') as words
from (
    select value::json as scopes, unnest(json_keys(value::json)) as scope from base.meta where name = 'scopes'
);

comment on view scopes is 'Parts of the network that a measure can be limited to, as the watchlist names them; measures.scope holds their ids.';
comment on column scopes.scope is 'As in measures.scope.';
comment on column scopes.words is 'How a sentence says it, such as "in core networks".';

create or replace view roles as
select
    a.article_id as story_id, r.type, r.entity, r.name, r.country, r.role, r.role <> 'named' as subject, r.confidence,
    r.count, (r.passage).field as field, (r.passage).start as "start", (r.passage)."end" as "end",
    (r.passage).quote as quote, a.relevant
from (select article_id, relevant, unnest((facts).roles) as r from base.articles where facts is not null) a;

comment on view roles is 'The part that each country, firm, actor, body and law has in a story, with the passage it rests on. Add "where relevant" for stories only.';
comment on column roles.story_id is 'Joins stories.id and ledger.id.';
comment on column roles.type is 'country, vendor, operator, threat_actor, agency, regulator, law, ...';
comment on column roles.entity is 'Country code, or id of the entity in the watchlist.';
comment on column roles.name is 'Its name.';
comment on column roles.country is 'Its country (ISO 3166-1 alpha-2); empty when it has none.';
comment on column roles.role is 'accused, acts, applies (where it applies), victim, in_question (vendor), subject, or named (a bystander).';
comment on column roles.subject is 'Whether the story is about it: role is not named.';
comment on column roles.confidence is '0 to 1: how likely a reader would call it a subject.';
comment on column roles.count is 'Number of times it is named.';
comment on column roles.field is 'Field of the passage: title or text.';
comment on column roles."start" is 'Offset in characters of its name in that field.';
comment on column roles."end" is 'Offset in characters after the name.';
comment on column roles.quote is 'The sentence that names it.';
comment on column roles.relevant is 'Whether the page is kept as a story.';

create or replace view measure_evidence as
select
    a.article_id as story_id, coalesce(e.event_id, a.article_id) as event_id, m."by", m.action, m.target, m.scope,
    nullif(m.instrument, '') as instrument, m.status, nullif(m.date, '') as date, nullif(m.date_source, '') as date_source,
    m.confidence, cast(a.published_at at time zone 'UTC' as date) as published_day,
    (m.passage).field as field, (m.passage).start as "start", (m.passage)."end" as "end", (m.passage).quote as quote, a.url,
    nullif(m.deadline, '') as deadline
from (
    select article_id, url, published_at, unnest((facts).measures) as m
    from base.articles where relevant and facts is not null
) a
left join event_stories e on e.story_id = a.article_id
anti join (
    select story_id, value from corrections where field = 'measure' and action = 'remove' and in_force
) c on c.story_id = a.article_id and lower(c.value) = lower(concat_ws(' ', m."by", m.action, m.target))
union all
select
    c.story_id, coalesce(e.event_id, c.story_id), c.said."by", c.said.action, c.said.target, 'other', null,
    'decided', null, null, 1.0, cast(a.published_at at time zone 'UTC' as date), 'correction', null, null, c.reason, a.url, null
from (
    select
        *,
        regexp_extract(
            value,
            '^(.+?) (ban|restrict|phase_out|review|allow|remove_fund|certify|law|licence|revoke|fine|sanction|advise|sue) (.+)$',
            ['by', 'action', 'target']
        ) as said
    from corrections
    where field = 'measure' and action = 'add' and in_force
) c
join base.articles a on a.article_id = c.story_id
left join event_stories e on e.story_id = c.story_id;

comment on view measure_evidence is 'What each story says of who does what against whom, with the sentence it rests on.';
comment on column measure_evidence.story_id is 'Joins stories.id.';
comment on column measure_evidence.event_id is 'Joins events.event_id.';
comment on column measure_evidence."by" is 'Country code of the state that acts, or the name of the body or company.';
comment on column measure_evidence.action is 'ban, restrict, phase_out, review, allow, remove_fund, certify, law, licence, revoke, fine, sanction, advise or sue.';
comment on column measure_evidence.target is 'Vendor, high-risk vendors, Chinese vendors, operators or product.';
comment on column measure_evidence.scope is '5G, core, RAN, all networks, government or other.';
comment on column measure_evidence.instrument is 'Law, order or list; null when the sentence names none.';
comment on column measure_evidence.status is 'demanded, considered, proposed, announced, decided, in_force, rejected, lifted or in_court.';
comment on column measure_evidence.date is 'When it was decided or takes effect: YYYY, YYYY-MM or YYYY-MM-DD; null when the text says none.';
comment on column measure_evidence.date_source is 'How date and deadline are known: said (written out) or resolved (relative to the publication date).';
comment on column measure_evidence.confidence is '0 to 1; rows below 0.7 are kept apart from measures.';
comment on column measure_evidence.published_day is 'UTC day of the story; null when undated.';
comment on column measure_evidence.field is 'Field of the sentence: title or text; correction for what a person added.';
comment on column measure_evidence."start" is 'Offset in characters of the sentence''s verb in that field.';
comment on column measure_evidence."end" is 'Offset after it.';
comment on column measure_evidence.quote is 'The sentence.';
comment on column measure_evidence.url is 'Address of the story.';
comment on column measure_evidence.deadline is 'Until when it must be carried out, such as the year by which equipment must be out; null when the sentence does not say it.';

create or replace view measures as
select
    event_id, "by", action, target,
    coalesce(
        arg_max(scope, struct_pack(c := confidence, d := deadline)) filter (deadline is not null), mode(scope)
    ) as scope,
    any_value(instrument) as instrument, arg_max(status, confidence) as status,
    arg_max(date, confidence) as date, arg_max(date_source, confidence) as date_source,
    round(max(confidence), 3) as confidence, count(distinct story_id) as stories, min(published_day) as first_day,
    max(published_day) as last_day,
    arg_max(deadline, struct_pack(c := confidence, d := deadline)) filter (deadline is not null) as deadline
from measure_evidence
where confidence >= 0.7
group by event_id, "by", action, target;

comment on view measures is 'Who does what against whom, merged by event; each row rests on the sentences in measure_evidence.';
comment on column measures.event_id is 'Joins events.event_id.';
comment on column measures."by" is 'Country code of the state that acts, or the name of the body or company.';
comment on column measures.action is 'ban, restrict, phase_out, review, allow, remove_fund, certify, law, licence, revoke, fine, sanction, advise or sue.';
comment on column measures.target is 'Vendor, high-risk vendors, Chinese vendors, operators or product.';
comment on column measures.scope is '5G, core, RAN, all networks, government or other: that of the deadline, else the most frequent. Parts with deadlines of their own are rows of measure_evidence.';
comment on column measures.instrument is 'Law, order or list, if a story names one.';
comment on column measures.status is 'Status of the surest sentence: demanded, considered, proposed, announced, decided, in_force, rejected, lifted or in_court.';
comment on column measures.date is 'When it was decided or takes effect; null when no story says it.';
comment on column measures.date_source is 'How date and deadline are known: said (written out) or resolved (relative to the publication date).';
comment on column measures.confidence is 'Highest confidence of its sentences, 0.7 to 1.';
comment on column measures.stories is 'Number of stories that say so.';
comment on column measures.first_day is 'Day of the first of those stories.';
comment on column measures.last_day is 'Day of the last.';
comment on column measures.deadline is 'Until when it must be carried out, by its surest sentence with a deadline; null when no story says it.';

create or replace view incident_evidence as
select
    a.article_id as story_id, coalesce(e.event_id, a.article_id) as event_id, i.kind, i.victims,
    nullif(i.actor, '') as actor, nullif(i.country, '') as country, nullif(i.method, '') as method, i.status,
    nullif(i.date, '') as date, nullif(i.date_source, '') as date_source, i.confidence,
    cast(a.published_at at time zone 'UTC' as date) as published_day, (i.passage).field as field,
    (i.passage).start as "start", (i.passage)."end" as "end", (i.passage).quote as quote, a.url
from (
    select article_id, url, published_at, unnest((facts).incidents) as i
    from base.articles where relevant and facts is not null
) a
left join event_stories e on e.story_id = a.article_id
anti join (
    select story_id, value from corrections where field = 'incident' and action = 'remove' and in_force
) c on c.story_id = a.article_id and c.value = i.kind
union all
select
    c.story_id, coalesce(e.event_id, c.story_id), split_part(c.value, ' ', 1),
    [substr(c.value, length(split_part(c.value, ' ', 1)) + 2)], null, null, null, 'confirmed', null, null, 1.0,
    cast(a.published_at at time zone 'UTC' as date), 'correction', null, null, c.reason, a.url
from corrections c
join base.articles a on a.article_id = c.story_id
left join event_stories e on e.story_id = c.story_id
where c.field = 'incident' and c.action = 'add' and c.in_force;

comment on view incident_evidence is 'What each story says was done to networks, operators or subscribers, with the sentence it rests on.';
comment on column incident_evidence.story_id is 'Joins stories.id.';
comment on column incident_evidence.event_id is 'Joins events.event_id.';
comment on column incident_evidence.kind is 'intrusion, espionage, disruption, signalling_abuse, fake_base_station, data_theft, vulnerability, interception_abuse, insider or fraud_on_operator.';
comment on column incident_evidence.victims is 'Operators, products, "subscribers" or "telecom operators"; empty when the text names none.';
comment on column incident_evidence.actor is 'Threat actor or accused state; null when the text names none.';
comment on column incident_evidence.country is 'Country code of the victim; null when not said.';
comment on column incident_evidence.method is 'What was used, in a few words; null when not said.';
comment on column incident_evidence.status is 'alleged, confirmed, demonstrated, denied or patched.';
comment on column incident_evidence.date is 'When it happened: YYYY, YYYY-MM or YYYY-MM-DD; null when not said.';
comment on column incident_evidence.date_source is 'said (written out) or resolved (relative to the publication date).';
comment on column incident_evidence.confidence is '0 to 1; rows below 0.7 are kept apart from incidents.';
comment on column incident_evidence.published_day is 'UTC day of the story; null when undated.';
comment on column incident_evidence.field is 'Field of the sentence: title or text; correction for what a person added.';
comment on column incident_evidence."start" is 'Offset in characters of the sentence''s verb in that field.';
comment on column incident_evidence."end" is 'Offset after it.';
comment on column incident_evidence.quote is 'The sentence.';
comment on column incident_evidence.url is 'Address of the story.';

create or replace view incidents as
select
    event_id, kind, list_sort(list_distinct(flatten(list(victims)))) as victims, mode(actor) as actor,
    mode(country) as country, arg_max(method, confidence) as method,
    case
        when max(published_day) filter (status = 'denied') >= coalesce(max(published_day) filter (status <> 'denied'), date '0001-01-01')
            then 'denied'
        else coalesce(arg_max(status, confidence) filter (status <> 'denied'), 'denied')
    end as status,
    arg_max(date, confidence) as date, round(max(confidence), 3) as confidence, count(distinct story_id) as stories,
    min(published_day) as first_day, max(published_day) as last_day
from incident_evidence
where confidence >= 0.7
group by event_id, kind;

comment on view incidents is 'What was done to networks, operators or subscribers, merged by event and kind; each row rests on the sentences in incident_evidence.';
comment on column incidents.event_id is 'Joins events.event_id.';
comment on column incidents.kind is 'intrusion, espionage, disruption, signalling_abuse, fake_base_station, data_theft, vulnerability, interception_abuse, insider or fraud_on_operator.';
comment on column incidents.victims is 'All victims that stories name, sorted.';
comment on column incidents.actor is 'Threat actor or accused state that most stories name; null when none does.';
comment on column incidents.country is 'Country of the victim that most stories name; null when none does.';
comment on column incidents.method is 'What was used, in a few words; null when not said.';
comment on column incidents.status is 'denied if the latest story denies it; else the status of the surest other sentence: alleged, confirmed, demonstrated or patched.';
comment on column incidents.date is 'When it happened; null when not said.';
comment on column incidents.confidence is 'Highest confidence of its sentences, 0.7 to 1.';
comment on column incidents.stories is 'Number of stories that say so.';
comment on column incidents.first_day is 'Day of the first of those stories.';
comment on column incidents.last_day is 'Day of the last.';

create or replace view ban_tracker as
select
    "by" as country, target,
    arg_max(action, latest) as action, arg_max(status, latest) as status, arg_max(scope, latest) as scope,
    arg_max(struct_pack(said := date), latest).said as date, any_value(instrument) as instrument, min(first_day) as since, max(last_day) as last_day,
    sum(stories)::bigint as stories,
    list(struct_pack(day := first_day, action := action, status := status, scope := scope, date := date, event_id := event_id,
            deadline := deadline)
        order by first_day, event_id, action) as history,
    min(first_day) filter (status in ('decided', 'in_force') and action <> 'allow') as first_decided,
    arg_max(deadline, latest) filter (action <> 'allow') as deadline,
    min(first_day) filter (status = 'in_force' and action <> 'allow') as first_in_force
from (
    -- A later demand or draft does not undo a decision: acts that bind come before those that are only talked of.
    -- A story may tell of an old act, so the latest is by its own date, at the end of the month or year if no day is said.
    select *, struct_pack(b := status in ('decided', 'in_force', 'rejected', 'lifted'),
        d := coalesce(least(first_day, case length(date)
                when 4 then try_cast(date || '-12-31' as date)
                when 7 then last_day(try_cast(date || '-01' as date))
                else try_cast(date as date)
            end), date '0001-01-01'),
        n := stories, c := confidence, a := action) as latest
    from measures
    where action in ('ban', 'restrict', 'phase_out', 'allow', 'revoke', 'remove_fund') and length("by") = 2
        and confidence >= 0.8
)
group by "by", target;

comment on view ban_tracker is 'Who bans whom: the latest binding act (decided, in_force, rejected, lifted) by country and target, or the latest of any kind if none binds, by the date that stories give it or else of the first story, with its history; of measures with a confidence of 0.8 or more.';
comment on column ban_tracker.country is 'Country code of the state that acts; EU is the European Union.';
comment on column ban_tracker.target is 'Vendor, high-risk vendors or Chinese vendors.';
comment on column ban_tracker.action is 'Action of that act: ban, restrict, phase_out, allow, revoke or remove_fund.';
comment on column ban_tracker.status is 'Its status: demanded, considered, proposed, announced, decided, in_force, rejected, lifted or in_court.';
comment on column ban_tracker.scope is 'Part of the network it covers: 5G, core, RAN, all networks, government or other.';
comment on column ban_tracker.date is 'When that act was decided or takes effect; null when no story says it.';
comment on column ban_tracker.instrument is 'Law, order or list, if a story names one.';
comment on column ban_tracker.since is 'Day of the first story about it.';
comment on column ban_tracker.last_day is 'Day of the last story about it.';
comment on column ban_tracker.stories is 'Number of stories that say so.';
comment on column ban_tracker.history is 'Every act in order: day, action, status, scope, date, event_id, deadline.';
comment on column ban_tracker.first_decided is 'Day of the first story that says it keeps the target out or restricts it (decided or in_force); null when none does.';
comment on column ban_tracker.deadline is 'By when the target must be out, as the latest act with a deadline says: YYYY, YYYY-MM or YYYY-MM-DD; null when no story says it.';
comment on column ban_tracker.first_in_force is 'Day of the first story that says it is in force; null when none does.';

create or replace view incident_tracker as
select i.event_id, e.title, i.kind, i.victims, i.actor, i.country, i.status, i.date, i.first_day, i.stories, i.confidence
from incidents i
join event_stories e on e.event_id = i.event_id and e.first
where i.kind <> 'vulnerability';

comment on view incident_tracker is 'Who was attacked by whom: incidents without mere weaknesses, with the headline of the first story.';
comment on column incident_tracker.event_id is 'Joins events.event_id.';
comment on column incident_tracker.title is 'Headline of the first story.';
comment on column incident_tracker.kind is 'intrusion, espionage, disruption, signalling_abuse, ...';
comment on column incident_tracker.victims is 'Victims that stories name.';
comment on column incident_tracker.actor is 'Threat actor or accused state; null when none is named.';
comment on column incident_tracker.country is 'Country code of the victim; null when not said.';
comment on column incident_tracker.status is 'alleged, confirmed, demonstrated, denied or patched.';
comment on column incident_tracker.date is 'When it happened; null when not said.';
comment on column incident_tracker.first_day is 'Day of the first story.';
comment on column incident_tracker.stories is 'Number of stories.';
comment on column incident_tracker.confidence is '0.7 to 1.';
