"""One story per page, however its address is spelt, announced or moved; an edit is a revision of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fivegwatch.extractors.feeds.parse import parse_feed
from fivegwatch.extractors.model import Entry, Feed, Origin, Page
from fivegwatch.extractors.web.urls import canonical_url, url_id
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Attempt, Record, Sighting
from tests.storage.builders import at, make_article, make_entry, make_judged
from tests.storage.contents import ask

pytestmark = pytest.mark.slow

STORY = "https://news.example.com/2026/05/core-attacked"
TEXT = "\n".join(
    f"Sentence {n} of the report on the attack against core network number {n * 7}." for n in range(20)
)

SPELLINGS = {
    "plain http": "http://news.example.com/2026/05/{}",
    "a trailing slash": "https://news.example.com/2026/05/{}/",
    "tracking parameters": "https://news.example.com/2026/05/{}?utm_source=rss&utm_medium=feed&fbclid=x1y2",
    "other tracking parameters": "https://news.example.com/2026/05/{}?utm_campaign=may&gclid=abc",
    "a fragment": "https://news.example.com/2026/05/{}#comments",
    "capitals in the host": "https://NEWS.example.com/2026/05/{}",
    "the default port": "https://news.example.com:443/2026/05/{}",
    "the mobile host": "https://m.news.example.com/2026/05/{}",
    "the AMP page": "https://news.example.com/2026/05/{}/amp",
}
"""Spellings of the address of a story by what differs; ``{}`` is the story's own name."""


@pytest.fixture
def layout(layout: Layout, empty_store: Path) -> Layout:
    shutil.copyfile(empty_store, layout.store)
    return layout


def entry_at(url: str, *, feed: str = "example-news", **changes: object) -> Entry:
    key = canonical_url(url)
    return make_entry(
        url, feed=feed, id=url_id(key), canonical_url=key, title="The core was attacked", **changes
    )


def put(layout: Layout, records: Iterable[Record]) -> None:
    batch = Batch()
    for record in records:
        batch.add(record)
    put_batch(layout, batch)
    load(layout)


def sighting(url: str, minute: float, *, feed: str = "example-news", **changes: object) -> Record:
    return Sighting.of("run", entry_at(url, feed=feed, **changes), feed_id=feed, seen_at=at(minute))


def reading(
    url: str, minute: float, *, found_at: str = "", text: str = TEXT, title: str = "T"
) -> Iterator[Record]:
    """The entry at ``url`` is fetched and the page names itself ``found_at``."""
    entry, where = entry_at(url), found_at or url
    article = make_article(where, id=url_id(canonical_url(where)), text=text, title=title)
    yield make_judged(article, entry_id=entry.id, captured_at=at(minute))
    yield Attempt(
        run_id="run",
        entry_id=entry.id,
        attempted_at=at(minute),
        state="done",
        attempts=1,
        article_id=article.id,
    )


def announce(layout: Layout, url: str, minute: float, **more: Any) -> None:
    put(layout, [sighting(url, minute, **more)])


def read(layout: Layout, url: str, minute: float, **more: Any) -> None:
    put(layout, reading(url, minute, **more))


def test_another_spelling_of_an_address_is_the_same_story_seen_again(layout: Layout) -> None:
    """A story for each spelling, each with a text of its own, in one corpus."""
    plain, again = {}, {}
    for number, (how, spelt) in enumerate(SPELLINGS.items()):
        name, text = f"core-attacked-{number}", TEXT.replace(" ", f"{number} ")
        plain[how] = f"https://news.example.com/2026/05/{name}", text
        again[how] = spelt.format(name), text
    put(layout, (sighting(url, 0) for url, _ in plain.values()))
    put(layout, (record for url, text in plain.values() for record in reading(url, 1, text=text)))
    put(layout, (sighting(url, 2, feed="other-feed") for url, _ in again.values()))
    put(layout, (record for url, text in again.values() for record in reading(url, 3, text=text)))
    ids = {url_id(canonical_url(url)): how for how, (url, _) in plain.items()}
    seen = {
        ids.get(id_, id_): counts
        for id_, *counts in ask(layout, "select id, sightings, len(feeds) from stories")
    }
    assert seen == {how: [2, 2] for how in SPELLINGS}
    assert ask(layout, "select count(*) from entries") == [(len(SPELLINGS),)]
    assert ask(layout, "select count(*) from revisions") == [(0,)]


