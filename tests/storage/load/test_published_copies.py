"""Which version of a page is the article, and which are its revisions."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fivegwatch.extractors.model import Article
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.spool.batches import Batch
from fivegwatch.storage.spool.records import Judged
from tests.storage.builders import at, make_article, make_decision, make_entry, make_judged
from tests.storage.contents import ask
from tests.storage.load.test_states import URL, judge, store

pytestmark = pytest.mark.slow


@pytest.fixture
def layout(layout: Layout, empty_store: Path) -> Layout:
    shutil.copyfile(empty_store, layout.store)
    return layout


def test_an_edited_story_is_one_story_with_a_revision(layout: Layout) -> None:
    judge(layout, 1, 1, text="First text.")
    judge(layout, 9, 9, text="Second text.")
    assert ask(layout, "select body, sightings from stories") == [("Second text.", 0)]
    assert ask(layout, "select body from revisions") == [("First text.",)]


def test_an_older_capture_loaded_later_becomes_a_revision(layout: Layout) -> None:
    judge(layout, 9, 9, text="Second text.")
    judge(layout, 1, 20, text="First text.", relevant=False)
    assert ask(layout, "select body from stories") == [("Second text.",)]
    assert ask(layout, "select body, relevant from revisions") == [("First text.", False)]
    assert ask(layout, "select verdict from decisions") == [("kept",)]


FLAGS = ("bot_wall", "no_story", "too_short", "paywall", "listing_page")


def test_a_version_behind_a_wall_does_not_replace_the_full_story(layout: Layout) -> None:
    """Nor does an older whole text lose against a later piece of it, whichever was loaded first."""
    first, last = (
        {f"https://a.example/{order}/{flag}": flag for flag in FLAGS} for order in ("first", "last")
    )

    def whole(url: str, minute: float, text: str) -> Judged:
        return judged(make_article(url, text=f"{text} {url}"), minute, relevant=True)

    def rest(url: str, flag: str) -> Judged:
        return judged(make_article(url, text=f"Subscribe. {url}", quality=(flag,)), 9, relevant=False)

    def judged(article: Article, minute: float, *, relevant: bool) -> Judged:
        decision = make_decision(article, relevant=relevant)
        return make_judged(article, decision, captured_at=at(minute), judged_at=at(minute))

    def put(*records: Judged) -> None:
        batch = Batch()
        for record in records:
            batch.add(record)
        store(layout, batch)

    def texts(of: str) -> dict[str, str]:
        return {url: body.removesuffix(f" {url}") for url, body in ask(layout, f"select url, body from {of}")}

    both = first | last
    put(*(whole(url, 1, "The whole text.") for url in first), *(rest(*page) for page in last.items()))
    put(*(rest(*page) for page in first.items()), *(whole(url, 1, "The whole text.") for url in last))
    assert texts("stories") == dict.fromkeys(both, "The whole text.")
    revisions = ask(layout, "select s.url, r.body from revisions r join stories s on s.id = r.story_id")
    assert sorted(revisions) == sorted((url, f"Subscribe. {url}") for url in both)
    put(*(whole(url, 12, "The whole text, edited.") for url in both))
    assert texts("stories") == dict.fromkeys(both, "The whole text, edited.")


def test_a_copy_that_names_the_original_stands_in_only_until_that_was_read(layout: Layout) -> None:
    """Whichever was read first: the order of two requests is no reason for another headline."""
    copy, original = (f"Text of the {name}." for name in ("copy", "original"))

    def judge_at(minute: float, address: str, text: str) -> None:
        article, batch = make_article(URL, text=text), Batch()
        entry = make_entry(address)
        batch.add(make_judged(article, entry_id=entry.id, origin=entry.origin, captured_at=at(minute)))
        store(layout, batch)

    judge_at(1, "https://a.example/copy", copy)
    assert ask(layout, "select body from stories") == [(copy,)]
    judge_at(2, URL, original)
    judge_at(3, "https://a.example/copy", copy)
    assert ask(layout, "select body from stories") == [(original,)]
    assert ask(layout, "select body from revisions") == [(copy,)]
