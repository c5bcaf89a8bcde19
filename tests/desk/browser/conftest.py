"""One Chromium, one running app and one published site for all tests here."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import uvicorn

from fivegwatch.desk.site.freeze import publish_site
from fivegwatch.desk.web.app import make_app
from fivegwatch.desk.web.correcting import Change
from fivegwatch.desk.web.serve import ADDRESS, listen
from fivegwatch.flows.cli.correct import record
from tests.desk.browser.chromium import Browser, chromium
from tests.desk.corpora import desk_corpus
from tests.desk.made import NOW, make_corpus


@dataclass(frozen=True)
class Served:
    """A running app."""

    address: str
    database: Path


@pytest.fixture(scope="session")
def tab() -> Iterator[Browser]:
    if chromium() is None:
        pytest.skip("no Chromium here: `make browser` installs one, or FIVEGWATCH_CHROMIUM names it")
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture
def page(tab: Browser) -> Browser:
    """The tab as a laptop shows it, in light mode."""
    tab.size(1280, 800)
    tab.emulate(prefers_color_scheme="light")
    return tab


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    database = desk_corpus(tmp_path_factory.mktemp("served")).link
    listener = listen(0)
    app = make_app(database, partial(_record, database))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield Served(f"http://{ADDRESS}:{listener.getsockname()[1]}", database)
    server.should_exit = True
    thread.join(10)


def _record(database: Path, change: Change) -> None:
    """What `browse` does with a correction."""
    record(database, change.story_id, [(change.field, change.action, change.value)], reason=change.reason)


@pytest.fixture(scope="session")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of 40 stories in a folder with a blank and a percent sign in its name."""
    folder = tmp_path_factory.mktemp("stick") / "USB stick 100%"
    publish_site(make_corpus(tmp_path_factory.mktemp("made"), 40).link, folder, now=NOW)
    return folder
