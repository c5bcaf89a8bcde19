"""Finds clusters of texts that are copies of each other, and updates them in each load.

Pipeline: articles of the load -> fingerprints -> candidate pairs -> links (pairs that are copies) -> groups -> stars.

A group consists of all texts that links connect, directly or through other texts. A group is divided into stars, which
are the clusters: every member of a star is linked directly to its centre. Links, groups and stars depend only on the
set of stored texts, so the order of arrival does not matter. Only groups with a text of the load are computed again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fivegwatch.extractors.copies.agencies import agency_of
from fivegwatch.extractors.copies.version import VERSION
from fivegwatch.storage.connections import Connection, number

if TYPE_CHECKING:
    from fivegwatch.extractors.copies.fingerprints import Shingles

HERE = Path(__file__).parent
PORTION = 10_000
"""Number of articles compared in one step. It limits the memory used and does not change the result."""
FREQUENT = 1_000
"""An anchor that more texts than this share, such as one from a site's footer, is looked up only if a pair could not be
found without it. This limits the work and does not change the result."""
NO_STORY = ("bot_wall", "consent_wall", "garbled", "listing_page", "no_story", "soft_404")
"""Quality flags of texts that are not a story, such as the notice of a paywall. Such texts are left out: equal notices
would form clusters."""
_MADE = {
    "article_id": "VARCHAR", "text_key": "BIGINT", "shingles": "BIGINT", "bands": "BIGINT[]",
    "anchors": "BIGINT[]", "agency": "VARCHAR",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """A pair of texts that are copies: the ``text_key`` of each, and the number of shingles in each and in both."""

    one: int
    other: int
    shared: int
    one_shingles: int
    other_shingles: int

    @property
    def jaccard(self) -> float:
        """The number of shingles that both texts have, divided by the number that at least one has: 0 to 1."""
        return self.shared / (self.one_shingles + self.other_shingles - self.shared)


@dataclass(frozen=True, slots=True)
class Membership:
    """The centre of a text's cluster, and the number of shingles that the text shares with it."""

    centre: int
    shared: int


def update_clusters(con: Connection) -> None:
    """Update fingerprints, links and cluster members for the merged articles, within the transaction of the load."""
    con.execute("set variable version = ?", [VERSION])
    con.execute("set variable no_story = ?", [list(NO_STORY)])
    con.execute("set variable frequent = ?", [FREQUENT])
    _select_articles(con)
    first = 0
    while _take_portion(con, first):
        _take_fingerprints(con)
        con.execute((HERE / "fingerprints.sql").read_text(encoding="utf-8"))
        _link_pairs(con)
        add_linked(con, "affected", "text_key", "base.links")
        _cluster_affected(con)
        con.execute((HERE / "members.sql").read_text(encoding="utf-8"))
        first += PORTION
    con.execute("delete from base.meta where name = 'fingerprints'")
    con.execute("insert into base.meta values ('fingerprints', ?)", [str(VERSION)])


def stars(sizes: Mapping[int, int], links: Iterable[Link]) -> dict[int, Membership]:
    """The membership of every text in ``sizes`` (key to number of shingles); a text without links is its own centre.

    The text that is most similar to others becomes the first centre; texts linked to it cannot become centres. Of the
    remaining texts, the next centre is chosen in the same way, until none remains. Then every other text joins the
    centre that it is most similar to. The order of the arguments does not matter.
    """
    near: dict[int, dict[int, Link]] = defaultdict(dict)
    for link in links:
        near[link.one][link.other] = near[link.other][link.one] = link
    weight = {key: sum(round(1_000 * link.jaccard) for link in near[key].values()) for key in sizes}
    order = sorted(sizes, key=lambda key: (-weight[key], -sizes[key], key))
    centres: dict[int, int] = {}
    for rank, key in enumerate(order):
        if not any(other in centres for other in near[key]):
            centres[key] = rank

    def membership(key: int) -> Membership:
        if key in centres:
            return Membership(key, sizes[key])
        best = max(
            (link.jaccard, link.shared, -centres[other], other)
            for other, link in near[key].items()
            if other in centres
        )
        return Membership(best[3], best[1])

    return {key: membership(key) for key in sizes}


def _select_articles(con: Connection) -> None:
    """Number the articles that this load may have changed, or all articles if the method has a new version."""
    made = con.execute("select 1 from base.meta where name = 'fingerprints' and value = ?", [str(VERSION)])
    source = """
        select article_id from in_judged
        union select article_id from in_attempt where article_id is not null
        union select article_id from base.articles where rowid in (
            select rowid from base.articles
            semi join (select md5_number_lower(entry_id) as entry_key from in_attempt) using (entry_key)
        )
    """
    if not made.fetchone():
        source = "select article_id from base.articles union select article_id from base.fingerprints"
    con.execute(
        f"""create or replace temp table selected as
            select article_id, row_number() over (order by article_id) - 1 as number from ({source})"""  # noqa: S608
    )


def _take_portion(con: Connection, first: int) -> int:
    con.execute(
        "create or replace temp table portion as select article_id from selected where number >= ? and number < ?",
        [first, first + PORTION],
    )
    return number(con, "select count(*) from portion")


