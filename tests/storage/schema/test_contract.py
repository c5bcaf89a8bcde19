"""The views, macros and comments that analysts rely on, and the migrations that make them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from fivegwatch.extractors.errors import SchemaVersionError
from fivegwatch.storage.connections import Connection, opened
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import is_loaded, load
from fivegwatch.storage.load.merge import load_batches
from fivegwatch.storage.schema.describe import FILE, HEAD, fresh_schema, schema_of
from fivegwatch.storage.schema.migrate import (
    Migration,
    check_format,
    is_current,
    migrate,
    migrations,
    storage_version,
    version_of,
)
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.corrections import Correction
from tests.storage.builders import at, make_article, make_decision, make_facts, make_judged
from tests.storage.contents import contents
from tests.storage.workers import batches

pytestmark = pytest.mark.slow

VIEWS = (
    "stories", "sightings", "mentions", "evidence", "ledger", "clusters", "cluster_members",
    "entries", "feed_health", "polls", "poll_days",
    "runs", "failures", "decisions", "revisions", "backfill_units", "outlet_drift",
    "corrections", "topics", "scopes", "roles", "events", "event_stories", "measures", "measure_evidence", "incidents",
    "incident_evidence", "ban_tracker", "incident_tracker", "entities", "queries", "transitions", "gaps", "alerts",
    "completeness", "missed_stories",
)  # fmt: skip
MACROS = {
    "search": "search('text', since := timestamptz '2020-01-01 00:00:00+00')",
    "timeline": "timeline('attack', 'week')",
    "coverage": "coverage('de')",
    "story": "story('https://a.example/1')",
    "changes": "changes((select story_id from revisions limit 1))",
    "developing": "developing(timestamptz '2000-01-01 00:00:00+00')",
    "known_on": "known_on(date '2030-01-01')",
    "as_of": "as_of(timestamptz '2030-01-01 00:00:00+00')",
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    layout = Layout.for_database(tmp_path_factory.mktemp("filled") / "corpus.duckdb")
    prepare(layout)
    with duckdb.connect(str(layout.store), config={"storage_compatibility_version": "v1.5.0"}) as con:
        migrate(con)
        load_batches(con, [put_batch(layout, batch) for batch in [*batches(1, 8), told()]])
        yield con


def told() -> Batch:
    """Two stories of one event, with facts, and a correction of one of them."""
    batch = Batch()
    for number in (1, 2):
        article = make_article(f"https://told{number}.example/x")
        batch.add(make_judged(article, make_decision(article, facts=make_facts()), captured_at=at(number)))
    batch.add(
        Correction(
            story_id=article.id,
            field="topic",
            action="add",
            value="T07",
            made_by="Ada",
            reason="",
            made_at=at(9),
        )
    )
    return batch


def test_every_table_view_column_and_macro_has_a_comment(filled: Connection) -> None:
    without = filled.execute(
        """
        select schema_name || '.' || table_name from duckdb_tables() where comment is null and not temporary
        union all select view_name from duckdb_views() where comment is null and not internal
        union all
        select schema_name || '.' || table_name || '.' || column_name
        from duckdb_columns()
        where comment is null and not internal and database_name <> 'temp'
        union all
        select function_name from duckdb_functions() where comment is null and not internal
        """
    ).fetchall()
    assert without == []


def test_the_views_of_the_contract_are_all_there(filled: Connection) -> None:
    found = {
        name
        for (name,) in filled.execute("select view_name from duckdb_views() where not internal").fetchall()
    }
    assert found == set(VIEWS)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_gives_its_rows(filled: Connection, view: str) -> None:
    rows = filled.execute(f"from {view}").fetchall()
    assert rows or view in {
        "runs",
        "failures",
        "outlet_drift",
        "transitions",
        "gaps",
        "alerts",
        "completeness",
        "missed_stories",
    }


@pytest.mark.parametrize("macro", MACROS)
def test_every_table_macro_gives_rows(filled: Connection, macro: str) -> None:
    assert filled.execute(f"from {MACROS[macro]}").fetchall()


def test_the_excerpt_shows_the_words_around_a_phrase(filled: Connection) -> None:
    text = "x" * 300 + " The Core was hit. " + "y" * 300
    (row,) = filled.execute("select excerpt(?, 'core was')", [text]).fetchall()
    assert "The Core was hit" in row[0]
    assert len(row[0]) == 200


def test_macros_find_the_phrase_as_written_wildcards_included(filled: Connection) -> None:
    assert filled.execute("from search('t_xt')").fetchall() == []
    assert filled.execute("from search('%')").fetchall() == []


def test_search_finds_every_letter_in_upper_and_lower_case(filled: Connection) -> None:
    """Of all scripts, the Turkish dotted i included."""
    letters = [c for c in map(chr, range(1, sys.maxunicode + 1)) if c.lower() != c or c.upper() != c]
    (row,) = filled.execute(
        """with letter as materialized (select c from unnest(?::varchar[]) t(c) where lower(c) <> c or upper(c) <> c)
            select count(*), count(*) filter (where regexp_matches(a.c, base.pattern_of(b.c)))
            from letter a join letter b on lower(a.c) = lower(b.c)""",
        [letters],
    ).fetchall()
    assert row[0] > 5_000 and row[0] == row[1]


def test_days_are_utc_days_whatever_the_time_zone_of_the_session(filled: Connection) -> None:
    days = []
    for zone in ("UTC", "Asia/Tokyo", "America/Los_Angeles"):
        filled.execute(f"set TimeZone = '{zone}'")
        days.append(filled.execute("select id, published_day from stories order by id").fetchall())
        days[-1] += filled.execute("from timeline('', 'day')").fetchall()
    filled.execute("set TimeZone = 'UTC'")
    assert days[0] == days[1] == days[2]


def test_every_story_key_used_in_a_view_leads_to_the_ledger(filled: Connection) -> None:
    for view in ("mentions", "evidence", "decisions", "revisions"):
        assert filled.execute(f"from {view} anti join ledger on ledger.id = story_id").fetchall() == []
    assert filled.execute("from stories anti join clusters using (cluster_id)").fetchall() == []


def test_the_schema_file_is_what_the_migrations_make() -> None:
    assert FILE.read_text(encoding="utf-8") == fresh_schema(), HEAD


def test_the_contract_can_be_queried_when_the_file_is_attached_under_another_name(
    filled: Connection, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.duckdb"
    filled.execute(f"attach '{copy}' as copy (storage_version 'v1.5.0')")
    filled.execute(f"copy from database {_name(filled)} to copy")
    filled.execute("detach copy")
    with duckdb.connect() as con:
        con.execute(f"attach '{copy}' as c (read_only)")
        for view in VIEWS:
            con.execute(f"from c.{view}").fetchall()


def _name(con: Connection) -> str:
    (row,) = con.execute("select current_database()").fetchall()
    return str(row[0])


def test_texts_are_compressed_and_there_is_no_index(filled: Connection) -> None:
    filled.execute("checkpoint")
    kinds = filled.execute(
        "select distinct compression from pragma_storage_info('base.articles') where column_name = 'text'"
        " and segment_type = 'VARCHAR'"
    ).fetchall()
    assert kinds == [("ZSTD",)]
    assert storage_version(filled).startswith("v1.5.0")
    assert filled.execute("from duckdb_indexes()").fetchall() == []


def test_a_file_whose_format_drops_compression_is_refused(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "x"), config={"storage_compatibility_version": "v1.0.0"}) as con:
        migrate(con)
        with pytest.raises(SchemaVersionError, match="file format"):
            check_format(con)


def test_migrating_twice_changes_nothing(filled: Connection) -> None:
    assert migrate(filled) == []


@pytest.mark.parametrize("version", range(1, len(migrations())))
def test_a_corpus_of_any_earlier_version_is_brought_up_with_its_rows(tmp_path: Path, version: int) -> None:
    with duckdb.connect(str(tmp_path / "x")) as con:
        for step in migrations()[:version]:
            con.execute(step.sql)
            con.execute(
                "insert into base.schema_migrations values (?, ?, ?, now())",
                [step.number, step.name, step.sha256],
            )
        con.execute("insert into base.runs values ('r', 'ingest', now(), null, 'Running', '', map {}, 'd')")
        con.execute(
            """insert into base.articles by name select 'a' as article_id, 'c' as content_id, now() as captured_at,
               now() as judged_at, 'd' as digest, now() as first_captured_at, 'r' as run_id, 'u' as url, 's' as site,
               't' as title, false as text_kept, 'h' as text_hash, 0 as text_chars, 'feed' as origin_kind,
               'f' as origin_locator, true as relevant, false as near_miss, 1 as score, 1 as threshold,
               'why' as reason, 'judge' as stage, 'rules' as rules_fingerprint"""
        )
        with pytest.raises(SchemaVersionError, match="Run `fivegwatch ingest`"):
            is_current(con)
        assert migrate(con) == [step.number for step in migrations()[version:]]
        assert schema_of(con) == fresh_schema()
        assert con.execute("select run_id from runs").fetchall() == [("r",)]
        assert con.execute("select url, site_name from stories").fetchall() == [("u", "")]


def test_a_corpus_with_the_views_of_the_version_before_gets_the_new_ones_and_goes_on(layout: Layout) -> None:
    early, late = batches(1, 4), batches(2, 4)
    for batch in early:
        put_batch(layout, batch)
    load(layout)
    with opened(layout.store, read_only=False) as con:
        con.execute("create or replace view stories as select article_id as id from base.articles")
        con.execute("comment on column base.articles.title is 'An older comment.'")
        con.execute("update base.meta set value = 'hash of older views' where name = 'contract'")
    before = contents(layout)
    assert not is_loaded(layout)
    assert load(layout).migrated == []
    assert contents(layout) == before
    with opened(layout.store, read_only=True) as con:
        assert schema_of(con) == fresh_schema()
    for batch in late:
        put_batch(layout, batch)
    assert load(layout).new_articles > 0


def test_a_step_that_fails_leaves_the_version_before_it(tmp_path: Path) -> None:
    bad = Migration(len(migrations()) + 1, "bad", "create table base.half (x int); select no_such_function()")
    path = str(tmp_path / "x")
    with duckdb.connect(path) as con:
        migrate(con)
        with pytest.raises(duckdb.CatalogException):
            migrate(con, (*migrations(), bad))
    with duckdb.connect(path) as con:
        assert version_of(con) == len(migrations())
        assert con.execute("from duckdb_tables() where table_name = 'half'").fetchall() == []
        assert migrate(con) == []
        assert schema_of(con) == fresh_schema()


def test_feeds_polled_by_a_version_without_health_show_what_their_last_poll_gave(filled: Connection) -> None:
    states = """
        insert into base.feed_states by name
        select
            id as feed_id, 'https://a.example/' || id as url, n as failures, since as first_failed_at, 0 as moved_count,
            'failed' as outcome, 'http_404: it is not there' as message, gone as disabled_reason, now() as polled_at,
            '' as digest
        from (values
            ('old-ok', 0, null, null), ('old-failing', 3, now(), null), ('old-gone', 9, now(), 'it is gone')
        ) as old(id, n, since, gone)
    """
    filled.execute("begin")
    try:
        filled.execute(states)
        rows = filled.execute(
            "select feed_id, status, problem from feed_health where feed_id like 'old-%'"
        ).fetchall()
    finally:
        filled.execute("rollback")
    assert {name: status for name, status, _ in rows} == {
        "old-ok": "ok",
        "old-failing": "failing",
        "old-gone": "gone",
    }
    assert {name: problem for name, _, problem in rows} == {
        "old-ok": "", "old-failing": "http_404: it is not there", "old-gone": "it is gone",
    }  # fmt: skip
