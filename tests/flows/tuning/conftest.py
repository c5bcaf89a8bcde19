"""A working directory for the tests of `watchlist check`, `test` and `suggest`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.extractors.watchlist_builder import FILES
from tests.flows.stored import BAN, EXPEL, PHONE, make_corpus, write_watchlist

WEIGHTS = (
    '[weights]\nbase = -1.5\n"title: strong rule" = 2.0\n"lead: strong rule" = 1.0\n"text: phone" = -0.5\n'
)
OWN = FILES | {"weights.toml": WEIGHTS, "feeds.toml": ""}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory with the small watchlist, and a corpus judged by it."""
    folder = tmp_path_factory.mktemp("home")
    texts = [("Huawei ban", BAN), ("Huawei expelled", EXPEL), ("A smartphone", PHONE)]
    make_corpus(
        folder / "corpus.duckdb", OWN, texts, archived=[("Huawei to be expelled", EXPEL), ("Phones", PHONE)]
    )
    (folder / "fivegwatch.toml").write_text("workers = 1\n", encoding="utf-8")
    write_watchlist(folder / "watchlist", OWN)
    return folder
