"""Checks whether a corpus is sound: folders, published copy, spool, schema, unique keys and references between tables.

The database has no key constraints and no indexes, since they would make loads slower as the corpus grows. These
queries check what constraints would enforce.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.connections import Connection, number, opened
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.publish import check_link
from fivegwatch.storage.read.summaries import outdated
from fivegwatch.storage.schema.migrate import is_current, migrations, storage_version
from fivegwatch.storage.spool.batches import bad_batches, pending

LOW_SPACE = 1_000_000_000
OLD_BATCH_S = 3_600.0
MEMORY = "1GB"
"""Memory limit for the queries, which read whole tables; intermediate results beyond it go to temporary files."""

KEYS = {
    "feeds": "feed_id",
    "feed_states": "feed_id",
    "polls": "polled_at, feed_id, run_id",
    "poll_days": "feed_id, polled_on",
    "sightings": "entry_id, origin_kind, origin_locator, announced_hash",
    "entries": "entry_id",
    "attempts": "entry_id",
    "articles": "article_id",
    "revisions": "article_id, content_id",
    "decisions": "digest",
    "failures": "digest",
    "runs": "run_id",
    "units": "unit_id",
    "load_log": "batch",
    "fingerprints": "article_id",
    "links": "one, other",
    "members": "article_id",
}
ORPHANS = {
    "entries without a sighting": "from base.entries anti join base.sightings using (entry_id)",
    "entries that lead to a missing article": """from base.entries e
        anti join base.articles a on a.article_id = e.article_id
        where e.article_id is not null""",
    "attempts at missing entries": "from base.attempts anti join base.entries using (entry_id)",
    "articles without a decision": "from base.articles anti join base.decisions using (article_id)",
    "decisions on missing articles": "from base.decisions anti join base.articles using (article_id)",
    "revisions of missing articles": "from base.revisions anti join base.articles using (article_id)",
    "fingerprints of missing articles": "from base.fingerprints anti join base.articles using (article_id, content_id)",
    "cluster members without a fingerprint": "from base.members anti join base.fingerprints using (article_id)",
    "kept stories without a text": "from base.articles where relevant and not text_kept",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The outcome of one check."""

    name: str
    ok: bool
    detail: str = ""
    remedy: str = ""


def check_corpus(layout: Layout) -> list[Check]:
    """The outcomes of all checks, those of files first. If there is no corpus yet, only files are checked.

    Never raises StorageError: a file that cannot be opened is a failed check.
    """
    checks = [*_files(layout), *_spool(layout)]
    if not layout.store.exists():
        return [*checks, Check(name="store", ok=True, detail="no corpus yet")]
    try:
        with opened(layout.store, read_only=True) as con:
            con.execute(f"set memory_limit = '{MEMORY}'")
            checks += [*_schema(con), *_rows(con), *_summaries(con)] if is_current(con) else []
    except StorageError as exc:
        checks.append(Check(name="store", ok=False, detail=str(exc)))
    return checks


def _files(layout: Layout) -> Iterator[Check]:
    for folder in layout.folders():
        if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
            yield Check(
                name="folder", ok=False, detail=f"{folder} is not writable", remedy="fix its owner or mode"
            )
    if layout.root.exists():
        free = shutil.disk_usage(layout.root).free
        size = layout.store.stat().st_size if layout.store.exists() else 0
        yield Check(
            name="free space",
            ok=free > LOW_SPACE + 2 * size,
            detail=f"{free / 1e9:.1f} GB free, the corpus has {size / 1e9:.2f} GB",
            remedy="publishing needs room for another copy of the corpus: free some space",
        )
    try:
        check_link(layout)
    except StorageError as exc:
        yield Check(name="published link", ok=False, detail=str(exc))
    else:
        published = layout.link.exists() or not layout.store.exists()
        yield Check(
            name="published link",
            ok=published,
            detail=str(layout.link.resolve()) if layout.link.exists() else "nothing published yet",
            remedy="run `fivegwatch ingest`",
        )


def _spool(layout: Layout) -> Iterator[Check]:
    waiting = pending(layout)
    age = time.time() - min((path.stat().st_mtime for path in waiting), default=time.time())
    yield Check(
        name="spool",
        ok=age < OLD_BATCH_S,
        detail=f"{len(waiting)} batches wait, the oldest for {age:.0f} s",
        remedy="run `fivegwatch ingest`, and find out why the last run did not load them",
    )
    bad = bad_batches(layout)
    yield Check(
        name="quarantine",
        ok=not bad,
        detail=f"{len(bad)} unreadable batches in {layout.bad}" if bad else "empty",
        remedy="each has a .reason.txt beside it; move it back to incoming once it is repaired, or remove it",
    )


def _schema(con: Connection) -> Iterator[Check]:
    version = storage_version(con)
    yield Check(
        name="file format",
        ok=version.startswith("v1.5.0"),
        detail=version,
        remedy="copy it with COPY FROM DATABASE into a file of storage version v1.5.0",
    )
    applied = dict(con.execute("select number, sha256 from base.schema_migrations").fetchall())
    edited = [step.name for step in migrations() if applied.get(step.number, step.sha256) != step.sha256]
    yield Check(
        name="migrations",
        ok=not edited,
        detail=f"changed after they were applied: {', '.join(edited)}"
        if edited
        else f"{len(applied)} applied",
        remedy="migrations are append-only: restore the text that was applied",
    )
    count = number(con, "select count(*) from duckdb_indexes()")
    yield Check(
        name="indexes",
        ok=not count,
        detail=f"{count} indexes",
        remedy="drop them: they slow down every load and can be damaged by a crash",
    )


def _rows(con: Connection) -> Iterator[Check]:
    for table, key in KEYS.items():
        sql = f"select count(*) from (select 1 from base.{table} group by {key} having count(*) > 1)"  # noqa: S608
        repeated = number(con, sql)
        yield Check(
            name=f"duplicates in {table}",
            ok=not repeated,
            detail=f"{repeated} keys ({key}) occur more than once",
            remedy="rebuild the store from the batches in done",
        )
    for name, source in ORPHANS.items():
        lost = number(con, f"select count(*) {source}")
        yield Check(
            name=name, ok=not lost, detail=f"{lost}", remedy="load what is in the spool; else report it"
        )


def _summaries(con: Connection) -> Iterator[Check]:
    for name, wrong in outdated(con).items():
        yield Check(
            name=f"summary: {name}",
            ok=not wrong,
            detail=f"{wrong} rows differ from what the corpus says",
            remedy="restore a backup and report it: answers about stories, feeds or outlets are wrong until then",
        )
