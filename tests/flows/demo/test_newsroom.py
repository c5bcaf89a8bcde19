"""The bundled newsroom: every feed in its format, every link alive, validators right, editions different."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import threading
import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import pytest

from fivegwatch.flows.demo.newsroom import Newsroom, subscriptions
from fivegwatch.flows.demo.site import Site
from fivegwatch.flows.demo.stories import load_outlets, load_stories

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
RSS1 = "{http://purl.org/rss/1.0/}"
GOOD = [o for o in load_outlets().values() if o.format.startswith(("rss", "atom", "json"))]


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(now=NOW, slow_s=0.01) as running:
        yield running


class Reply:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.body = response.status, response.headers, response.read()


def get(newsroom: Newsroom, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", newsroom.port, timeout=60)
    try:
        connection.request(method, path, headers=headers or {})
        return Reply(connection.getresponse())
    finally:
        connection.close()


def links_of(body: bytes, media_type: str, url: str) -> list[str]:
    if "json" in media_type:
        return [item["url"] for item in json.loads(body)["items"]]
    text = (
        body.decode("gb18030")
        if b"GB18030" in body[:60]
        else body.decode("iso-8859-1" if b"ISO-8859-1" in body[:60] else "utf-8")
    )
    root = ElementTree.fromstring(re.sub(r"^<\?xml.*?\?>", "", text))
    base = urljoin(url, root.get("{http://www.w3.org/XML/1998/namespace}base", ""))
    atom = [urljoin(base, e.find(f"{ATOM}link").get("href")) for e in root.iter(f"{ATOM}entry")]
    return atom + [
        i.findtext("link") or i.findtext(f"{RSS1}link")
        for i in [*root.iter("item"), *root.iter(f"{RSS1}item")]
    ]


SIGNS = {
    "rss20": rb'<rss version="2.0"',
    "rss20-full": rb"<content:encoded>",
    "rss091": rb'<rss version="0.91"',
    "rss10": rb"<rdf:RDF",
    "atom10": rb"<feed xmlns=.http://www.w3.org/2005/Atom",
    "atom10-base": rb"xml:base=",
    "json11": rb"https://jsonfeed.org/version/1.1",
}


@pytest.mark.parametrize("outlet", GOOD, ids=lambda o: o.id)
def test_each_feed_is_served_in_its_format_and_every_story_it_links_answers(
    newsroom: Newsroom, outlet
) -> None:
    reply = get(newsroom, outlet.feed)
    assert reply.status == 200
    assert re.search(SIGNS[outlet.format], reply.body)
    links = links_of(reply.body, reply.headers["Content-Type"], newsroom.url + outlet.feed)
    assert len(links) >= 3
    for link in links:
        parts = urlsplit(link)
        assert f"{parts.scheme}://{parts.netloc}" == newsroom.url
        page = get(newsroom, parts.path + (f"?{parts.query}" if parts.query else ""))
        if page.status == 302:
            page = get(newsroom, page.headers["Location"])
        assert page.status == 200
        assert b"</html>" in page.body
        assert re.search(outlet.page_charset.encode(), page.body[:400])


@pytest.mark.parametrize("outlet", GOOD, ids=lambda o: o.id)
def test_a_client_with_current_validators_gets_304_and_one_with_old_ones_gets_the_feed(
    newsroom: Newsroom, outlet
) -> None:
    first = get(newsroom, outlet.feed)
    tag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    offers = {"both": (True, True), "etag": (True, False), "weak-etag": (True, False), "none": (False, False)}
    assert (tag is not None, changed is not None) == offers.get(outlet.validators, (False, True))
    if tag:
        again = get(newsroom, outlet.feed, {"If-None-Match": tag})
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
        assert get(newsroom, outlet.feed, {"If-None-Match": '"other"'}).status == 200
    if changed:
        assert get(newsroom, outlet.feed, {"If-Modified-Since": changed}).status == 304
        assert (
            get(newsroom, outlet.feed, {"If-Modified-Since": "Mon, 06 Jan 2020 00:00:00 GMT"}).status == 200
        )
        assert get(newsroom, outlet.feed, {"If-Modified-Since": "yesterday"}).status == 200
    if tag and changed:
        assert (
            get(newsroom, outlet.feed, {"If-None-Match": '"x"', "If-Modified-Since": changed}).status == 200
        )


def test_each_bad_feed_has_its_own_fault(newsroom: Newsroom) -> None:
    assert get(newsroom, "/old-mast/rss.xml").status == 410
    page = get(newsroom, "/parish-gazette/feed")
    assert page.headers["Content-Type"].startswith("text/html")
    assert b"<!ENTITY l9" in get(newsroom, "/prank-bulletin/rss.xml").body
    connection = http.client.HTTPConnection("127.0.0.1", newsroom.port, timeout=60)
    connection.request("GET", "/endless-ticker/rss.xml")
    response = connection.getresponse()
    assert response.headers["Content-Length"] is None
    assert len(response.read(6 * 1024 * 1024)) == 6 * 1024 * 1024
    response.close()
    connection.close()


def test_the_slow_feed_does_not_delay_other_requests() -> None:
    class Waiting(threading.Event):
        begun = threading.Event()

        def wait(self, timeout: float | None = None) -> bool:
            self.begun.set()
            return super().wait(timeout)

    with Newsroom(now=NOW, slow_s=60) as newsroom, ThreadPoolExecutor(1) as threads:
        newsroom.stopping = Waiting()
        slow = threads.submit(get, newsroom, "/il-segnale/rss.xml")
        assert Waiting.begun.wait(60)
        assert get(newsroom, "/meridian-wire/rss.xml").status == 200
        assert not slow.done()
        newsroom.stopping.set()
        assert slow.result().status == 200


def test_robots_txt_forbids_one_path_that_a_feed_links_to(newsroom: Newsroom) -> None:
    assert b"Disallow: /harbour-ledger/subscribers/" in get(newsroom, "/robots.txt").body
    closed = [url for url in newsroom.stories() if "/harbour-ledger/subscribers/" in url]
    assert len(closed) == 1


def test_head_unknown_paths_and_compression_are_answered_as_rfc_9110_says(newsroom: Newsroom) -> None:
    whole = get(newsroom, "/switchyard/feed.json")
    packed = get(newsroom, "/switchyard/feed.json", {"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == whole.body
    head = get(newsroom, "/switchyard/feed.json", method="HEAD")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(whole.body)))
    assert get(newsroom, "/nothing/here").status == 404
    assert newsroom.requests[-1] == ("GET", "/nothing/here", 404)


def test_the_second_edition_adds_stories_and_rewrites_some_under_the_same_address() -> None:
    with Newsroom(now=NOW, slow_s=0) as newsroom:
        before = newsroom.stories()
        feed = get(newsroom, "/meridian-wire/rss.xml")
        newsroom.advance()
        after = newsroom.stories()
        assert newsroom.edition == 2
        assert set(before) < set(after)
        assert len(set(after) - set(before)) >= 15
        edited = [url for url in before if before[url] != after[url]]
        retitled = [url for url in edited if before[url].title != after[url].title]
        assert len(edited) >= 5
        assert 0 < len(retitled) < len(edited)
        validators = {"If-None-Match": feed.headers["ETag"]}
        assert get(newsroom, "/meridian-wire/rss.xml", validators).status == 200
        same = {"If-Modified-Since": feed.headers["Last-Modified"]}
        assert get(newsroom, "/meridian-wire/rss.xml", same).status == 200


def test_a_feed_that_did_not_change_between_the_editions_still_answers_304() -> None:
    one, two = (Site("http://127.0.0.1:1", now=NOW, edition=n) for n in (1, 2))
    same = [o.id for o in GOOD if one.documents[o.feed] == two.documents[o.feed]]
    assert same


def test_equal_times_give_equal_bytes_and_no_story_is_from_the_future() -> None:
    one, two = (Site("http://127.0.0.1:1", now=NOW, edition=2) for _ in range(2))
    assert one.documents == two.documents
    assert all(one.published_at(story) < NOW for story in one.stories.values())


def test_the_stories_are_many_varied_and_labelled() -> None:
    stories = list(load_stories(2).values())
    assert len(load_stories(1)) >= 60
    assert len({story.language for story in stories}) >= 12
    assert Counter(story.relevant for story in stories)[True] >= 25
    assert Counter(story.relevant for story in stories)[False] >= 25
    assert sum(bool(story.copy_of) for story in stories) >= 4
    assert all(story.note and story.body for story in stories)


def test_subscriptions_name_every_feed_once_with_its_address() -> None:
    table = tomllib.loads(subscriptions("http://127.0.0.1:8099"))
    assert set(table) == set(load_outlets())
    for name, feed in table.items():
        assert feed["url"] == "http://127.0.0.1:8099" + load_outlets()[name].feed
        assert feed["on"] is True
        assert {"title", "site", "language", "category"} <= set(feed)
