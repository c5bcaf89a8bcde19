"""All documents of one edition of the newsroom, rendered before the first request."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from fivegwatch.flows.demo.feeds import FORMATS, Channel, Item
from fivegwatch.flows.demo.pages import Sheet, article_page, entity_bomb, front_page, not_a_feed
from fivegwatch.flows.demo.stories import Outlet, Story, load_outlets, load_stories

ROBOTS = "User-agent: *\nDisallow: /harbour-ledger/subscribers/\n"
_TRACKING = "?utm_source=rss&utm_medium=feed&utm_campaign=frontpage"
_EDITED_AFTER = timedelta(minutes=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The server's answer at one path."""

    body: bytes
    content_type: str
    status: int = 200
    etag: str = ""
    last_modified: datetime | None = None
    location: str = ""
    slow: bool = False
    endless: bool = False
    gzip: bool = False


class Site:
    """One edition of the newsroom at one base address.

    ``now`` is the moment at which the newsroom opened. A story was published as many hours before ``now`` as the
    story's file says. The same ``now`` and ``base`` give the same bytes.
    """

    def __init__(self, base: str, *, now: datetime, edition: int) -> None:
        self.base, self.now, self.edition = base, now, edition
        self.outlets = load_outlets()
        self.stories = load_stories(edition)
        self.documents = dict(self._all_documents())

    def path_of(self, story: Story) -> str:
        """The path of a story's page."""
        outlet = self.outlets[story.outlet]
        day = self.published_at(story).astimezone(timezone(timedelta(hours=outlet.utc_offset)))
        return outlet.article.format(slug=story.id, section=story.section, day=day)

    def published_at(self, story: Story) -> datetime:
        """The publication time that the story claims."""
        return self.now - timedelta(hours=story.age_h)

    def updated_at(self, story: Story) -> datetime:
        """The time of the last change that the story's page states."""
        return self.now - _EDITED_AFTER if story.edited else self.published_at(story)

    def stories_of(self, outlet: Outlet) -> list[Story]:
        """The items of an outlet's feed, newest first."""
        name = outlet.of or outlet.id
        mine = [s for s in self.stories.values() if s.outlet == name and outlet.section in ("", s.section)]
        return sorted(mine, key=lambda s: (s.age_h, s.id))

    def _all_documents(self) -> Iterator[tuple[str, Document]]:
        yield "/robots.txt", Document(body=ROBOTS.encode(), content_type="text/plain; charset=utf-8")
        for outlet in self.outlets.values():
            stories = self.stories_of(outlet)
            yield outlet.feed, self._feed(outlet, stories)
            if outlet.of or outlet.format not in FORMATS:
                continue
            links = [(self.path_of(story), story.title) for story in stories]
            yield f"/{outlet.id}/", self._page(outlet, front_page(outlet, links), self.now)
            for story in stories:
                yield self.path_of(story), self._article(outlet, story, stories)
                if outlet.links == "go":
                    counter = f"/{outlet.id}/go/{story.id}"
                    yield (
                        counter,
                        Document(
                            body=b"", content_type="text/plain", status=302, location=self.path_of(story)
                        ),
                    )

    def _feed(self, outlet: Outlet, stories: Sequence[Story]) -> Document:
        if outlet.format not in FORMATS:
            return _oddity(outlet)
        media_type, render = FORMATS[outlet.format]
        changed = max(self.updated_at(story) for story in stories)
        items = [self._item(outlet, story) for story in stories]
        text = render(Channel(outlet=outlet, base=self.base, items=items, built_at=changed))
        body = text.encode(outlet.feed_charset, "xmlcharrefreplace")
        tag = {"both": _tag(body), "etag": _tag(body), "weak-etag": "W/" + _tag(body)}.get(
            outlet.validators, ""
        )
        return Document(
            body=body,
            content_type=media_type,
            etag=tag,
            last_modified=changed if outlet.validators in ("both", "last-modified") else None,
            slow=outlet.slow,
            gzip=outlet.gzip,
        )

    def _item(self, outlet: Outlet, story: Story) -> Item:
        path = self.path_of(story)
        path = {"utm": path + _TRACKING, "go": f"/{outlet.id}/go/{story.id}"}.get(outlet.links, path)
        return Item(
            story=story,
            link=self.base + path,
            published_at=self.published_at(story),
            updated_at=self.updated_at(story),
        )

    def _article(self, outlet: Outlet, story: Story, others: Sequence[Story]) -> Document:
        url = self.base + self.path_of(story)
        original = self.base + self.path_of(self.stories[story.copy_of]) if story.copy_of else url
        sheet = Sheet(
            outlet=outlet,
            story=story,
            url=url,
            canonical={"own": url, "original": original}.get(story.canonical, ""),
            published_at=self.published_at(story),
            updated_at=self.updated_at(story),
            related=[(self.path_of(s), s.title) for s in others if s.id != story.id][:4],
        )
        return self._page(outlet, article_page(sheet), self.updated_at(story))

    def _page(self, outlet: Outlet, text: str, changed: datetime) -> Document:
        body = text.encode(outlet.page_charset, "xmlcharrefreplace")
        header = "" if outlet.metadata == "time" else f"; charset={outlet.page_charset}"
        return Document(
            body=body,
            content_type=f"text/html{header}",
            etag=_tag(body),
            last_modified=changed,
            gzip=outlet.gzip,
        )


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:20]}"'


def _oddity(outlet: Outlet) -> Document:
    page, xml = "text/html; charset=utf-8", "application/rss+xml"
    return {
        "gone": Document(
            body=b"The Old Mast has ceased publication.\n", content_type="text/plain", status=410
        ),
        "html": Document(body=not_a_feed(outlet).encode(), content_type=page),
        "entity-bomb": Document(body=entity_bomb().encode(), content_type=xml),
        "endless": Document(
            body=b'<?xml version="1.0"?><rss version="2.0"><!-- ', content_type=xml, endless=True
        ),
    }[outlet.format]
