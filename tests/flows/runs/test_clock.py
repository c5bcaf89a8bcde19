"""A machine's clock that goes wrong, and is set right again: real runs over the newsroom."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest

from fivegwatch.extractors.errors import ClockError
from fivegwatch.flows.demo.newsroom import Newsroom, subscriptions
from fivegwatch.flows.runs import clock
from fivegwatch.flows.runs.clock import SWITCHED_OFF, check_clock
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.far_stamps import CLAIMED, DUE, STAMPS, far_stamps, mend_far_stamps
from fivegwatch.storage.load.loader import load
from tests.conftest import ROOT
from tests.flows.cli_runner import Ran, fivegwatch
from tests.flows.corpora import ask, says

OUTLETS = ("harbour-ledger", "switchyard")
NOW = datetime(2026, 11, 29, 3, tzinfo=UTC)
YEAR = timedelta(days=365)
AGE = timedelta(minutes=10)
SCHEMA = ROOT / "storage" / "schema" / "schema.generated.sql"


@pytest.fixture(autouse=True)
def the_shipped_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other tests of this room have a longer one."""
    monkeypatch.setattr(clock, "SWITCHED_OFF", SWITCHED_OFF)


@pytest.mark.parametrize(
    ("ahead_by", "servers_ahead_by", "remedy"),
    [
        (timedelta(hours=23), None, ""),
        (timedelta(days=61), timedelta(days=61), ""),
        (timedelta(days=61), None, ""),
        (YEAR, YEAR, ""),
        (-YEAR, -YEAR, ""),
        (YEAR, timedelta(hours=1), "Set the clock"),
        (timedelta(days=61), timedelta(hours=1), "Set the clock"),
        (-YEAR, timedelta(hours=1), "Set the clock"),
        (YEAR, None, "give --trust-clock once"),
        (-YEAR, None, "fivegwatch doctor --repair"),
    ],
)
def test_a_clock_is_believed_if_servers_agree_or_a_machine_may_have_been_switched_off(
    ahead_by: timedelta, servers_ahead_by: timedelta | None, remedy: str
) -> None:
    servers = None if servers_ahead_by is None else NOW + servers_ahead_by
    if not remedy:
        check_clock(NOW, NOW + ahead_by, servers)
        return
    with pytest.raises(ClockError, match=r"Nothing was done\.") as refused:
        check_clock(NOW, NOW + ahead_by, servers)
    assert remedy in str(refused.value)


def test_a_new_corpus_has_no_time_to_compare_with() -> None:
    check_clock(None, NOW, None)


@contextmanager
def clock_ahead(by: timedelta) -> Iterator[None]:
    with mock.patch("fivegwatch.flows.runs.clock.utc_now", lambda: datetime.now(UTC) + by):
        yield


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(slow_s=0.1) as room:
        yield room


