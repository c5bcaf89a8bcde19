create or replace view corrections as
select
    story_id, field, action, value, made_by, reason, made_at,
    row_number() over (
        partition by story_id, field, case when field in ('event', 'relevant') then '' else value end
        order by made_at desc, digest
    ) = 1 and action <> 'undo' as in_force
from base.corrections;

comment on view corrections is 'What people corrected: one row per correction. The latest on the same story and value is in force; refilter never removes one.';
comment on column corrections.story_id is 'Joins stories.id and ledger.id.';
comment on column corrections.field is 'topic, country, event, relevant, measure or incident.';
comment on column corrections.action is 'add, remove, set, or undo (the program''s own fact counts again).';
comment on column corrections.value is 'Code of the topic or country, id of the event, true or false, a measure as "by action target", or an incident as "kind" or "kind victim".';
comment on column corrections.made_by is 'Who corrected it.';
comment on column corrections.reason is 'Why, in the words of that person; may be empty.';
comment on column corrections.made_at is 'When.';
comment on column corrections.in_force is 'False when a later correction on the same thing replaced it or undid it.';
