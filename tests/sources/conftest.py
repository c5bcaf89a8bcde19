"""One hostile site for all tests of a file; its log is emptied before each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile_site import HostileSite


@pytest.fixture(scope="session")
def running_site() -> Iterator[HostileSite]:
    with HostileSite() as running:
        yield running


@pytest.fixture
def site(running_site: HostileSite) -> HostileSite:
    running_site.requests.clear()
    return running_site