@pytest.fixture(scope="module")
def feeds(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    tables = {text.partition("]")[0].strip("["): text for text in subscriptions(newsroom.url).split("\n\n")}
    file = tmp_path_factory.mktemp("feeds") / "feeds.toml"
    file.write_text("\n\n".join(tables[name] for name in OUTLETS), encoding="utf-8")
    return file


def ingest(newsroom: Newsroom, feeds: Path, database: Path, *more: str) -> Ran:
    return fivegwatch("ingest", "--quiet", "--feeds", feeds, "--db", database, "--allow-address",
                      f"127.0.0.1:{newsroom.port}", *more, cwd=feeds.parent)  # fmt: skip


@pytest.fixture(scope="module")
def stamped(newsroom: Newsroom, feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus after a good run, and one in which the clock was a year ahead and the operator said it was right."""
    database = tmp_path_factory.mktemp("stamped") / "c.duckdb"
    assert ingest(newsroom, feeds, database, "--new").code == 0
    store = Layout.for_database(database).store
    before = (store.stat().st_mtime_ns, sorted(path.name for path in database.parent.rglob("*.parquet")))
    with clock_ahead(YEAR):
        refused = ingest(newsroom, feeds, database)
        assert refused.code == 2 and "Set the clock" in refused.err
        after = (store.stat().st_mtime_ns, sorted(path.name for path in database.parent.rglob("*.parquet")))
        assert after == before, "a refused run writes nothing"
        newsroom.advance()  # so that the run with the wrong clock finds stories
        assert ingest(newsroom, feeds, database, "--trust-clock").code == 0
    return database


@pytest.fixture
def corpus(stamped: Path, tmp_path: Path) -> Path:
    shutil.copytree(stamped.parent, tmp_path / "copy", symlinks=True)
    return tmp_path / "copy" / stamped.name


@pytest.mark.slow
def test_when_the_clock_is_right_again_the_next_scheduled_run_polls_everything_once(
    newsroom: Newsroom, feeds: Path, corpus: Path
) -> None:
    first, second = (ingest(newsroom, feeds, corpus, "--due") for _ in range(2))
    assert first.code == 0 and first.out.startswith("2 feeds: 2 unchanged")
    assert "warning: the clock reads" in first.err, "also with --quiet"
    assert second.code == 0 and second.out.startswith("2 feeds: 2 resting"), "the pace is kept"
    # The records of these runs still come after those that were stamped a year ahead.
    assert ask(corpus, "select min(polled_at) > now() + interval 364 day from base.feed_states") == [(True,)]


@pytest.mark.slow
def test_a_clock_that_was_set_back_does_not_stop_the_schedule_either(
    newsroom: Newsroom, feeds: Path, corpus: Path
) -> None:
    with clock_ahead(-YEAR):
        assert "Set the clock" in ingest(newsroom, feeds, corpus, "--due").err
        assert ingest(newsroom, feeds, corpus, "--due", "--trust-clock").out.startswith(
            "2 feeds: 2 unchanged"
        )
    assert ingest(newsroom, feeds, corpus, "--due").out.startswith("2 feeds: 2 unchanged")
    assert ingest(newsroom, feeds, corpus, "--due").out.startswith("2 feeds: 2 resting")


@pytest.mark.slow
def test_a_stamped_corpus_is_mended_with_its_batches_and_the_order_of_its_records(
    newsroom: Newsroom, feeds: Path, corpus: Path, tmp_path: Path
) -> None:
    ordered = "select run_id, state from base.runs order by started_at"
    assert ingest(newsroom, feeds, corpus, "--due").code == 0
    now, layout = datetime.now(UTC), Layout.for_database(corpus)
    before, runs = says(corpus), ask(corpus, ordered)
    mended = mend_far_stamps(layout, now)
    assert mended is not None and mended.rows > 20 and mended.batches >= 3
    assert far_stamps(layout, now) is None and mend_far_stamps(layout, now) is None
    assert says(corpus) == before and ask(corpus, ordered) == runs
    # The last run, whose clock was right, has its true time again; the far one lies between its neighbours.
    last = ask(corpus, "select max(polled_at) from base.polls")[0][0]
    assert now - AGE < last < now
    ran = ingest(newsroom, feeds, corpus, "--due")
    assert ran.out.startswith("2 feeds: 2 resting") and "warning" not in ran.err
    # The batches, from which a lost store is rebuilt, are mended too.
    again = Layout.for_database(tmp_path / "again.duckdb")
    prepare(again)
    for batch in layout.done.glob("*.parquet"):
        shutil.copy(batch, again.incoming)
    load(again)
    assert far_stamps(again, now) is None
    assert says(again.link) == says(corpus)


def test_every_time_in_the_schema_is_known_as_stamp_plan_or_claim() -> None:
    """A new column with a time must say which it is, or a mended corpus would keep a far day in it."""
    tables = re.findall(
        r"^create table base\.(\w+) \((.*?)^\);", SCHEMA.read_text(), re.MULTILINE | re.DOTALL
    )
    times = {name for _, text in tables for name in re.findall(r"^ +(\w+) TIMESTAMP", text, re.MULTILINE)}
    assert len(times) > 20
    assert times <= STAMPS | DUE | CLAIMED
