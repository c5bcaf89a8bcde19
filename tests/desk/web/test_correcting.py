"""Corrections from a page: only from our own pages with their token, written for good, and shown without a restart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from fivegwatch.desk.web.app import make_app
from fivegwatch.desk.web.correcting import Change, change_of
from fivegwatch.flows.cli.correct import record
from tests.desk.conftest import ORIGIN
from tests.desk.corpora import STORIES, desk_corpus
from tests.storage.builders import id_of

STORY, MISS = id_of(STORIES[0][0]), id_of("https://near.example/5g")


def form(browser: TestClient, address: str, **changes: str) -> dict[str, str]:
    """The hidden fields of the first correction on a page."""
    html = browser.get(address).text
    token = re.search(r'name="token" value="([^"]+)"', html)
    assert token
    return {
        "token": token[1],
        "story": STORY,
        "back": address,
        "change": "country:add:",
        "value": "fr",
    } | changes


def test_a_correction_of_another_site_or_without_the_token_is_refused(
    corpus: object, browser: TestClient
) -> None:
    wrote: list[Change] = []
    app = TestClient(make_app(Path("corpus.duckdb"), wrote.append), base_url=ORIGIN, follow_redirects=False)
    with_token = {"token": "guessed", "story": STORY, "change": "relevant:set:false", "back": "/"}
    assert app.post("/correct", data=with_token).status_code == 403
    assert (
        app.post("/correct", data=with_token, headers={"origin": "https://evil.example"}).status_code == 403
    )
    assert app.get("/correct").status_code == 405
    assert app.post("/correct", content=b"x" * 20_000).status_code == 413
    assert wrote == [] and 'action="/correct"' not in browser.get(f"/story/{STORY}").text


@pytest.mark.slow  # a loader process and a publication for each of two corrections
def test_a_correction_is_written_and_the_next_page_shows_it(tmp_path: Path) -> None:
    layout = desk_corpus(tmp_path)

    def write(change: Change) -> None:
        record(
            layout.link, change.story_id, [(change.field, change.action, change.value)], reason=change.reason
        )

    browser = TestClient(make_app(layout.link, write), base_url=ORIGIN, follow_redirects=False)
    address = f"/story/{STORY}"
    given = form(browser, address, reason="it borders")
    elsewhere = {"origin": "https://evil.example"}
    assert browser.post("/correct", data=given, headers=elsewhere).status_code == 403
    assert browser.post("/correct", data=given, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    done = browser.post("/correct", data=given, headers={"origin": ORIGIN, "sec-fetch-site": "same-origin"})
    assert (done.status_code, done.headers["location"]) == (303, address)
    story = browser.get(f"{address}.json").json()
    assert story["countries"] == ["DE", "FR"] and story["corrections"][0]["reason"] == "it borders"
    unknown = given | {"change": "topic:add:C01", "value": ""}
    refused = browser.post("/correct", data=unknown, headers={"origin": ORIGIN})
    assert refused.status_code == 400 and "+C01 is no topic of this corpus" in refused.text
    review = form(
        browser, "/near-misses", story=MISS, change="relevant:set:true", value="", back="//evil.example"
    )
    done = browser.post("/correct", data=review, headers={"origin": ORIGIN})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    page = browser.get("/near-misses.json").json()
    assert (page["total"], page["reviewed"]) == (0, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"change": "event:set:x"},
        {"change": "country:add:", "value": "<b>"},
        {"change": "relevant:set:perhaps"},
        {"change": "topic:add:T1; drop"},
        {"change": "relevant:set:true", "story": "../x"},
        {},
    ],
)
def test_a_form_that_is_not_understood_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(HTTPException, match="not understood"):
        change_of({"story": STORY} | wrong)


def test_a_topic_of_any_watchlist_is_understood() -> None:
    assert change_of({"story": STORY, "change": "topic:add:C01"}).value == "C01"
