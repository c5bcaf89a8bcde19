"""The checks of a corpus notice summaries that no longer say what the corpus says."""

from __future__ import annotations

from pathlib import Path

import pytest

from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.read.checks import check_corpus
from fivegwatch.storage.spool.batches import put_batch
from tests.storage.workers import batches

DAMAGES = {
    "what announced each story": "update base.articles set sightings = sightings + 1 where relevant",
    "versions of each announcement": "update base.sightings set versions = 7 where versions = 1",
    "the names in each story": "update base.articles set entities = ['Nobody'] where relevant",
    "entries by state and origin": "delete from base.entry_counts",
    "entries that wait": "delete from base.open_entries",
    "entries and polls of each feed": "update base.feed_counts set polls = polls + 1",
    "the newest pages of each outlet": "delete from base.newest_pages",
    "the outlet of each host": "update base.hosts set site = 'other.example'",
    "64-bit keys": "update base.entries set url_key = 1",
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    layout = Layout.for_database(tmp_path_factory.mktemp("sound") / "corpus.duckdb")
    prepare(layout)
    for batch in batches(1, 4):
        put_batch(layout, batch)
    load(layout)
    return layout


def failed(layout: Layout) -> set[str]:
    return {check.name for check in check_corpus(layout) if not check.ok and check.name != "published link"}


@pytest.mark.slow
def test_each_damaged_summary_is_named_and_no_other(tmp_path: Path, sound: Layout) -> None:
    assert failed(sound) == set()
    layout = Layout.for_database(tmp_path / "corpus.duckdb")
    prepare(layout)
    for name, damage in DAMAGES.items():
        layout.store.write_bytes(sound.store.read_bytes())
        with opened(layout.store, read_only=False) as con:
            assert con.execute(damage).fetchall()[0][0] > 0, name
        assert failed(layout) == {f"summary: {name}"}
