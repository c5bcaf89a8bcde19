"""Publishes the frozen site: the corpus in, a folder of pages out.

digests -> stories and events that changed -> pages they lead to -> feeds -> search index -> assets -> list of files
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

from fivegwatch.desk.feeds.atom import atom_of
from fivegwatch.desk.feeds.json_feed import json_feed_of
from fivegwatch.desk.page_registry import PAGES, Page
from fivegwatch.desk.passages import EXCERPT_CHARS
from fivegwatch.desk.reads.asked import Asked
from fivegwatch.desk.reads.event import Edit, Event, read_events
from fivegwatch.desk.reads.frozen import Digests, hold_still, read_digests
from fivegwatch.desk.reads.lists import topics
from fivegwatch.desk.reads.outlets import read_outlet_pages
from fivegwatch.desk.reads.pictures import read_judged_digest
from fivegwatch.desk.reads.story import Story, read_stories
from fivegwatch.desk.reads.subscriptions import FIXED, read_feed
from fivegwatch.desk.rendering import environment, render
from fivegwatch.desk.site.folder import SiteFolder
from fivegwatch.desk.site.links import SEARCH, FrozenLinks, file_of
from fivegwatch.desk.site.search_index import write_index
from fivegwatch.extractors.errors import QueryError, SettingsError
from fivegwatch.storage.read.corpus import Corpus

AT_ONCE = 1000
"""Number of stories or events that are read at a time."""
BULK = ("story", "event")
WITH_WEEKS = frozenset({"country", "topic", "vendor", "operator", "actor", "law"})
"""Names of pages with a picture of stories by week, which must be made again when the numbers of judged pages
change."""
_PARTS = ("assets", "templates")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """What one run did to the files of a site."""

    stories: int
    events: int
    written: int
    unchanged: int
    removed: int
    missing: tuple[str, ...]
    """Pages to which other pages link but that the corpus does not have."""


class Freezer:
    """Writes the pages of one version of the corpus, in one run."""

    def __init__(
        self, corpus: Corpus, site: SiteFolder, digests: Digests, *, now: datetime, look: str
    ) -> None:
        """``look`` is the digest of templates, assets and settings: when it differs, every page is made again."""
        self.corpus = corpus
        self.site = site
        self.digests = digests
        self.now = now
        self.labels = {topic.code: topic.label for topic in topics(corpus)}
        self.templates = environment()
        known: dict[str, str] = site.state.get("inputs", {}) if site.state.get("look") == look else {}
        self._known = {path: digest for path, digest in known.items() if path in site.before}
        self._hubs: dict[str, tuple[str, dict[str, str]]] = {}
        """Pages that are linked and are neither stories nor events, by their path."""
        self.inputs: dict[str, str] = {}
        """The digest of what each page was made from, by its path."""
        self.missing: list[str] = []
        self._judged = read_judged_digest(corpus, now)
        self._everything = hashlib.sha256(repr(sorted(digests.stories.items())).encode()).hexdigest()[:16]

    def freeze(self) -> None:
        """Write every page that changed, and keep the other pages as they are."""
        self._bulk(
            "story",
            "story_id",
            self.digests.stories,
            lambda ids: map(excerpted_story, read_stories(self.corpus, ids)),
        )
        self._bulk(
            "event",
            "event_id",
            self.digests.events,
            lambda ids: map(excerpted_event, read_events(self.corpus, ids)),
        )
        for page in PAGES.values():
            if page.frozen and not page.fields:
                self._visited(page.name, {})
        for path, (name, fields) in self.site.state.get("hubs", {}).items():
            if (
                name in PAGES
                and set(PAGES[name].fields) == set(fields)
                and self._digest_of(fields) is not None
            ):
                self._hubs.setdefault(path, (name, fields))
        done: set[str] = set()
        while waiting := [path for path in self._hubs if path not in done]:
            done.update(waiting)
            self._outlets([path for path in waiting if self._hubs[path][0] == "outlet"])
            for path in waiting:
                if self._hubs[path][0] != "outlet":
                    self._hub(path, *self._hubs[path])
        self.site.state |= {
            "inputs": self.inputs,
            "hubs": {path: hub for path, hub in self._hubs.items() if path in self.inputs},
        }

    def write_search(self) -> None:
        """Write the search page and the search index, which the reader's browser reads."""
        path = file_of(SEARCH)
        links = FrozenLinks(path, self._visited)
        names = {"labels": self.labels, "href": links.page, "asset": links.asset, "live": False}
        names["feed"] = links.feed("all")
        text = self.templates.get_template("site_search.html").render(here=PAGES[SEARCH], **names)
        self.site.write(path, text.encode())
        write_index(self.corpus, self.site, self.digests.stories, self.labels)

    def write_feeds(self, base_url: str, searches: Mapping[str, str]) -> None:
        """Write all feeds: of all events, of the two trackers, of each topic and country, and of the named
        ``searches``.
        """
        hubs = [hub for hub in self._hubs.values() if hub[0] in ("topic", "country")]
        named = [f"search/{name}" for name in searches]
        for path in [*FIXED, *(f"{name}/{fields['code']}" for name, fields in hubs), *named]:
            kind, _, value = path.partition("/")
            digest = None if kind in (*FIXED, "search") else self._digest_of({"code": value})
            files = (f"feed/{path}.atom", f"feed/{path}.json")
            known = [self._is_known(file, digest) for file in files] if digest else [False]
            if all(known):
                continue
            # Without a base the links are relative to the feed's own file.
            base = base_url or "../" * (path.count("/") + 1)
            links = FrozenLinks("", self._visited)

            def address(name: str, base: str = base, links: FrozenLinks = links, **values: object) -> str:
                return base + links.page(name, **values)

            query = searches.get(value, "") if kind == "search" else ""
            feed = read_feed(
                self.corpus, path, base_url=base, address=address, labels=self.labels, query=query
            )
            for file, text in zip(files, (atom_of(feed), json_feed_of(feed)), strict=True):
                self.site.write(file, text.encode())

    def _bulk(
        self, name: str, field: str, wanted: dict[str, str], read: Callable[[Sequence[str]], Iterable[Any]]
    ) -> None:
        """Write the pages of all stories, or of all events, that changed; keep the others.

        ``wanted`` has the digest of each by its id, which is the value of ``field`` in the address of page ``name``;
        ``read`` returns the data of the pages for some ids.
        """
        changed = [
            one for one, digest in wanted.items() if not self._is_known(file_of(name, **{field: one}), digest)
        ]
        ids = iter(changed)
        while some := list(islice(ids, AT_ONCE)):
            for one, data in zip(some, read(some), strict=True):
                self._write(PAGES[name], file_of(name, **{field: one}), data)

    def _outlets(self, paths: Sequence[str]) -> None:
        """Write the pages of outlets at ``paths``.

        They are read together, because their queries cost more than any others.
        """
        sites = {path: self._hubs[path][1]["site"] for path in paths}
        wanted = {site: self.digests.keys.get(site.lower(), "") for site in sites.values()}
        self.missing += [path for path, site in sites.items() if not wanted[site]]
        wanted = {site: digest for site, digest in wanted.items() if digest}
        self._bulk("outlet", "site", wanted, lambda some: read_outlet_pages(self.corpus, some))

    def _hub(self, path: str, name: str, fields: dict[str, str]) -> None:
        """Write the page at ``path`` (any but stories and events) if it changed, else keep it."""
        page = PAGES[name]
        digest = self._digest_of(fields)
        if digest and name in WITH_WEEKS:
            digest += f" {self._judged}"
        if fields and digest and self._is_known(path, digest):
            return
        try:
            data = page.read(self.corpus, Asked(now=self.now, values=fields))
        except QueryError as error:
            if error.kind != "not_found":
                raise
            self.missing.append(path)
            return
        self.inputs[path] = digest or self._everything
        self._write(page, path, data)

    def _digest_of(self, fields: dict[str, str]) -> str | None:
        """The digest of the page with these fields in its address; None if there is no digest for any of them."""
        keys = [self.digests.keys.get(value.lower()) for value in fields.values()]
        return " ".join(key for key in keys if key) or None

    def _is_known(self, path: str, digest: str) -> bool:
        """Whether the previous run made the page from data with this digest; the page is then kept.

        Otherwise the digest is stored for the next run.
        """
        self.inputs[path] = digest
        if self._known.get(path) != digest:
            return False
        self.site.keep(path)
        return True

    def _write(self, page: Page, path: str, data: Any) -> None:
        links = FrozenLinks(path, self._visited)
        self.site.write(path, render(self.templates, page, data, links, self.labels).encode())

    def _visited(self, name: str, fields: dict[str, str]) -> None:
        if name not in BULK and name != SEARCH:
            self._hubs.setdefault(file_of(name, **fields), (name, fields))


