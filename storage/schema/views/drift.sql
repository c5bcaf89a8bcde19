-- Drift: an outlet's 20 newest pages compared with up to 200 pages before them; with less than 60 pages, the newest
-- third with the others. A changed template, a new wall or a broken date shows here before an analyst misses the
-- stories. Shares of pages are judged by a binomial bound, of small outlets by a beta-binomial one, because then the
-- usual share is itself uncertain; length and boilerplate by medians, so that a few odd pages change neither.
-- Loads compute it for the outlets whose pages changed (storage/load/merge/drift.sql) and keep it in base.drift.

create or replace macro base.drift_of(newest_pages, refused_pages) as table
with page as (
    select
        site,
        captured_at as served_at,
        article_id as id,
        ln(greatest(text_chars, 1)) as chars,
        undated,
        clockless,
        list_has_any(
            coalesce(quality, []),
            ['teaser', 'paywall', 'consent_wall', 'bot_wall', 'script_wall', 'garbled', 'too_short', 'soft_404', 'no_story']
        ) as flagged,
        -- Two runs of the extractor differ by a quarter in length: one took boilerplate for text, or lost text.
        coalesce(
            list_min(list_transform(l, lambda x: x.chars)) < 0.75 * list_max(list_transform(l, lambda x: x.chars)),
            false
        ) as disputed,
        -- Texts that are not from the page itself say nothing about its share of boilerplate.
        case when page_chars > 0 and method not in ('feed', 'amp', 'print', 'script')
            then greatest(0, 1 - text_chars / page_chars) end as boilerplate,
        false as refused
    from (
        select *, list_filter(lengths, lambda x: starts_with(x.method, 'trafilatura')) as l
        from query_table(newest_pages)
    )
    union all by name
    -- Refused pages left an entry but no article; the outlet is the site of other articles from the same host.
    select h.site, e.attempted_at as served_at, e.entry_id as id, true as refused
    from query_table(refused_pages) e
    join base.hosts h using (host)
),
sided as (
    select * exclude (place, pages), place <= least(20, pages // 3) as newest, pages < 60 as small
    from (
        select
            *,
            row_number() over (partition by site order by served_at desc, id desc) as place,
            count(*) over (partition by site) as pages
        from page
    )
    where place <= 220 and pages >= 20
),
typical as (
    select
        site,
        any_value(small) as small,
        median(boilerplate) filter (where newest) as value,
        median(boilerplate) filter (where not newest) as usual,
        mad(boilerplate) filter (where not newest) as spread,
        count(boilerplate) filter (where newest) as newest,
        count(boilerplate) filter (where not newest) as earlier,
        min(served_at) filter (where newest) as since
    from sided
    group by site
),
length as (
    select
        site,
        median(chars) filter (where newest) as value,
        median(chars) filter (where not newest) as usual,
        mad(chars) filter (where not newest) as spread
    from sided
    group by site
),
counted as (
    select
        site,
        measure,
        any_value(small) as small,
        coalesce(sum(pages) filter (where newest), 0)::bigint as newest,
        coalesce(sum(pages) filter (where not newest), 0)::bigint as earlier,
        coalesce(sum(pages) filter (where newest and hit), 0)::bigint as hits,
        coalesce(sum(pages) filter (where not newest and hit), 0)::bigint as earlier_hits,
        min(served_at) filter (where newest) as since
    from (
        unpivot (
            -- Pages that are alike in all of this are counted together first: few rows are left.
            select
                s.site, s.small, s.newest, s.undated, s.clockless, s.flagged, s.disputed, s.refused,
                s.chars < l.usual - ln(4) as short,
                count(*) as pages,
                min(s.served_at) as served_at
            from sided s
            join length l using (site)
            group by all
        ) on undated, clockless, flagged, disputed, refused, short into name measure value hit
    )
    group by site, measure
),
-- Many outlets share these numbers, and the sum is dear.
bound as (
    select
        newest, earlier, earlier_hits, small,
        -- Rule of succession (Laplace): a fault that never occurred so far still has a probability above 0.
        (earlier_hits + 1) / (earlier + 2) as p,
        -- The probability of so many hits or more, for every number of hits.
        list_transform(range(0, newest + 1), lambda x: list_sum(list_transform(
            range(x, newest + 1),
            lambda i: exp(
                lgamma(newest + 1) - lgamma(i + 1) - lgamma(newest - i + 1)
                + case
                    when small then
                        lgamma(earlier_hits + 1 + i) + lgamma(earlier - earlier_hits + 1 + newest - i)
                        - lgamma(earlier + 2 + newest) - lgamma(earlier_hits + 1)
                        - lgamma(earlier - earlier_hits + 1) + lgamma(earlier + 2)
                    else i * ln(p) + (newest - i) * ln(1 - p)
                end
            )
        ))) as tail,
        -- The smallest share that occurs by chance less than once in 10,000 times.
        list_min(list_filter(range(1, newest + 1), lambda x: tail[x + 1] < 0.0001)) / newest as high
    from (
        select distinct newest, earlier, earlier_hits, small from counted
        where newest >= case when small then 6 else 20 end and earlier >= case when small then 13 else 40 end
    )
),
medians as (
    select
        c.site, 'length' as measure, c.newest, c.earlier, c.since, l.value, l.usual,
        -- Standard error of the difference of two medians; the earlier one counts where it is of few pages.
        1.2533 * 1.4826 * l.spread * sqrt(1 / c.newest + case when c.small then 1 / c.earlier else 0 end) as error,
        greatest(ln(1.5), case when c.small then 5 else 3.9 end * error) as reach
    from length l
    join counted c on c.site = l.site and c.measure = 'short'
    where c.newest >= case when c.small then 6 else 20 end and c.earlier >= case when c.small then 13 else 40 end
    union all by name
    select
        site, 'boilerplate' as measure, newest, earlier, since, value, usual,
        1.2533 * 1.4826 * spread * sqrt(1 / newest + case when small then 1 / earlier else 0 end) as error,
        greatest(0.1, case when small then 5 else 3.9 end * error) as reach
    from typical
    where newest >= case when small then 6 else 20 end and earlier >= case when small then 13 else 40 end
),
judged as (
    select
        site, measure, newest, earlier, since,
        round(hits / newest, 3) as value,
        round(earlier_hits / earlier, 3) as usual,
        0.0 as low,
        high,
        coalesce(hits / newest >= high, false) as drifts,
        least(1, tail[hits + 1]) as chance
    from counted
    join bound using (newest, earlier, earlier_hits, small)
    union all by name
    select
        site, measure, newest, earlier, since,
        case measure when 'length' then round(exp(value)) else round(value, 3) end as value,
        case measure when 'length' then round(exp(usual)) else round(usual, 3) end as usual,
        case measure when 'length' then round(exp(m.usual - reach)) else round(greatest(m.usual - reach, 0), 3) end as low,
        case measure when 'length' then round(exp(m.usual + reach)) else round(least(m.usual + reach, 1), 3) end as high,
        abs(m.value - m.usual) >= reach as drifts,
        -- Both tails of the normal distribution, by the bound of Mills' ratio.
        least(1, 0.798 * exp(-0.5 * greatest(z, 0.8) ** 2) / greatest(z, 0.8)) as chance
    from (select *, abs(value - usual) / greatest(error, 1e-9) as z from medians) m
)
select site, measure, drifts, value, usual, low, high, chance, newest, earlier, since
from judged;

comment on macro table base.drift_of is 'For loads only: outlet_drift computed from tables with these names.';

-- What an older version of this file computed is computed again.
delete from base.drift;

insert into base.drift from base.drift_of('base.newest_pages', 'base.refused_pages') order by site, measure;

create or replace view outlet_drift as
select site, measure, drifts, value, usual, low, high, chance, newest, earlier, since from base.drift;

comment on view outlet_drift is 'Whether an outlet''s newest 20 pages differ from up to 200 pages before them; with less than 60 pages, the newest third from the others. One row per measure and outlet with at least 20 pages. Where drifts is true, the outlet''s template, dates or walls have probably changed: look at its newest pages in ledger.';
comment on column outlet_drift.site is 'Registrable domain.';
comment on column outlet_drift.measure is 'length: median characters of the text. boilerplate: median share of the page''s visible text that is outside the article. The others are shares of pages: short (text under a quarter of the usual length), undated, clockless (a date without a time), flagged (walls, teasers, garbled or cut texts), disputed (two runs of the extractor differ by a quarter or more in length), refused (no story on the page).';
comment on column outlet_drift.drifts is 'Whether value is outside low to high, which happens by chance less than once in 10,000 times.';
comment on column outlet_drift.value is 'The measure over the newest pages.';
comment on column outlet_drift.usual is 'The measure over the earlier pages.';
comment on column outlet_drift.low is 'A length or boilerplate at or below this drifts; 0 for the other measures, for which a low value is no fault.';
comment on column outlet_drift.high is 'A value at or above this drifts; null when any share is plausible.';
comment on column outlet_drift.chance is 'How sure it is: the probability of a difference at least as large without any change. It is at most 0.0001 where drifts is true.';
comment on column outlet_drift.newest is 'Number of newest pages.';
comment on column outlet_drift.earlier is 'Number of earlier pages.';
comment on column outlet_drift.since is 'When the first of the newest pages was served.';
