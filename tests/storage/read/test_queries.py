"""Users' queries can read the corpus and nothing else, and are bounded in time and memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fivegwatch.extractors.errors import QueryError, StorageError
from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.reader_lock import lock_for_reading
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish, publish_locked
from fivegwatch.storage.read import queries
from fivegwatch.storage.read.queries import QueryLimits, QuerySession, run_query
from fivegwatch.storage.spool.batches import put_batch
from tests.storage.workers import ROOT, batches

SLOW = "select count(*) from range(100000000) a, range(100000000) b where a.range + b.range = 7"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    layout = Layout.for_database(tmp_path_factory.mktemp("queries") / "corpus.duckdb")
    prepare(layout)
    for batch in batches(1, 5):
        put_batch(layout, batch)
    load(layout)
    publish(layout)
    yield layout.link


def test_a_query_gives_columns_and_rows(db: Path) -> None:
    answer = run_query(db, "select 1 as one, 'x' as word, null as nothing where ? = 5", [5])
    assert answer.columns == ("one", "word", "nothing")
    assert answer.rows == [(1, "x", None)]


def test_times_come_in_utc(db: Path) -> None:
    answer = run_query(db, "select timestamptz '2026-01-01 00:30:00+02', published_at from stories limit 1")
    assert answer.rows[0][0].isoformat() == "2025-12-31T22:30:00+00:00"


@pytest.mark.parametrize(
    "sql",
    [
        "insert into base.meta values ('x', 'y')",
        "delete from base.articles",
        "drop view stories",
        "create table mine (x int)",
        "select * from read_text('/etc/hostname')",
        "select * from '/etc/passwd'",
        "select * from glob('/*')",
        "select * from read_csv('/etc/passwd')",
        "copy (select 1) to '/tmp/fivegwatch-must-not-exist.csv'",
        "export database '/tmp/fivegwatch-must-not-exist'",
        "attach '/tmp/fivegwatch-must-not-exist.duckdb' as other",
        "install httpfs",
        "load httpfs",
        "select * from read_text('http://127.0.0.1:9/')",
        "set memory_limit = '100GB'",
        "set enable_external_access = true",
        "reset lock_configuration",
        "pragma profiling_output = '/tmp/fivegwatch-must-not-exist'",
        "create secret s (type s3)",
    ],
)
def test_a_query_can_neither_write_nor_reach_outside(db: Path, sql: str) -> None:
    with pytest.raises(QueryError):
        run_query(db, sql)
    assert not list(Path("/tmp").glob("fivegwatch-must-not-exist*"))


def test_variables_of_this_program_are_out_of_reach(db: Path) -> None:
    import pyarrow as pa

    secret_table = pa.table({"x": [1]})
    with pytest.raises(QueryError, match="secret_table"):
        run_query(db, "from secret_table")
    assert secret_table.num_rows == 1


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select * form stories", "syntax error"),
        ("select nothing from stories", "nothing"),
        ("select * from storys", "without a query lists the views"),
        ("", "no SQL statement"),
        ("select 1; selec 2", "syntax error"),
    ],
)
def test_wrong_sql_is_answered_with_what_is_wrong(db: Path, sql: str, words: str) -> None:
    with pytest.raises(QueryError, match=words):
        run_query(db, sql)


@pytest.mark.parametrize(
    ("sql", "row"),
    [
        ("select 1; select 2; -- the last one answers", (2,)),
        ("create temp table t as select 3 as x; select x + 1 from t", (4,)),
        ("set variable day = date '2026-01-31'; select getvariable('day')::varchar", ("2026-01-31",)),
        ("pivot (select 'de' as language, 1 as n union all select 'fr', 2) on language using sum(n)", (1, 2)),
        ("with x as (select 5 as n) pivot x on n using count(*)", (1,)),
    ],
)
def test_of_several_statements_the_last_answers_and_pivot_works(
    db: Path, sql: str, row: tuple[object, ...]
) -> None:
    assert run_query(db, sql).rows == [row]


@pytest.mark.slow
def test_an_open_session_keeps_its_version_while_newer_ones_are_published(tmp_path: Path) -> None:
    layout = Layout.for_database(tmp_path / "corpus.duckdb")
    prepare(layout)
    first, *later = batches(5, 4)
    put_batch(layout, first)
    load(layout)
    publish(layout)
    count = "select count(*) from ledger"
    with QuerySession(layout.link) as session:
        before = session.ask(count).rows
        for batch in later:
            put_batch(layout, batch)
            load(layout)
            publish(layout)
            assert session.ask(count).rows == before
    assert run_query(layout.link, count).rows > before


def test_a_version_that_is_removed_while_it_is_opened_gives_way_to_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = Layout.for_database(tmp_path / "corpus.duckdb")
    prepare(layout)
    load(layout)
    publish(layout)
    first = layout.link.resolve()

    def slowly(path: Path) -> int:
        handle = lock_for_reading(path)
        for number in range(2 if path == first else 0):
            with opened(layout.store, read_only=False) as con:
                con.execute(f"insert into base.meta values ('turn', '{number}')")
            publish_locked(layout, copy_share=1)
        return handle

    monkeypatch.setattr(queries, "lock_for_reading", slowly)
    with QuerySession(layout.link) as session:
        assert session.ask("select 1").rows == [(1,)]
    assert session.version == layout.link.resolve() != first and not first.exists()


def test_a_query_that_takes_too_long_is_stopped_and_the_next_one_works(db: Path) -> None:
    started = time.monotonic()
    with pytest.raises(QueryError, match=r"longer than 0\.3 s"):
        run_query(db, SLOW, limits=QueryLimits(timeout_s=0.3))
    assert time.monotonic() - started < 60  # unstopped it would take days
    assert run_query(db, "select 1").rows == [(1,)]


def test_a_query_that_needs_too_much_memory_is_stopped(db: Path) -> None:
    greedy = "select list(range::varchar || repeat('x', 500)) from range(10000000)"
    with pytest.raises(QueryError, match="memory"):
        run_query(db, greedy, limits=QueryLimits(memory="50MB"))


def test_ctrl_c_ends_a_query_at_once(db: Path) -> None:
    script = (
        "import signal, sys; from pathlib import Path; from fivegwatch.storage.read.queries import run_query\n"
        # A shell's background job inherits Ctrl-C ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"print('asking', flush=True)\ntry: run_query(Path(sys.argv[1]), {SLOW!r})\n"
        "except KeyboardInterrupt: sys.exit(77)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(db)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=600)
    assert process.returncode == 77


def test_a_corpus_that_is_not_there_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="fivegwatch init") as caught:
        run_query(tmp_path / "none.duckdb", "select 1")
    assert str(tmp_path) in str(caught.value)


def test_a_file_that_is_no_corpus_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    path.write_text("hello" * 10_000)
    with pytest.raises(StorageError, match="not a DuckDB database"):
        run_query(path, "select 1")


def test_asking_needs_no_arrow_and_no_numpy(db: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from fivegwatch.storage.read.queries import run_query;"
        "run_query(Path(sys.argv[1]), 'select max(published_at), count(*) from stories');"
        "print([name for name in ('pyarrow', 'numpy', 'pandas', 'prefect') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(db)],
        cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ},
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
