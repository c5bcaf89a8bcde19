"""Fixtures for the tests of downloads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.news_crawl import NewsCrawlFake


@pytest.fixture
def fake() -> Iterator[NewsCrawlFake]:
    with NewsCrawlFake() as running:
        yield running
