-- How much a page shows in all: what share of it is not the article says when a template changed.
alter table base.articles add column page_chars bigint;

alter table base.revisions add column page_chars bigint;
