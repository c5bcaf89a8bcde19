-- Since when an entry is being retried: what bounds the waiting, and dates the next visits of stubs and walled pages.
alter table base.attempts add column retrying_since timestamptz;

alter table base.entries add column retrying_since timestamptz;
