create or replace view clusters as
with member as (
    select
        a.article_id, a.url, a.title, a.site, a.first_captured_at, a.text_chars, a.agency, a.cluster_id,
        coalesce(a.published_at, a.first_captured_at) as appeared_at,
        -- A date without a time counts as the end of its day, or it would come before every story with a time.
        case
            when a.published_precision = 'day'
            then greatest(a.published_at, least(a.published_at + interval 1 day, a.first_captured_at))
            else coalesce(a.published_at, a.first_captured_at)
        end as surely_at
    from base.articles a
    where a.relevant and a.moved_to is null and a.cluster_id is not null
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
-- Most stories have no copy; each is a cluster of one.
select
    a.article_id, 1, [a.site], [a.article_id], a.article_id, a.url, a.title,
    coalesce(a.published_at, a.first_captured_at), coalesce(a.published_at, a.first_captured_at), a.first_captured_at,
    a.agency, 'only'
from base.articles a
where a.relevant and a.cluster_id is null;

comment on view clusters is 'Stories with the same text on any site: copies, edited or shortened versions, teasers. One row per text; cluster_members shows how the members differ.';
comment on column clusters.cluster_id is 'Joins stories.cluster_id; id of the earliest page of the cluster.';
comment on column clusters.members is 'Number of stories with the text.';
comment on column clusters.sites is 'Registrable domains that carry it, sorted.';
comment on column clusters.story_ids is 'Ids of its stories, earliest first.';
comment on column clusters.origin_id is 'Id of the story that is likely the original; origin_by says why.';
comment on column clusters.origin_url is 'Address of that story.';
comment on column clusters.title is 'Title of that story.';
comment on column clusters.first_published_at is 'Publication (or first capture) of the earliest member.';
comment on column clusters.last_published_at is 'Publication (or first capture) of the latest member.';
comment on column clusters.first_captured_at is 'First capture of any member.';
comment on column clusters.agency is 'News agency that most members credit in dateline or credit line; null when none does.';
comment on column clusters.origin_by is 'Why origin_id is taken for the original: agency (on the site of the credited agency), earliest, longest (of several equally early ones) or only (one member).';

create or replace view cluster_members as
select
    m.cluster_id,
    m.article_id as story_id,
    a.url,
    a.site,
    a.title,
    coalesce(a.published_at, a.first_captured_at) as appeared_at,
    a.agency,
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
join (select * from base.articles where cluster_id is not null) a on a.article_id = m.article_id;

comment on view cluster_members is 'How the members of a cluster of two or more differ from its reference, the member most like the others. Shares are counted in runs of three words.';
comment on column cluster_members.cluster_id is 'Joins clusters.cluster_id and stories.cluster_id.';
comment on column cluster_members.story_id is 'Joins stories.id and ledger.id.';
comment on column cluster_members.url is 'Canonical address.';
comment on column cluster_members.site is 'Registrable domain.';
comment on column cluster_members.title is 'Headline.';
comment on column cluster_members.appeared_at is 'Publication, or first capture when undated.';
comment on column cluster_members.agency is 'News agency it credits; null when none.';
comment on column cluster_members.text_chars is 'Length of its text in characters.';
comment on column cluster_members.reference_id is 'Id of the reference, with which this member was compared.';
comment on column cluster_members.is_reference is 'Whether this member is the reference.';
comment on column cluster_members.similarity is 'Words shared with the reference as a share of all words in either (Jaccard), 0 to 1.';
comment on column cluster_members.containment is 'Words shared with the reference as a share of the shorter text, 0 to 1.';
comment on column cluster_members.added is 'Share of this text that the reference does not contain, 0 to 1.';
comment on column cluster_members.removed is 'Share of the reference that this text does not contain, 0 to 1.';
comment on column cluster_members.relevant is 'Whether it is kept as a story; a member may also be a near miss, or a page that later rules rejected.';
comment on column cluster_members.moved_to is 'Id of the story at its new address; null unless the page moved.';
