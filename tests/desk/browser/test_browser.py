"""The pages in a real Chromium: they work, ask nobody else, complain about nothing, and axe finds no fault in them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from fivegwatch.desk.page_registry import PAGES
from fivegwatch.storage.read.corpus import Corpus
from tests.desk.browser.chromium import Browser
from tests.desk.browser.conftest import Served
from tests.desk.corpora import HOSTILE_URL, STORIES
from tests.storage.builders import id_of

pytestmark = pytest.mark.slow
FIRST = id_of(STORIES[0][0])
FIELDS = {
    "event_id": FIRST, "story_id": id_of(HOSTILE_URL), "code": "DE", "id": "huawei", "site": "first.example",
    "name": "who-bans-whom",
}  # fmt: skip
ADDRESSES = {
    "topic": "/topic/T01", "operator": None, "actor": "/actor/salt-typhoon", "law": None, "search": "/search?q=huawei",
}  # fmt: skip


def addresses() -> list[str]:
    """An address of every page that the small corpus has."""
    given = {
        name: page.path(**{field: FIELDS[field] for field in page.fields}) for name, page in PAGES.items()
    }
    return [path for path in (given | ADDRESSES).values() if path]


def faults_by_axe(page: Browser) -> list[Any]:
    """What axe says against the page (WCAG 2.1 A and AA, and its best practices): rule, and the first element."""
    page.run(files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8") + "; true")
    found: list[Any] = page.run(
        "axe.run({resultTypes: ['violations']}).then(r => r.violations.map(v => [v.id, v.nodes[0].html.slice(0, 200)]))"
    )
    return found


def quiet(page: Browser, origin: str) -> None:
    """Nothing on the console, and nobody but ``origin`` was asked."""
    assert page.messages == []
    assert [address for address in page.requests if not address.startswith((origin, "data:"))] == []


@pytest.mark.parametrize("address", addresses())
def test_a_page_is_quiet_asks_nobody_else_and_has_no_fault_by_axe(
    page: Browser, served: Served, address: str
) -> None:
    page.goto(served.address + address)
    quiet(page, served.address)
    assert faults_by_axe(page) == [], address
    assert page.run("window.alerted === undefined && !document.querySelector('main script, main img')")


@pytest.mark.parametrize(
    "address",
    ["/", "/bans", "/incidents", "/near-misses", "/country/DE", f"/event/{FIRST}", "/search?q=huawei"],
)
def test_dark_pages_have_contrast_and_a_phone_scrolls_only_down(
    page: Browser, served: Served, address: str
) -> None:
    page.emulate(prefers_color_scheme="dark")
    page.size(390, 844)
    page.goto(served.address + address)
    background = page.run("getComputedStyle(document.documentElement).backgroundColor")
    assert max(map(int, background.strip("rgb()").split(","))) < 60, "it is not dark"
    assert [fault for fault in faults_by_axe(page) if fault[0] == "color-contrast"] == []
    assert page.run("document.documentElement.scrollWidth") <= 390


def test_paper_has_the_content_and_no_menu(page: Browser, served: Served) -> None:
    page.emulate("print")
    page.goto(f"{served.address}/bans")
    hidden = "[...document.querySelectorAll('nav, form')].every(one => !one.checkVisibility())"
    assert page.run(hidden) and page.run("document.querySelector('.chart-map').checkVisibility()")
    assert len(page.call("Page.printToPDF")["data"]) > 10_000


def test_search_filters_and_facets_in_the_app_are_addresses(page: Browser, served: Served) -> None:
    page.goto(served.address)
    page.follow(
        "document.getElementById('find').value = 'huawei'; document.querySelector('.find').requestSubmit()"
    )
    hits = page.run("document.querySelectorAll('.hits li').length")
    assert hits == 3 and "q=huawei" in page.run("location.search")
    page.follow("[...document.querySelectorAll('.facets a')].find(a => a.textContent === 'French').click()")
    assert page.run("document.querySelectorAll('.hits li').length") == 1
    again = page.run("location.href")
    page.goto(again)
    assert page.run("document.querySelectorAll('.hits li').length") == 1 and "lang=fr" in again
    page.follow("document.querySelector('.hits a').click()")
    assert page.run("location.pathname").startswith("/story/")
    quiet(page, served.address)


def test_a_correction_is_made_on_the_page_of_a_near_miss(page: Browser, served: Served) -> None:
    near = id_of("https://near.example/5g")
    page.goto(f"{served.address}/story/{near}")
    assert "not kept" in page.run("document.querySelector('.over').textContent")
    page.follow("document.querySelector('form[action=\"/correct\"] button').click()")
    with Corpus(served.database) as corpus:
        made = list(corpus.sql("select story_id, field, value from corrections"))
    assert made == [{"story_id": near, "field": "relevant", "value": "true"}]
    assert page.run("document.querySelector('.over').textContent").startswith("Story")
    quiet(page, served.address)


def test_a_site_on_a_stick_is_searched_filtered_and_read_without_a_server(page: Browser, stick: Path) -> None:
    page.goto((stick / "index.html").as_uri())
    assert page.run("getComputedStyle(document.querySelector('h1')).fontFamily").count("Charter"), (
        "no style sheet"
    )
    page.follow(
        "document.getElementById('find').value = 'hUÁwei -ZTE'; document.querySelector('.find').requestSubmit()"
    )
    page.until("document.body.dataset.searched")
    hits = int(page.run("document.getElementById('hits').textContent").split()[0])
    assert 5 < hits < 40
    country = "[...document.querySelectorAll('#search-facets details')][1].querySelector('li')"
    name, number = page.run(f"{country}.innerText").split("\n")
    page.follow(f"{country}.querySelector('a').click()")
    page.until("document.body.dataset.searched")
    assert page.run("document.querySelectorAll('#search-hits li').length") == int(number)
    assert name in page.run("document.getElementById('search-chosen').textContent") and name in page.run(
        "document.title"
    )
    page.follow("document.querySelector('#search-hits a').click()")
    assert page.run("document.querySelector('.over').textContent").startswith("Story")
    quiet(page, "file:///")


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("number7", 1),
        ("number1*", 11),
        ("number7 OR number8", 2),
        ("number7 number8", 0),
        ("title:number7", 0),
    ],
)
def test_the_syntax_of_search_on_a_stick(page: Browser, stick: Path, query: str, number: int) -> None:
    page.goto(f"{(stick / 'search.html').as_uri()}?q={query.replace(' ', '%20').replace('*', '%2A')}")
    page.until("document.body.dataset.searched")
    assert page.run("document.getElementById('hits').textContent").split()[0] == str(number)


@pytest.mark.parametrize("name", ["index", "bans", "search", "topics", "country/DE", "about"])
def test_frozen_pages_are_quiet_and_have_no_fault_by_axe(page: Browser, stick: Path, name: str) -> None:
    page.goto((stick / f"{name}.html").as_uri())
    quiet(page, "file:///")
    assert faults_by_axe(page) == []
