"""How much each feed contributes, and which outlets are worth watching, read from the published corpus."""

from __future__ import annotations

from pathlib import Path

from fivegwatch.storage.read.store import Row, read

PAGES_READ = 300
"""Maximum number of archived pages, of the newest kept stories, whose links are counted; this takes two seconds."""


def feed_scores(db: Path) -> list[Row]:
    """For every feed, best first: stories kept per poll, lead in time over other feeds, share of its stories that only
    it has.
    """
    return read(
        db,
        """
        select
            feed_id as id, status, polls, entries, stories,
            round(stories / nullif(polls, 0), 4) as kept_a_poll,
            round(100.0 * stories / nullif(pages_judged, 0), 2) as kept_percent,
            first_with, lead_hours,
            round(100.0 * only_with / nullif(stories, 0)) as only_percent
        from feed_health
        where status <> 'off'
        order by stories / nullif(polls, 0) desc nulls last, stories desc, feed_id
        """,
    )


def feed_statuses(db: Path) -> dict[str, Row]:
    """For every feed, by its id: status, problem, and the figures of its worth."""
    found = read(
        db,
        "select feed_id, status, problem, remedy, polled_at, url, proposed_url, stories, polls from feed_health",
    )
    return {row.pop("feed_id"): row for row in found}


def announced_by(db: Path, entry_ids: list[str]) -> dict[str, int]:
    """For each feed, the number of the entries in ``entry_ids`` that it announced, the largest number first."""
    found = read(
        db,
        """
        select feed_id, count(distinct entry_id) as entries from sightings
        where list_contains($entry_ids, entry_id) and feed_id <> '' group by feed_id order by entries desc, feed_id
        """,
        {"entry_ids": entry_ids},
    )
    return {row["feed_id"]: row["entries"] for row in found}


def unwatched_outlets(db: Path, watched: list[str], most: int) -> list[Row]:
    """Sites without a feed in the watchlist that had stories: stories that were kept, and stories that a comparison
    with an independent index (`fivegwatch coverage`) showed to be missed. At most ``most`` sites.

    ``watched``: registrable domains of the watchlist's feeds. The kept stories came from GDELT, archives or address
    lists.
    """
    return read(
        db,
        """
        with kept as (
            select
                site,
                count(*) as stories,
                count(*) filter (where cluster_id in (
                    select cluster_id from stories where list_contains($watched, site)
                )) as shared_with_watched,
                max(published_at) as newest_at,
                any_value(url) as example
            from stories group by site
        ),
        missed as (
            select site, count(distinct url) filter (where is_story) as missed_stories,
                count(distinct url) filter (where is_story is null) as missed_unread,
                arg_max(url, coalesce(is_story, false)) as example
            from missed_stories where why = 'not_watched' and is_story is distinct from false group by site
        )
        select
            site,
            coalesce(k.stories, 0) as stories,
            coalesce(k.shared_with_watched, 0) as shared_with_watched,
            k.newest_at,
            coalesce(m.missed_stories, 0) as missed_stories,
            coalesce(m.missed_unread, 0) as missed_unread,
            coalesce(k.example, m.example) as example
        from kept k full join missed m using (site)
        where site <> '' and not list_contains($watched, site)
        order by stories + missed_stories desc, missed_unread desc, newest_at desc nulls last, site limit $most
        """,
        {"watched": watched, "most": most},
    )


def newest_kept_pages(db: Path) -> list[tuple[str, str]]:
    """The site and the archive reference of the newest stories whose page is archived, at most PAGES_READ."""
    found = read(
        db,
        """
        select site, raw_ref from ledger where verdict = 'kept' and raw_ref is not null
        order by captured_at desc, id limit $most
        """,
        {"most": PAGES_READ},
    )
    return [(row["site"], row["raw_ref"]) for row in found]
