alter table base.articles add column site_name varchar;

alter table base.articles add column dates struct(
    source varchar, claimed_at timestamptz, "precision" varchar, zone_known boolean
)[];

alter table base.articles add column lengths struct(method varchar, chars bigint)[];

alter table base.revisions add column site_name varchar;

alter table base.revisions add column dates struct(
    source varchar, claimed_at timestamptz, "precision" varchar, zone_known boolean
)[];

alter table base.revisions add column lengths struct(method varchar, chars bigint)[];
