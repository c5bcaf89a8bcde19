-- What a kept story tells, and the events that stories share.
alter table base.articles add column facts struct(version bigint, roles struct(type varchar, entity varchar, name varchar, country varchar, role varchar, confidence double, "count" bigint, passage struct(field varchar, "start" bigint, "end" bigint, quote varchar))[], topics struct(code varchar, confidence double, reason varchar)[], measures struct("by" varchar, action varchar, target varchar, scope varchar, instrument varchar, status varchar, date varchar, date_source varchar, confidence double, passage struct(field varchar, "start" bigint, "end" bigint, quote varchar))[], incidents struct(kind varchar, victims varchar[], actor varchar, country varchar, method varchar, status varchar, date varchar, date_source varchar, confidence double, passage struct(field varchar, "start" bigint, "end" bigint, quote varchar))[], event struct(words varchar[], numbers varchar[], names varchar[], acts varchar[], told boolean));

alter table base.revisions add column facts struct(version bigint, roles struct(type varchar, entity varchar, name varchar, country varchar, role varchar, confidence double, "count" bigint, passage struct(field varchar, "start" bigint, "end" bigint, quote varchar))[], topics struct(code varchar, confidence double, reason varchar)[], measures struct("by" varchar, action varchar, target varchar, scope varchar, instrument varchar, status varchar, date varchar, date_source varchar, confidence double, passage struct(field varchar, "start" bigint, "end" bigint, quote varchar))[], incidents struct(kind varchar, victims varchar[], actor varchar, country varchar, method varchar, status varchar, date varchar, date_source varchar, confidence double, passage struct(field varchar, "start" bigint, "end" bigint, quote varchar))[], event struct(words varchar[], numbers varchar[], names varchar[], acts varchar[], told boolean));

create table base.event_stories (
    article_id varchar not null,
    event_id varchar not null,
    day date,
    told boolean not null,
    countries varchar[] not null,
    topic varchar not null,
    names varchar[] not null,
    words varchar[] not null,
    numbers varchar[] not null,
    acts varchar[] not null,
    language varchar not null
);

create table base.event_links (
    one varchar not null,
    other varchar not null,
    likeness double not null
);

create table base.corrections (
    story_id varchar not null,
    field varchar not null,
    action varchar not null,
    value varchar not null,
    made_by varchar not null,
    reason varchar not null,
    made_at timestamptz not null,
    digest varchar not null
);
