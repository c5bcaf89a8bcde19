-- Drift: an outlet's 20 newest pages compared with up to 200 pages before them (40 at least). A changed template, a new
-- wall or a broken date shows here before an analyst misses the stories. Shares of pages are judged by a binomial bound,
-- length and boilerplate by medians, so that a few odd pages change neither.

create or replace view outlet_drift as
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
        from base.newest_pages
    )
    union all by name
    -- Refused pages left an entry but no article; the outlet is the site of other articles from the same host.
    select h.site, e.attempted_at as served_at, e.entry_id as id, true as refused
    from base.refused_pages e
    join base.hosts h using (host)
),
sided as (
    select *, row_number() over (partition by site order by served_at desc, id desc) <= 20 as newest
    from page
    qualify row_number() over (partition by site order by served_at desc, id desc) <= 220
        and count(*) over (partition by site) >= 60
),
typical as (
    select
        site,
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
        coalesce(sum(pages) filter (where newest), 0)::bigint as newest,
        coalesce(sum(pages) filter (where not newest), 0)::bigint as earlier,
        coalesce(sum(pages) filter (where newest and hit), 0)::bigint as hits,
        coalesce(sum(pages) filter (where not newest and hit), 0)::bigint as earlier_hits,
        min(served_at) filter (where newest) as since
    from (
        unpivot (
            -- Pages that are alike in all of this are counted together first: few rows are left.
            select
                s.site, s.newest, s.undated, s.clockless, s.flagged, s.disputed, s.refused,
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
-- Many outlets share these three numbers, and the sum is dear.
bound as (
    select
        newest, earlier, earlier_hits,
        -- Rule of succession (Laplace): a fault that never occurred so far still has a probability above 0.
        (earlier_hits + 1) / (earlier + 2) as p,
        -- The smallest share that occurs by chance less than once in 10,000 times.
        list_min(list_filter(
            range(1, newest + 1),
            lambda x: list_sum(list_transform(
                range(x, newest + 1),
                lambda i: exp(
                    lgamma(newest + 1) - lgamma(i + 1) - lgamma(newest - i + 1) + i * ln(p) + (newest - i) * ln(1 - p)
                )
            )) < 0.0001
        )) / newest as high
    from (select distinct newest, earlier, earlier_hits from counted where newest >= 20 and earlier >= 40)
),
judged as (
    select
        site, measure, newest, earlier, since,
        round(hits / newest, 3) as value,
        round(earlier_hits / earlier, 3) as usual,
        0.0 as low,
        high,
        coalesce(hits / newest >= high, false) as drifts
    from counted
    join bound using (newest, earlier, earlier_hits)
    union all by name
    select
        c.site, 'length' as measure, c.newest, c.earlier, c.since,
        round(exp(l.value)) as value,
        round(exp(l.usual)) as usual,
        -- 3.9 standard errors of the median of the newest pages, and at least a factor of 1.5.
        greatest(ln(1.5), 3.9 * 1.2533 * 1.4826 * l.spread / sqrt(c.newest)) as reach,
        round(exp(l.usual - reach)) as low,
        round(exp(l.usual + reach)) as high,
        abs(l.value - l.usual) >= reach as drifts
    from length l
    join counted c on c.site = l.site and c.measure = 'short'
    where c.newest >= 20 and c.earlier >= 40
    union all by name
    select
        site, 'boilerplate' as measure, newest, earlier, since,
        round(value, 3) as value,
        round(usual, 3) as usual,
        -- 3.9 standard errors of the median, and at least a tenth of the page.
        greatest(0.1, 3.9 * 1.2533 * 1.4826 * spread / sqrt(newest)) as reach,
        round(greatest(usual - reach, 0), 3) as low,
        round(least(usual + reach, 1), 3) as high,
        abs(value - usual) >= reach as drifts
    from typical
    where newest >= 20 and earlier >= 40
)
select site, measure, drifts, value, usual, low, high, newest, earlier, since
from judged;

comment on view outlet_drift is 'Whether an outlet''s newest 20 pages differ from up to 200 pages before them. One row per measure and outlet with at least 60 pages. Where drifts is true, the outlet''s template, dates or walls have probably changed: look at its newest pages in ledger.';
comment on column outlet_drift.site is 'Registrable domain.';
comment on column outlet_drift.measure is 'length: median characters of the text. boilerplate: median share of the page''s visible text that is outside the article. The others are shares of pages: short (text under a quarter of the usual length), undated, clockless (a date without a time), flagged (walls, teasers, garbled or cut texts), disputed (two runs of the extractor differ by a quarter or more in length), refused (no story on the page).';
comment on column outlet_drift.drifts is 'Whether value is outside low to high, which happens by chance less than once in 10,000 times.';
comment on column outlet_drift.value is 'The measure over the newest pages.';
comment on column outlet_drift.usual is 'The measure over the earlier pages.';
comment on column outlet_drift.low is 'A length or boilerplate at or below this drifts; 0 for the other measures, for which a low value is no fault.';
comment on column outlet_drift.high is 'A value at or above this drifts; null when any share is plausible.';
comment on column outlet_drift.newest is 'Number of newest pages.';
comment on column outlet_drift.earlier is 'Number of earlier pages.';
comment on column outlet_drift.since is 'When the first of the newest pages was served.';
