"""A corpus on ``tmp_path``."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.files import prepare
from storage.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout.for_database(tmp_path / "corpus.duckdb")
    prepare(made)
    return made
