"""What became of the last pages of each feed, from which its health is judged."""

from __future__ import annotations

import shutil
from pathlib import Path

from fivegwatch.extractors.feeds.health import PARTLY_READ, PageTally
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.read.feeds import recent_pages
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Attempt, Sighting
from tests.storage.builders import at, id_of, make_entry

HOUR, DAY = 60, 24 * 60
READ = {"state": "done", "kind": "judged", "status": 200}
SHUT = {"state": "gone", "kind": "http_403", "status": 403}
ROBOTS = {"state": "gone", "kind": "robots"}
WALLED = {"state": "retry", "kind": "walled", "message": PARTLY_READ + "paywall, too_short"}
SHORT = {"state": "done", "kind": "judged", "message": PARTLY_READ + "too_short"}
NOT_ASKED = {"state": "retry", "kind": "host_paused"}


def page(
    batch: Batch, feed: str, number: int, announced: float, given: dict[str, object], tried: float = 0
) -> None:
    """A page announced at a minute, and the last attempt at it."""
    entry = make_entry(f"https://{feed}.example/{number}", feed=feed)
    batch.add(Sighting.of("run", entry, feed_id=feed, seen_at=at(announced)))
    has_article = given["kind"] in ("judged", "walled")
    batch.add(Attempt(
        run_id="run", entry_id=entry.id, attempted_at=at(tried or announced + 1), attempts=1,
        article_id=id_of(entry.url) if has_article else None, **given,
    ))  # type: ignore[arg-type]  # fmt: skip


def test_only_pages_announced_after_the_last_one_that_was_read_whole_count(
    layout: Layout, empty_store: Path
) -> None:
    shutil.copyfile(empty_store, layout.store)
    batch = Batch()
    for n in range(6):
        # Read until an hour ago, then refused: it must not take three days until that is seen.
        page(batch, "shut-today", n, n * HOUR, READ if n < 1 else SHUT)
        page(batch, "robots", n, n * HOUR, READ if n < 2 else ROBOTS)
        page(batch, "walled", n, n * HOUR, READ if n < 1 else WALLED)
        # One item in two days: five pages are ten days.
        page(batch, "slow", n, -2 * n * DAY, SHUT)
        # Old pages are tried again after newer ones were read.
        page(batch, "old-pages", n, n * HOUR, SHUT if n < 5 else READ, tried=HOUR * (10 + n))
        # Refused and read in one poll; short news are no wall, unless they were longer before; a page that was not
        # requested says nothing.
        page(batch, "mixed", n, 0, SHUT if n < 5 else READ)
        page(batch, "short", n, n * HOUR, SHORT)
        page(batch, "shrunk", n, n * HOUR, READ if n < 3 else SHORT)
        page(batch, "paused", n, n * HOUR, NOT_ASKED)
    put_batch(layout, batch)
    load(layout)
    tallies = recent_pages(layout, at(DAY))
    assert tallies == {
        "shut-today": PageTally(refused=5, since=at(HOUR + 1), kind="http_403"),
        "robots": PageTally(refused=4, since=at(2 * HOUR + 1), kind="robots"),
        "walled": PageTally(refused=5, since=at(HOUR + 1), kind="paywall"),
        "shrunk": PageTally(refused=3, since=at(3 * HOUR + 1), kind="too_short"),
        "slow": PageTally(refused=6, since=at(-10 * DAY + 1), kind="http_403"),
    }
