"""The feeds of the running app: valid, of everything that can be subscribed to, and moving when a story does."""

from __future__ import annotations

import json
from pathlib import Path

import feedparser
import pytest

from fivegwatch.desk.web.app import make_app
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.spool.batches import Batch, put_batch
from tests.desk.conftest import ORIGIN, TestClient
from tests.desk.corpora import BAN, article_of, desk_corpus
from tests.desk.feeds.test_feeds_out import faults_of, json_faults_of
from tests.storage.builders import at, make_decision, make_judged

ATOM, JSON = "application/atom+xml", "application/feed+json"
LATER = 60 * 24 * 60
"""Minutes: two months after the tests' noon, after every story of the small corpus."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "title", "items"),
    [
        ("all", "All events", 3), ("bans", "Who bans whom", 1), ("incidents", "Who was attacked", 1),
        ("topic/T01", "", 3), ("country/DE", "Germany", 1), ("search/huawei", "Search: huawei", 1),
        ("search/salt%20typhoon", "Search: salt typhoon", 1), ("search/%22no%20such%20words%22", "", 0),
    ],
)  # fmt: skip
def test_every_feed_of_the_app_is_valid_in_both_formats_and_leads_to_its_pages(
    browser: TestClient, path: str, title: str, items: int
) -> None:
    atom, answer = browser.get(f"/feed/{path}.atom"), browser.get(f"/feed/{path}.json")
    assert (atom.headers["content-type"].split(";")[0], answer.headers["content-type"]) == (ATOM, JSON)
    assert list(faults_of(atom.text)) == [] and list(json_faults_of(answer.json())) == []
    parsed = feedparser.parse(atom.content)
    assert not parsed.bozo and title in parsed.feed.title and len(parsed.entries) == items
    assert [entry.id for entry in parsed.entries] == [item["id"] for item in answer.json()["items"]]
    own = next(link.href for link in parsed.feed.links if link.rel == "self")
    assert browser.get(own.removeprefix(ORIGIN)).text == atom.text
    for entry in parsed.entries:
        assert (
            entry.link.startswith(ORIGIN) and browser.get(entry.link.removeprefix(ORIGIN)).status_code == 200
        )
    assert browser.get(parsed.feed.link.removeprefix(ORIGIN)).status_code == 200


@pytest.mark.parametrize(
    "page", ["/", "/bans", "/incidents", "/topic/T01", "/country/DE", "/search?q=huawei"]
)
def test_a_page_names_its_feeds_and_they_are_there(browser: TestClient, page: str) -> None:
    parsed = feedparser.parse(browser.get(page).content)  # it reads links of HTML heads, too
    named = [link for link in parsed.feed.links if link.get("type") in (ATOM, JSON)]
    assert {link.type for link in named} == {ATOM, JSON}
    for link in named:
        assert browser.get(link.href).headers["content-type"].startswith(link.type)


@pytest.mark.parametrize(
    ("path", "status"),
    [("nothing", 404), ("topic/T99", 404), ("country/XXX", 404), ("search/", 404), ("search/%22open", 400)],
)
def test_a_feed_that_does_not_exist_or_cannot_be_read_is_said(
    browser: TestClient, path: str, status: int
) -> None:
    for ending in ("atom", "json"):
        assert browser.get(f"/feed/{path}.{ending}").status_code == status


@pytest.mark.slow
def test_an_item_keeps_its_id_and_moves_when_its_event_gets_another_story(tmp_path: Path) -> None:
    layout = desk_corpus(tmp_path)
    browser = TestClient(make_app(layout.link), base_url=ORIGIN)
    before = {path: json.loads(browser.get(f"/feed/{path}.json").text)["items"] for path in ("all", "bans")}
    article = article_of(
        "https://fourth.example/ban", 300, "en", "Huawei out", "Germany has banned Huawei, again."
    )
    batch = Batch()
    decision = make_decision(article, facts=BAN, topics=("T01",))
    batch.add(make_judged(article, decision, captured_at=at(LATER)))
    put_batch(layout, batch)
    load(layout)
    publish(layout)
    for path, old in before.items():
        new = {item["id"]: item for item in browser.get(f"/feed/{path}.json").json()["items"]}
        assert new.keys() == {item["id"] for item in old}, "an event that is told again is the same item"
        moved = [item for item in old if new[item["id"]]["date_modified"] != item["date_modified"]]
        assert len(moved) == 1 and new[moved[0]["id"]]["date_modified"] == f"{at(LATER):%Y-%m-%dT%H:%M:%SZ}"
        assert next(iter(new)) == moved[0]["id"], "the latest change comes first"