def publish_site(
    db: Path, folder: Path, *, now: datetime, base_url: str = "", searches: Mapping[str, str] | None = None
) -> SiteReport:
    """Update the site in ``folder`` to the newest version of the published corpus ``db``; returns what was written and
    removed.

    ``base_url``: address from which the folder will be served, for the links in feeds; empty if it is not known.
    ``searches``: queries by name, each of which gets a feed ``feed/search/NAME``.

    Raises: StorageError when there is no corpus, the folder holds other files, or the disk is full.
    """
    with Corpus(db) as corpus, SiteFolder(folder) as site:
        hold_still(corpus)
        digests = read_digests(corpus)
        assets = dict(_assets())
        look = _look(assets, f"{base_url} {sorted((searches or {}).items())}")
        freezer = Freezer(corpus, site, digests, now=now, look=look)
        freezer.freeze()
        freezer.write_search()
        freezer.write_feeds(base_url, searches or {})
        for name, content in assets.items():
            site.write(f"assets/{name}", content)
        site.state["look"] = look
        site.finish()
        return SiteReport(
            stories=len(digests.stories),
            events=len(digests.events),
            written=site.written,
            unchanged=site.unchanged,
            removed=site.removed,
            missing=tuple(freezer.missing),
        )


def checked_searches(searches: Mapping[str, str]) -> dict[str, str]:
    """``searches`` (queries by name), checked. Raises: SettingsError if a name cannot be used as a file name."""
    for name in searches:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}", name):
            raise SettingsError(
                f"the saved search {name!r}: a name has small letters, digits and hyphens only.", key="search"
            )
    return dict(searches)


