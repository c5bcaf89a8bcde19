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
