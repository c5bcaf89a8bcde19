"""One corpus and one app for all tests of the desk that change nothing."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest

from fivegwatch.desk.web.app import make_app
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.corpus import Corpus
from tests.desk.corpora import desk_corpus

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Starlette's client asks for another HTTP package than the one it finds
    from starlette.testclient import TestClient

ORIGIN = "http://127.0.0.1:5580"


@pytest.fixture(scope="session")
def desk_layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return desk_corpus(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="session")
def corpus(desk_layout: Layout) -> Iterator[Corpus]:
    with Corpus(desk_layout.link) as opened:
        yield opened


@pytest.fixture(scope="session")
def browser(desk_layout: Layout) -> TestClient:
    return TestClient(make_app(desk_layout.link), base_url=ORIGIN)
