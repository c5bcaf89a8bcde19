"""The web app answers for every page of the registry, safely: texts stay text, other hosts and sites are refused."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from fivegwatch.desk.page_registry import PAGES
from fivegwatch.desk.web.app import make_app
from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.schema.migrate import apply, migrations
from tests.desk.corpora import HOSTILE, HOSTILE_URL, STORIES
from tests.storage.builders import id_of

STORY = id_of(STORIES[0][0])
FIELDS = {
    "event": {"event_id": STORY}, "story": {"story_id": STORY}, "country": {"code": "DE"}, "vendor": {"id": "huawei"},
    "operator": {"id": "acme"}, "actor": {"id": "salt-typhoon"}, "law": {"id": "entity-list"}, "topic": {"code": "T01"},
    "outlet": {"site": "first.example"}, "query": {"name": "who-bans-whom"},
}  # fmt: skip


class Parsed(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def addresses(page: str) -> str:
    return PAGES[page].path(**FIELDS.get(page, {}))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_and_its_json_answer(browser: TestClient, name: str) -> None:
    address = addresses(name)
    page = browser.get(address)
    assert page.status_code == 200, page.text
    assert page.text.count("<h1") == 1 and "<main" in page.text
    data = browser.get("/index.json" if address == "/" else f"{address}.json")
    assert data.status_code == 200 and isinstance(data.json(), dict)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_inline_script_or_style_and_asks_no_other_server(
    browser: TestClient, name: str
) -> None:
    answer = browser.get(addresses(name))
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    for tag, given in Parsed(answer.text).tags:
        assert tag != "style" and "style" not in given and not any(key.startswith("on") for key in given), (
            given
        )
        if tag in ("script", "img", "link", "iframe", "form"):
            address = given.get("src") or given.get("href") or given.get("action") or ""
            assert address.startswith("/"), (tag, given)


def test_a_hostile_title_stays_text_on_every_page_that_shows_it(browser: TestClient) -> None:
    story = id_of(HOSTILE_URL)
    shown = 0
    for address in ("/", f"/event/{story}", f"/story/{story}"):
        html = browser.get(address).text
        shown += "&lt;script&gt;alert(1)" in html
        tags = [tag for tag, given in Parsed(html).tags if tag == "img" or "onerror" in given]
        assert tags == [] and HOSTILE not in html
        assert [given for tag, given in Parsed(html).tags if tag == "script"] == [
            {"src": "/assets/desk.js", "defer": None}
        ]
    assert shown == 3


def test_one_country_and_one_vendor_get_an_answer_with_dates_and_every_act(browser: TestClient) -> None:
    html = browser.get("/bans?country=DE&target=huawei").text
    assert (
        "Germany decides to ban Huawei in 5G networks" in html
        and ">2026</a></dd>" in html.partition("<dt>Decided since</dt>")[2]
    )
    assert html.count("<blockquote>") == 3  # every sentence it rests on is one click away


def test_another_host_name_is_refused(browser: TestClient) -> None:
    assert browser.get("/", headers={"host": "rebound.example"}).status_code == 400
    assert browser.get("/", headers={"host": "localhost:5580"}).status_code == 200


def test_what_is_not_there_or_malformed_is_said_in_words(browser: TestClient) -> None:
    missing = browser.get("/event/no-such-event")
    assert missing.status_code == 404 and "no event has the id" in missing.text
    assert browser.get("/story/nothing.json").json() == {
        "status": 404,
        "error": "no page with the id nothing was judged.",
    }
    assert browser.get("/nowhere").status_code == 404
    wrong = browser.get("/?since=yesterday")
    assert wrong.status_code == 400 and "2026-01-31" in wrong.text


def test_a_corpus_without_a_story_has_all_its_pages(tmp_path: Path) -> None:
    layout = Layout.for_database(tmp_path / "corpus.duckdb")
    prepare(layout)
    load(layout)
    publish(layout)
    browser = TestClient(make_app(layout.link), base_url="http://localhost")
    for page in PAGES.values():
        if not page.fields:
            answer = browser.get(page.path())
            assert answer.status_code == 200, answer.text


def test_a_corpus_of_an_older_version_is_refused_with_the_remedy(tmp_path: Path) -> None:
    old = tmp_path / "corpus.duckdb"
    with opened(old, read_only=False) as con:
        apply(con, migrations()[:7])
    answer = TestClient(make_app(old), base_url="http://localhost").get("/")
    assert answer.status_code == 503 and "Run `fivegwatch ingest`" in answer.text
