"""A corpus on ``tmp_path``."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from fivegwatch.storage.connections import STORAGE_VERSION
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.schema.migrate import migrate


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout.for_database(tmp_path / "corpus.duckdb")
    prepare(made)
    return made


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a schema and no rows, to be copied: making one takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "corpus.duckdb"
    with duckdb.connect(str(path), config={"storage_compatibility_version": STORAGE_VERSION}) as con:
        migrate(con)
    return path
