-- Until when a measure must be carried out, apart from the date of the decision; filled by refilter.
alter table base.articles add column facts.measures.element.deadline varchar;
alter table base.revisions add column facts.measures.element.deadline varchar;