def _assets() -> Iterable[tuple[str, bytes]]:
    for file in sorted(files("fivegwatch.desk").joinpath("assets").iterdir(), key=lambda file: file.name):
        if file.is_file():
            yield file.name, file.read_bytes()


def _look(assets: dict[str, bytes], settings: str) -> str:
    """A digest of what all pages depend on: the code of the desk, its templates, its assets, the settings."""
    digest = hashlib.sha256(settings.encode())
    root = files("fivegwatch.desk")
    for folder in ("", "templates", "reads", "site", "charts", "feeds"):
        for file in sorted(root.joinpath(folder).iterdir(), key=lambda file: file.name):
            if file.name.endswith((".py", ".html", ".json")):
                digest.update(file.read_bytes())
    for content in assets.values():
        digest.update(content)
    return digest.hexdigest()[:32]


LINE, LINES = 160, 3
"""Limits for the quotation of an edit: characters of a line; number of added lines, and of removed lines."""


def excerpted_story(story: Story) -> Story:
    """The story as a published site shows it: never with the whole text, which belongs to its publisher.

    The template shows only the first EXCERPT_CHARS characters. Here, a short text is cut to its first half, with the
    passages in that half, and the lines that edits quote are shortened.
    """
    edits = tuple(map(_short_edit, story.edits))
    text = story.text or ""
    if len(text) >= 2 * EXCERPT_CHARS:
        return replace(story, edits=edits)
    half = len(text) // 2
    passages = tuple(one for one in story.passages if one.field != "text" or one.end <= half)
    return replace(story, text=text[:half] or None, passages=passages, edits=edits)


def excerpted_event(event: Event) -> Event:
    """The event with each edit of its stories cut to a few short lines."""
    return replace(event, edits=tuple(map(_short_edit, event.edits)))


def _short_edit(edit: Edit) -> Edit:
    return replace(edit, added=_short(edit.added), removed=_short(edit.removed))


def _short(lines: tuple[str, ...]) -> tuple[str, ...]:
    short = tuple(line if len(line) <= LINE else line[:LINE].rstrip() + "…" for line in lines[:LINES])
    return (*short, f"… and {len(lines) - LINES} more lines") if len(lines) > LINES else short
