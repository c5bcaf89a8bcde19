"""A lake with its catalogue in PostgreSQL and its files in S3, written by two corpora at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.lake.connection import is_busy, lake_errors
from fivegwatch.storage.lake.definition import Lake
from fivegwatch.storage.lake.publish import publish_into, update_lake
from fivegwatch.storage.spool.batches import put_batch
from tests.fakes.postgres import PASSWORD, postgres_server
from tests.fakes.s3 import s3_server
from tests.storage.export.test_export import publish_all, put
from tests.storage.lake.readers import ask, differences, opened_lake, start_reader, stop
from tests.storage.workers import batches

pytestmark = pytest.mark.slow
BACKFILL = """
import sys
from pathlib import Path
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.lake.definition import Lake
from fivegwatch.storage.lake.publish import update_lake
from tests.storage.export.test_export import publish_all, put
db, catalogue, files, schema, first, last = sys.argv[1:]
lake = Lake(catalogue=catalogue, files=files, schema=schema)
for number in range(int(first), int(last)):
    put(Layout.for_database(Path(db)), number, "2026-05-05T10:00:00+00:00")
    publish_all(Layout.for_database(Path(db)))
    if problem := update_lake(Path(db), lake, at_once=True):
        sys.exit(problem)
"""
"""Backfills stories FIRST to LAST, publishing after each one as a long backfill does."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    folder = tmp_path_factory.mktemp("servers")
    with postgres_server() as database, s3_server(folder, "desk"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSWORD", PASSWORD)
        yield Lake(catalogue=f"postgres:{database}", files="s3://desk/lake")


def corpus(folder: Path, seed: int) -> Layout:
    folder.mkdir()
    layout = Layout.for_database(folder / "corpus.duckdb")
    prepare(layout)
    for batch in batches(seed, 2):
        put_batch(layout, batch)
    put(layout, seed, "2026-03-05T10:00:00+00:00")
    publish_all(layout)
    return layout


def test_who_makes_the_catalogue_while_another_does_tries_again() -> None:
    """The servers' own words; whether two meet there is chance."""
    said = 'Failed to execute query "CREATE TABLE ...": ERROR:  relation "ducklake_metadata" already exists'
    with (
        pytest.raises(StorageError) as caught,
        lake_errors(Lake(catalogue="postgres:dbname=desk", files="s3://desk")),
    ):
        raise duckdb.Error(said)
    assert is_busy(caught.value)


def test_two_backfills_into_one_lake_lose_and_double_nothing(lake: Lake, tmp_path: Path) -> None:
    homes = [corpus(tmp_path / "here", 1), corpus(tmp_path / "there", 2)]
    lakes = [lake, replace(lake, schema="there")]
    workers = [
        subprocess.Popen(
            [
                sys.executable, "-c", BACKFILL, str(home.link), of.catalogue, of.files, of.schema,
                str(first), str(first + 2),
            ],
            stderr=subprocess.PIPE, text=True,
        )
        for home, of, first in zip(homes, lakes, (10, 20), strict=True)
    ]  # fmt: skip
    ended = [worker.communicate(timeout=600)[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0], ended
    for home, of in zip(homes, lakes, strict=True):
        assert differences(of, home.link) == []
    reader = start_reader(lake)
    doubled = "select count(*), count(distinct id) from stories"
    number, distinct = opened_lake(lake).execute(doubled).fetchone() or (0, 1)
    assert number == distinct > 2
    assert ask(reader, doubled) == f"[({number}, {distinct})]"
    stop(reader)


def test_two_writers_of_one_corpus_publish_it_once(lake: Lake, tmp_path: Path) -> None:
    home, of = corpus(tmp_path / "one", 3), replace(lake, schema="one")
    publish_into(home.link, of, clean_too=True, memory_mb=512)
    put(home, 30, "2026-05-05T10:00:00+00:00")
    publish_all(home)
    command = [
        sys.executable,
        "-m",
        "fivegwatch.storage.lake.publish",
        str(home.link),
        of.catalogue,
        of.files,
    ]
    writers = [
        subprocess.Popen([*command, of.schema, "7", "512"], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    answers = [writer.communicate(timeout=600)[0] for writer in writers]
    assert "problem" not in "".join(answers), answers
    assert differences(of, home.link) == []


def test_servers_that_refuse_or_are_away_are_named_with_the_key_and_the_remedy(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = corpus(tmp_path / "refused", 4)
    schema = replace(lake, schema="refused")

    def problem(of: Lake) -> str:
        with pytest.raises(StorageError) as caught:
            publish_into(home.link, of, clean_too=False, memory_mb=512)
        assert "secret" not in str(caught.value) and PASSWORD not in str(caught.value)
        return str(caught.value)

    away = replace(
        schema,
        catalogue=lake.catalogue.replace("port=", "port=1 options='-c port=").replace(" user", "' user"),
    )
    assert "[corpus] lake = postgres:host=127.0.0.1 port=1" in problem(away)
    assert "Check that it runs, and host and port; the next run tries again." in update_lake(home.link, away)
    missing = replace(schema, catalogue=lake.catalogue.replace("dbname=postgres", "dbname=nowhere"))
    assert "Make it with `createdb`." in problem(missing)
    assert "Make the bucket" in problem(
        replace(schema, files="s3://nobucket/lake", catalogue=f"{tmp_path}/a.sqlite")
    )
    monkeypatch.setenv("PGPASSWORD", "secret")
    assert "the password in PGPASSWORD or ~/.pgpass" in problem(schema)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert "lake_files = s3://desk/lake: " in (text := problem(schema)) and "Set AWS_ACCESS_KEY_ID" in text
    secrets = (PASSWORD, "AWS_SECRET")
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert not any(secret.encode() in file.read_bytes() for secret in secrets), file
    assert os.environ["PGPASSWORD"] == PASSWORD
