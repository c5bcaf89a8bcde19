"""A WordPress site: its posts interface and its feed, page by page, with the troubles such sites have.

``with WordPressFake() as fake: fake.url`` has ``count`` posts, ``every`` apart, the oldest first in ``fake.posts``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Literal
from xml.sax.saxutils import escape

from tests.fakes.service import Answer, Asked
from tests.fakes.serving import Fake, html, reply

JSON = {"Content-Type": "application/json; charset=UTF-8"}
RSS = {"Content-Type": "application/rss+xml; charset=UTF-8"}
PAST_THE_END = {
    "code": "rest_post_invalid_page_number",
    "message": "The page number requested is larger than the number of pages available.",
    "data": {"status": 400},
}

Rest = Literal["open", "401", "403", "404", "html", "object"]
Feed = Literal["paged", "always-first", "empty-past-end", "404"]


@dataclass(frozen=True)
class Story:
    id: int
    at: datetime
    """UTC."""
    title: str


@dataclass(frozen=True, kw_only=True)
class Site:
    """The posts of a site and how it answers."""

    count: int = 25
    every: timedelta = timedelta(hours=6)
    first: datetime = datetime(2023, 10, 1, 8, 0, tzinfo=UTC)
    rest: Rest = "open"
    feed: Feed = "paged"
    zone: int = 0
    """Hours the site's clock is ahead of UTC."""
    totals: bool = True
    """Whether X-WP-Total and X-WP-TotalPages are sent."""
    most: int = 100
    """Posts a page may have."""
    cached: bool = False
    """The posts interface gives its first answer to every request."""
    strength: int = 100
    """A page of more posts than this is answered with status 500."""
    per_feed_page: int = 10