def test_tracking_parameters_that_change_at_every_poll_do_not_ask_for_the_page_again(layout: Layout) -> None:
    announce(layout, STORY + "?utm_term=0", 0)
    read(layout, STORY, 1)
    for minute in range(2, 6):
        announce(layout, f"{STORY}?utm_term={minute}&fbclid={minute}", minute)
    assert ask(layout, "select count(*), any_value(state) from entries") == [(1, "done")]
    assert ask(layout, "select first_seen_at, last_seen_at, versions from sightings") == [(at(0), at(5), 1)]


RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>F</title><link>https://news.example.com/</link>
<item><title>The core was attacked</title><link>{link}</link><guid isPermaLink="false">{guid}</guid>
<pubDate>Mon, 04 May 2026 10:00:00 GMT</pubDate></item></channel></rss>"""


def test_a_guid_that_changes_at_every_poll_makes_no_new_story(layout: Layout) -> None:
    feed = Feed(id="example-news", url="https://news.example.com/rss", title="F")
    for minute in range(3):
        body = RSS.format(link=f"{STORY}?utm_id={minute}", guid=f"run-{minute}-{minute * 977}").encode()
        page = Page(
            requested_url=feed.url, final_url=feed.url, status=200, content_type="application/rss+xml", body=body,
            captured_at=at(minute), origin=Origin(kind="feed", locator=feed.id),
        )  # fmt: skip
        batch = Batch()
        for entry in parse_feed(page, feed=feed).entries:
            batch.add(Sighting.of("run", entry, feed_id=feed.id, seen_at=at(minute)))
        put_batch(layout, batch)
        load(layout)
        if not minute:
            read(layout, STORY, 0.5)
    assert ask(layout, "select count(*), any_value(state) from entries") == [(1, "done")]
    assert ask(layout, "select sightings from stories") == [(1,)]


NEW_HOST = "https://www.new-name.example.org/2026/05/core-attacked"


def test_a_page_that_moved_to_another_host_is_one_story_with_all_its_sightings(layout: Layout) -> None:
    announce(layout, STORY, 0)
    read(layout, STORY, 1)
    announce(layout, STORY, 2, feed="other-feed", summary="Changed, so it is asked for again.")
    read(layout, STORY, 3, found_at=NEW_HOST)
    announce(layout, NEW_HOST, 4)
    read(layout, NEW_HOST, 5)
    assert ask(layout, "select url, sightings, first_seen_at from stories") == [(NEW_HOST, 3, at(0))]
    assert ask(layout, "select members from clusters") == [(1,)]
    assert ask(layout, "select url from cluster_members where moved_to is not null") == [(STORY,)]


def test_an_address_given_to_another_text_later_leaves_the_first_story_in_the_corpus(layout: Layout) -> None:
    announce(layout, STORY, 0)
    read(layout, STORY, 1)
    read(layout, STORY, 3, found_at=NEW_HOST, text="Something else entirely. " + TEXT.replace("e", "o")[::-1])
    assert ask(layout, "select count(*) from stories") == [(2,)]


def test_an_edited_page_is_one_story_with_a_revision_that_says_what_changed(layout: Layout) -> None:
    lines = TEXT.split("\n")
    announce(layout, STORY, 0)
    read(layout, STORY, 1, title="Attack")
    read(layout, STORY, 2, title="Attack")
    edited = [*lines[:5], "Update: the regulator has opened an inquiry.", *lines[6:]]
    read(layout, STORY, 9, text="\n".join(edited), title="Attack: inquiry opened")
    assert ask(layout, "select count(*), any_value(title) from stories") == [(1, "Attack: inquiry opened")]
    assert ask(layout, "select title, first_captured_at, last_captured_at from revisions") == [
        ("Attack", at(1), at(2))
    ]
    (found,) = ask(
        layout,
        f"select changed_at, title_before, title_after, added, removed, summary from changes('{STORY}')",
    )
    assert found == (
        at(9), "Attack", "Attack: inquiry opened", [edited[5]], [lines[5]],
        "lines added: 1, lines removed: 1, new headline",
    )  # fmt: skip
