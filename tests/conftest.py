"""What all tests share: the root folder, sample sizes, and the folder of recorded pages.

Tests that need recorded pages are skipped where that folder is absent.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pytest
from hypothesis import settings

from fivegwatch.storage.load import loader
from tests.stores import Copied, make_store

ROOT = Path(__file__).resolve().parent.parent
T = TypeVar("T")
_connect = duckdb.connect
# On a busy machine any example may take long; no law of ours is about the time of one.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


CAMPAIGN = os.environ.get("FIVEGWATCH_CAMPAIGN") == "all"
"""Whether tests take all recorded pages and many made-up inputs (many minutes) instead of a sample of them."""


def sample(items: Iterable[T], every: int) -> list[T]:
    """One item in ``every``, in their order; all of them in a campaign."""
    return list(items)[:: 1 if CAMPAIGN else every]


def examples(count: int, *, times: int = 10) -> int:
    """How many made-up inputs Hypothesis tries: ``count``, ten times (or ``times``) as many in a campaign."""
    return times * count if CAMPAIGN else count


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Garbage is collected seldom: it took a fifth of the time of quick tests, as rules and tests stay to the end.

    Programs and children that tests start collect as always.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000)
        gc.enable()


def connect_with_one_thread(*given: Any, **named: Any) -> duckdb.DuckDBPyConnection:
    """Takes the place of ``duckdb.connect``."""
    con = _connect(*given, **named)
    with suppress(duckdb.Error):  # another connection to the same file has locked the settings
        con.execute("set threads = 1")
    return con


@pytest.fixture(scope="session", autouse=True)
def databases_use_one_thread() -> Iterator[None]:
    """On corpora this small several threads wait for each other, for a sixth to a third of the CPU time.

    Programs that tests start use as many as they would, and so do all tests in a campaign.
    """
    with pytest.MonkeyPatch.context() as patch:
        if not CAMPAIGN:
            patch.setattr(duckdb, "connect", connect_with_one_thread)
        yield


@pytest.fixture(scope="session", autouse=True)
def empty_stores_are_copied(
    tmp_path_factory: pytest.TempPathFactory, databases_use_one_thread: None
) -> Iterator[None]:
    """Making one costs a third of a CPU second, most of it for a thousand comments, and tests need hundreds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "_make_store", Copied(tmp_path_factory.mktemp("empty")))
        yield


@pytest.fixture
def stores_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of how the loader makes a store."""
    monkeypatch.setattr(loader, "_make_store", make_store)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded pages and feeds, labelled texts and the hostile server; it is not in the repository."""
    folder = Path(os.environ.get("FIVEGWATCH_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"no shared data at {folder}; set FIVEGWATCH_SHARED to run this test")
    return folder