def _take_fingerprints(con: Connection) -> None:
    """Fill ``fresh`` with the new fingerprints: taken from the batch, or computed where it has none."""
    con.execute(
        """
        create or replace temp table wanted as
        select a.article_id, a.content_id, a.rowid as row
        from (
            select rowid, article_id, content_id, text_kept, quality from base.articles where rowid in (
                select rowid from base.articles
                semi join (select md5_number_lower(article_id) as article_key from portion) using (article_key)
            )
        ) a
        semi join portion using (article_id)
        where a.text_kept and not list_has_any(coalesce(a.quality, []), getvariable('no_story'));

        create or replace temp table fresh as
        select w.article_id, w.content_id, w.row, g.text_key, g.shingles, g.bands, g.anchors, g.agency
        from wanted w
        anti join base.fingerprints f
            on f.article_id = w.article_id and f.content_id = w.content_id and f.version = getvariable('version')
        left join (
            select distinct on (article_id, content_id)
                article_id, content_id, text_key, shingles, bands, anchors, agency
            from in_judged
            where text_key is not null and fingerprint_version = getvariable('version')
        ) g on g.article_id = w.article_id and g.content_id = w.content_id
        """
    )
    missing = con.execute(
        "select article_id, title, text from base.articles"
        " where rowid in (select row from fresh where text_key is null)"
    ).fetchall()
    rows = []
    for article_id, title, text in missing:
        from fivegwatch.extractors.copies.fingerprints import (
            fingerprint,
        )  # numpy: most loads find a text's ready

        made = fingerprint(title, text)
        if made is not None:
            rows.append((article_id, made.text_key, made.shingles, made.bands, made.anchors, agency_of(text)))
    if rows:
        _replace(con, "made", _MADE, rows)
        con.execute(
            """update fresh
               set text_key = m.text_key, shingles = m.shingles, bands = m.bands, anchors = m.anchors, agency = m.agency
               from made m where m.article_id = fresh.article_id"""
        )
    con.execute("delete from fresh where text_key is null")


def _link_pairs(con: Connection) -> None:
    """Compare the texts of the candidate pairs and store the pairs that are copies as links."""
    pairs = con.execute("from pairs order by one, other").fetchall()
    if not pairs:
        return
    from fivegwatch.extractors.copies.fingerprints import compare

    texts = _shingles(con)
    rows = []
    for one, other in pairs:
        likeness = compare(texts[one], texts[other])
        if likeness.same:
            rows.append((one, other, likeness.shared, likeness.one, likeness.other))
    if rows:
        _replace(con, "new_links", dict.fromkeys(Link.__slots__, "BIGINT"), rows)
        con.execute("insert into base.links select * from new_links")


def _shingles(con: Connection) -> dict[int, Shingles]:
    """The shingles of every text in ``pairs``, by ``text_key``."""
    con.execute(
        """
        create or replace temp table sample as
        select text_key, min(article_id) as article_id
        from base.fingerprints
        semi join (select one as text_key from pairs union select other from pairs) using (text_key)
        group by text_key;

        create or replace temp table located as
        select s.text_key, a.row
        from sample s
        join (
            select rowid as row, article_id from base.articles where rowid in (
                select rowid from base.articles
                semi join (select md5_number_lower(article_id) as article_key from sample) using (article_key)
            )
        ) a using (article_id)
        """
    )
    from fivegwatch.extractors.copies.fingerprints import shingles_of

    by_key = {}
    rows = con.execute(
        """select l.text_key, a.title, a.text
           from (select rowid as row, title, text from base.articles where rowid in (select row from located)) a
           join located l using (row)"""
    )
    while some := rows.fetchmany(500):
        for text_key, title, text in some:
            shingles = shingles_of(title, text)
            assert shingles is not None
            by_key[int(text_key)] = shingles
    return by_key


def add_linked(con: Connection, table: str, key: str, links: str) -> None:
    """Add to ``table``, whose only column is ``key``, all keys that ``links`` connect to a key in it, directly or
    indirectly."""
    con.execute(f"create or replace temp table edge as select distinct {key} from {table}")  # noqa: S608
    while True:
        con.execute(
            f"""
            create or replace temp table further as
            select distinct {key}
            from (
                select other as {key} from {links} where one in (from edge)
                union all
                select one from {links} where other in (from edge)
            )
            anti join {table} using ({key})
            """  # noqa: S608  # our own names
        )
        if not number(con, "select count(*) from further"):
            return
        con.execute(f"insert into {table} from further; create or replace temp table edge as from further")


def _cluster_affected(con: Connection) -> None:
    sizes = dict(
        con.execute(
            "select distinct text_key, shingles from base.fingerprints semi join affected using (text_key)"
        ).fetchall()
    )
    links = con.execute("select l.* from base.links l where one in (from affected)").fetchall()
    rows = [
        (key, at.centre, at.shared, sizes[key], sizes[at.centre])
        for key, at in stars(sizes, (Link(*row) for row in links)).items()
    ]
    columns = ("text_key", "centre", "shared", "shingles", "centre_shingles")
    _replace(con, "starred", dict.fromkeys(columns, "BIGINT"), rows)


def _replace(
    con: Connection, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]
) -> None:
    """Create a temporary table with these rows. Passed as JSON, since DuckDB takes 0.1 ms for each Python value."""
    shape = json.dumps([dict(columns)])
    values = json.dumps([dict(zip(columns, row, strict=True)) for row in rows])
    con.execute(
        f"create or replace temp table {table} as select unnest(from_json(?::json, ?), recursive := true)",
        [values, shape],
    )