class WordPressFake(Fake):
    """Serves the ``Site`` that its arguments describe."""

    def __init__(self, **site: Any) -> None:
        super().__init__()
        self.site = Site(**site)
        self.posts = [
            Story(n + 1, self.site.first + self.site.every * n, f"Story {n + 1} & more")
            for n in range(self.site.count)
        ]
        self._zone = timedelta(hours=self.site.zone)
        self._first_answer: Answer | None = None

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return html("Not found", 404)
        if asked.path == "/wp-json/wp/v2/posts":
            return self._rest(asked)
        if asked.path in ("/feed/", "/feed") or asked.get("feed"):
            return self._feed(asked)
        return html("Not found", 404)

    def link(self, story: Story) -> str:
        return f"{self.url}/{story.at:%Y/%m}/story-{story.id}/"

    # ---------------------------------------------------------------- posts interface

    def _rest(self, asked: Asked) -> Answer:
        if self.site.rest in ("401", "403", "404"):
            error = {"code": "rest_disabled", "message": "No.", "data": {"status": int(self.site.rest)}}
            return reply(json.dumps(error).encode(), int(self.site.rest), JSON)
        if self.site.rest == "html":
            return html("Welcome")
        if self.site.rest == "object":
            return reply(b'{"code":"rest_no_route"}', 200, JSON)
        if self._first_answer is not None and self.site.cached:
            return self._first_answer
        self._first_answer = self._posts(asked)
        return self._first_answer

    def _posts(self, asked: Asked) -> Answer:
        size, number = int(asked.get("per_page", "10")), int(asked.get("page", "1"))
        if size > self.site.most:
            return reply(b'{"code":"rest_invalid_param","data":{"status":400}}', 400, JSON)
        if size > self.site.strength:
            return html("There has been a critical error on this website.", 500)
        found = [story for story in self.posts if self._asked_for(story, asked)]
        found.sort(key=lambda story: (story.at, story.id), reverse=asked.get("order", "desc") == "desc")
        pages = -(-len(found) // size)
        if number > max(pages, 1):
            return reply(json.dumps(PAST_THE_END).encode(), 400, JSON)
        totals = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)} if self.site.totals else {}
        body = [self._post(story) for story in found[(number - 1) * size : number * size]]
        return reply(json.dumps(body).encode(), 200, JSON | totals)

    def _asked_for(self, story: Story, asked: Asked) -> bool:
        # As WordPress does: compared with the site's own time, both bounds exclusive.
        local = (story.at + self._zone).strftime("%Y-%m-%dT%H:%M:%S")
        after, before = asked.get("after", ""), asked.get("before", "")
        word = asked.get("search", "").lower()
        return (not after or local > after) and (not before or local < before) and word in story.title.lower()

    def _post(self, story: Story) -> dict[str, object]:
        body = f"<p>The text of story {story.id}.</p>\n<p>It&#8217;s <b>short</b>.</p>"
        return {
            "id": story.id,
            "date": (story.at + self._zone).strftime("%Y-%m-%dT%H:%M:%S"),
            "date_gmt": story.at.strftime("%Y-%m-%dT%H:%M:%S"),
            "modified_gmt": (story.at + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S"),
            "link": self.link(story),
            "title": {"rendered": f"Story {story.id} &#038; more"},
            "excerpt": {"rendered": f"<p>Story {story.id} in short [&hellip;]</p>\n", "protected": False},
            "content": {"rendered": body, "protected": False},
        }

    # ---------------------------------------------------------------- feed

    def _feed(self, asked: Asked) -> Answer:
        number = int(asked.get("paged") or "1")
        if self.site.feed == "404":
            return html("Not found", 404)
        if self.site.feed == "always-first":
            number = 1
        word = asked.get("s", "").lower()
        newest = [story for story in reversed(self.posts) if word in story.title.lower()]
        shown = newest[(number - 1) * self.site.per_feed_page : number * self.site.per_feed_page]
        if not shown and number > 1 and self.site.feed != "empty-past-end":
            return html("Page not found", 404)
        return reply(self._rss(shown), 200, RSS)

    def _rss(self, stories: list[Story]) -> bytes:
        items = "".join(
            f"<item><title>{escape(story.title)}</title><link>{self.link(story)}</link>"
            f'<guid isPermaLink="false">{self.url}/?p={story.id}</guid>'
            f"<pubDate>{format_datetime(story.at)}</pubDate>"
            f"<content:encoded><![CDATA[<p>The text of story {story.id}.</p>]]></content:encoded></item>"
            for story in stories
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">'
            f'<channel><title>Outlet</title><atom:link href="{self.url}/feed/" rel="self"/>'
            f"<link>{self.url}</link>{items}</channel></rss>"
        ).encode()


class ArchiveFake(Fake):
    """An Atom feed with archive documents (RFC 5005): ``/index.atom`` and ``/1.atom`` to ``/<months>.atom``."""

    def __init__(self, *, months: int = 3, rel: str = "prev-archive") -> None:
        super().__init__()
        self.months = months
        self.rel = rel
        self.circle = False
        """The oldest document names the newest one as still older."""
        self.elsewhere = False
        """The feed's older document is on another site."""

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/index.atom":
            return self._document("index", self.months)
        name = asked.path.strip("/").removesuffix(".atom")
        if name.isdecimal() and 1 <= int(name) <= self.months:
            return self._document(name, int(name) - 1)
        return html("Not found", 404)

    def _document(self, name: str, older: int) -> Answer:
        target = f"{self.url}/{older}.atom" if older else f"{self.url}/index.atom" if self.circle else ""
        if self.elsewhere:
            target = "https://elsewhere.example/1.atom"
        link = f'<link href="{target}" rel="{self.rel}"/>' if target else ""
        month = self.months + 1 if name == "index" else int(name)
        entries = "".join(
            f"<entry><id>tag:{name},{n}</id><title>{name} {n}</title><updated>2023-{month:02}-1{n}T00:00:00Z</updated>"
            f'<link href="{self.url}/{name}/{n}.html"/><link rel="next" href="{self.url}/never.atom"/></entry>'
            for n in range(2)
        )
        body = (
            '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0">'
            f'<title>Outlet</title><link rel="self" href="{self.url}/{name}.atom"/>{link}'
            f"{'' if name == 'index' else '<fh:archive/>'}{entries}</feed>"
        )
        return reply(body.encode(), 200, {"Content-Type": "application/atom+xml"})
