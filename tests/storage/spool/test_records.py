"""Records by content: their digests and columns are those of every batch written so far."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from fivegwatch.extractors.model import Failure, Origin, PageDate, Unit
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.column_types import columns, sql_type
from fivegwatch.storage.spool.records import (
    Attempt,
    Failed,
    Judged,
    Poll,
    Progress,
    Provenance,
    Record,
    Run,
    Sighting,
    Subscription,
)
from tests.storage.builders import at, make_article, make_decision, make_entry, make_feed, make_state
from tests.storage.contents import ask, contents

TEXT = "\n".join(
    f"Paragraph {number}: the core network of an operator was attacked on day {number} of the month."
    for number in range(12)
)
OLD_BATCH = Path(__file__).parent / "batch-of-september-2026.parquet"
"""The records of `some_of_each`, as the version before records were dataclasses wrote them."""
DIGESTS = [
    ("subscription", "30bb7621f2ed058f2bc8f04d16ec1122"), ("poll", "e457773438e1a2217555320d41c0ed66"),
    ("entry", "4761c30e793bccc2c4b664aad87ff0a6"), ("attempt", "aedd9c8789cdf7fa486f24d2fdd11fdd"),
    ("judged", "043dff2e817efd91e1afc09756ab7365"), ("judged", "4df78c37e49659629ea94cdda9caf58c"),
    ("failure", "f5e1fc5a2f20a11b34147843f483529e"), ("failure", "5dfce9a8e99d445b27bbe23a8242c768"),
    ("run", "00a8e947af7c30752ea89d4f365631a3"), ("run", "205b23c06e5a3793838a4999841417e2"),
    ("unit", "e58cb4cd20468a1f81881e76832c0e1d"), ("unit", "1ae59e8a45516adead041174ab6b66eb"),
]  # fmt: skip
"""What that version computed for them."""


def some_of_each() -> Batch:
    """Records of every kind, with and without the values that may be missing."""
    feed, entry = (
        make_feed(),
        make_entry(authors=("Ann", "Bob \ud800"), updated_at=at(-5), content="Content\x00."),
    )
    state = make_state(
        feed, etag='"e"', failures=2, checked_at=at(0), next_poll_at=at(30), subscribed_url=feed.url
    )
    article = make_article(
        text=TEXT, authors=("Ann",), tags=("5G",), quality=("paywall",), site_name="The Example", page_chars=4_321,
        dates=(PageDate(source="meta", at=at(-60), precision="day", zone_known=False),),
        lengths=(("feed", 9), ("trafilatura-fast", 950)),
    )  # fmt: skip
    origin = Origin(kind="warc", locator="crawl.warc.gz@17", rank=3)
    read = Provenance(
        entry_id=entry.id, origin=origin, captured_at=at(2), page_hash="p", raw_ref="2026-05/x@1"
    )
    near_miss = make_decision(article, relevant=False, near_miss=True)
    unread = Provenance(entry_id=None, origin=origin, captured_at=at(2))
    timeout = Failure(
        url="https://a.example/x", stage="fetch", kind="timeout", message="m", transient=True, failed_at=at(1),
        origin=origin,
    )  # fmt: skip
    full = replace(timeout, url="https://a.example/y", stage="load", kind="io", transient=False, origin=None)
    unit = Unit(
        source="warc", kind="file", locator="crawl.warc.gz", options=(("version", "v1"), ("depth", "2")), size=100
    )  # fmt: skip
    records: list[Record] = [
        Subscription.of(feed, synced_at=at(0)),
        replace(
            Poll.of("run-1", state, polled_at=at(0), outcome="new"),
            status=200, entries_seen=3, skipped=1, bytes=9_000, seconds=0.25, message="m",
        ),
        Sighting.of("run-1", entry, feed_id=feed.id, seen_at=at(1)),
        Attempt(
            run_id="run-1", entry_id=entry.id, attempted_at=at(2), state="retry", attempts=2, next_attempt_at=at(60),
            status=503, kind="http_503", message="busy", retrying_since=at(1),
        ),
        Judged.of("run-1", article, make_decision(article), read, judged_at=at(3), keep_text=True),
        Judged.of("run-1", article, near_miss, unread, judged_at=at(4), keep_text=False),
        Failed.of("run-1", timeout),
        Failed.of("run-1", full),
        Run(run_id="run-1", flow="ingest", started_at=at(0)),
        Run(
            run_id="run-1", flow="ingest", started_at=at(0), ended_at=at(9), state="Completed", message="done",
            counts={"pages": 2, "feeds": 1},
        ),
        Progress.of("run-1", unit, state="pending", at=at(0)),
        replace(
            Progress.of("run-1", unit, state="failed", at=at(0)),
            cursor="17", position=17, step=4, attempts=1, next_attempt_at=at(90), problem="timeout", message="slow",
            counts={"pages": 2},
        ),
    ]  # fmt: skip
    batch = Batch()
    for record in records:
        batch.add(record)
    return batch


def test_a_record_keeps_the_digest_that_earlier_versions_gave_it() -> None:
    assert [(kind, digest) for kind, digest, _ in some_of_each().rows] == DIGESTS


def test_a_batch_written_by_an_earlier_version_has_the_same_columns_and_values(layout: Layout) -> None:
    """Fields and kinds of records that were added since are null."""
    old, new = (
        pq.read_table(OLD_BATCH).to_pylist(),
        pq.read_table(put_batch(layout, some_of_each())).to_pylist(),
    )
    assert [_known(row, like) for row, like in zip(new, old, strict=True)] == old


def _known(value: object, like: object) -> object:
    """``value`` with only those members that ``like`` has."""
    if not isinstance(value, dict) or not isinstance(like, dict):
        return value
    assert not any(member for name, member in value.items() if name not in like)
    return {name: _known(value[name], like[name]) for name in like}


def test_a_batch_written_by_an_earlier_version_is_loaded_and_the_same_records_again_change_nothing(
    layout: Layout,
) -> None:
    layout.incoming.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(OLD_BATCH, layout.incoming / f"{1:020d}-old.parquet")
    assert load(layout).batches == 1
    before = contents(layout)
    put_batch(layout, some_of_each())
    assert load(layout).batches == 1
    assert contents(layout) == before
    assert ask(layout, "select cursor, problem from base.units") == [("17", "timeout")]


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ("run_id", "VARCHAR"), ("entry_id", "VARCHAR"), ("score", "DOUBLE"), ("text_kept", "BOOLEAN"),
        ("captured_at", "TIMESTAMPTZ"), ("bands", "BIGINT[]"), ("topics", "VARCHAR[]"),
        ("parts", 'STRUCT("name" VARCHAR, "value" DOUBLE)[]'),
    ],
)  # fmt: skip
def test_the_type_of_a_column_follows_from_the_annotation_of_its_field(column: str, wanted: str) -> None:
    assert sql_type(columns(Judged)[column]) == wanted
    assert sql_type(columns(Run)["counts"]) == "MAP(VARCHAR, BIGINT)"
    assert sql_type(columns(Attempt)["state"]) == "VARCHAR"
