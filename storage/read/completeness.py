"""Which of given addresses the corpus has, why it lacks the others, and the last measurements of its completeness.

The status of an address comes from its verdict, else a kept story of the same headline, else its entry, else its site's
feeds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.web.urls import site_of
from fivegwatch.storage.connections import Connection, opened
from fivegwatch.storage.read.store import Row, read, rows
from fivegwatch.storage.schema.migrate import is_current

HEADLINE_CHARS = 25
"""Minimum length, in characters, of a headline that identifies a story; shorter ones, such as "News in brief", do
not."""
_SUFFIX = re.compile(r"\s+[-–—|·:]\s+[^-–—|·:]{2,40}$")
"""Matches the outlet's name at the end of a headline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address from an independent index of the press, which the corpus may or may not have."""

    id: str
    """SHA-256 (hex) of the canonical form of the address, as in ``entries.id``."""
    url: str
    title: str
    """Headline of the page; may be empty."""
    site: str
    cluster: str = ""
    """Id of a group of copies: the same for all copies of a story; empty if that is unknown."""

    @property
    def story(self) -> str:
        """A key that is equal for candidates with the same story, which means copies of one text or the same
        headline.
        """
        headline = headlines_of(self.title)[-1]
        return self.cluster or (headline if len(headline) >= HEADLINE_CHARS else self.id)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the corpus has the story of a candidate and, if not, why."""

    status: str
    """``held``, ``rejected``, ``not_fetched``, ``not_announced`` or ``not_watched``."""
    detail: str = ""
    """Why the status is so, in one sentence."""


_KNOWN = """
    with candidate as (select unnest($ids::varchar[]) as id),
    entry as (select c.id, e.state, e.message, e.article_id from candidate c join base.entries e on e.entry_id = c.id)
    select
        c.id, e.state, e.message, a.article_id is not null as judged,
        coalesce(a.corrected_relevant, a.relevant, false) as kept, a.reason
    from candidate c
    left join entry e on e.id = c.id
    left join base.articles a on a.article_id = coalesce(e.article_id, c.id)
    where e.id is not null or a.article_id is not null
"""
_KEPT = "select title, url from base.articles where coalesce(corrected_relevant, relevant)"
_FEEDS = """
    select feed_id, url, site_url, active, inactive_reason from base.feeds
    union all by name
    select distinct '' as feed_id, 'https://' || site || '/' as url, '' as site_url, true as active from base.articles
    where feeds <> ''
"""


def standings(db: Path, candidates: Sequence[Candidate]) -> list[Standing]:
    """For each of ``candidates``, in their order: whether the published corpus ``db`` has its story.

    A candidate also counts as held if the corpus has a story with the same headline from any outlet.

    Raises: CorpusBusyError, StorageError.
    """
    with opened(db, read_only=True) as con:
        is_current(con)
        known = {row["id"]: row for row in rows(con, _KNOWN, {"ids": [one.id for one in candidates]})}
        headlines = {one: row["url"] for row in rows(con, _KEPT) for one in headlines_of(row["title"])}
        watched = _watched(con)
    return [_standing(one, known.get(one.id), headlines, watched) for one in candidates]


def _standing(
    one: Candidate, known: Row | None, headlines: dict[str, str], watched: dict[str, str]
) -> Standing:
    if known and known["kept"]:
        return Standing("held")
    for headline in headlines_of(one.title):
        if len(headline) >= HEADLINE_CHARS and headline in headlines:
            return Standing("held", f"kept from another address: {headlines[headline]}")
    if known and known["judged"]:
        return Standing("rejected", known["reason"])
    if known:
        waits = "its page was given up" if known["state"] == "gone" else "its page waits to be fetched"
        return Standing("not_fetched", f"{waits}: {known['message']}" if known["message"] else waits)
    why = watched.get(one.site)
    if why is None:
        return Standing("not_watched", "no feed of this outlet is in the watchlist")
    return (
        Standing("not_watched", why)
        if why
        else Standing("not_announced", "no feed of this outlet announced it")
    )


def _watched(con: Connection) -> dict[str, str]:
    """The sites of the watchlist's feeds, each with the reason why all of its feeds are off; the reason is empty if a
    feed is on.
    """
    sites: dict[str, str] = {}
    for row in rows(con, _FEEDS):
        off = "" if row["active"] else f"feed {row['feed_id']} is off: {row['inactive_reason']}"
        for url in filter(None, (row["url"], row["site_url"])):
            try:
                site = site_of(url)
            except FetchError:
                continue
            sites[site] = sites.get(site, off) and off
    return sites


def headlines_of(title: str) -> tuple[str, str]:
    """Two texts: the folded words of the whole title, and those of the title without the outlet's name at its end."""
    return _headline(title), _headline(_SUFFIX.sub("", title))


def _headline(title: str) -> str:
    return " ".join(re.findall(r"\w+", fold_text(title or "").text))


def stories_of(db: Path) -> tuple[Candidate, ...]:
    """The kept stories of the published corpus ``db`` as candidates. Raises: StorageError."""
    query = """
        select article_id as id, url, title, site, coalesce(cluster_id, article_id) as cluster from base.articles
        where relevant order by article_id
    """
    return tuple(Candidate(**row) for row in read(db, query))


def recorded(db: Path, measure_id: str) -> Row | None:
    """The recorded measurement with this id; None if there is none. Raises: CorpusBusyError, StorageError."""
    query = "select sampled, files_read, low, high, measured_at from base.completeness where measure_id = $id"
    return next(iter(read(db, query, {"id": measure_id})), None)


def last_measured(con: Connection) -> list[Row]:
    """For each source, its measurement of the latest days (of several, the one made last); sorted by source."""
    query = """
        select source, since, until, share, low, high, held, missed, measured_at from completeness
        qualify row_number() over (partition by source order by until desc, measured_at desc) = 1
        order by source
    """
    return rows(con, query)
