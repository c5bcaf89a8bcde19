"""Outlets that the watchlist lacks: they brought stories, a comparison showed stories of theirs, or kept stories link
to them.

kept stories, comparisons -> sites; archived pages of the newest kept stories -> sites they link to -> one list
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from fivegwatch.extractors.errors import StorageError
from fivegwatch.extractors.pages.outbound import linked_sites
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.page_store import read_page
from fivegwatch.storage.read.feed_worth import newest_kept_pages, unwatched_outlets

LINKED_BY = 2
"""A site that brought no story itself is listed if stories of this many outlets link to it."""


def outlets_to_watch(db: Path, watched: Collection[str], most: int) -> list[dict[str, Any]]:
    """Up to ``most`` sites to which no feed belongs: first those with most stories, then those that most outlets link
    to.

    ``watched`` holds the registrable domains of the watchlist.
    """
    rows = {row["site"]: row | {"linked_by": 0} for row in unwatched_outlets(db, sorted(watched), 10 * most)}
    for site, (outlets, example) in _linked(db).items():
        if site in rows:
            rows[site]["linked_by"] = len(outlets)
        elif site not in watched and len(outlets) >= LINKED_BY:
            rows[site] = {
                "site": site, "stories": 0, "shared_with_watched": 0, "newest_at": None, "missed_stories": 0,
                "missed_unread": 0, "example": example, "linked_by": len(outlets),
            }  # fmt: skip
    best = sorted(
        rows.values(),
        key=lambda row: (-row["stories"] - row["missed_stories"], -row["linked_by"], row["site"]),
    )
    return best[:most]


def _linked(db: Path) -> dict[str, tuple[set[str], str]]:
    """For each site that kept stories link to: the outlets of these stories, and one of the addresses linked to."""
    layout, sites = Layout.for_database(db), dict[str, tuple[set[str], str]]()
    for outlet, ref in newest_kept_pages(db):
        try:
            page = read_page(layout, ref)
        except StorageError:  # its time in the archive is over
            continue
        for site, url in linked_sites(page).items():
            sites.setdefault(site, (set(), url))[0].add(outlet)
    return sites
