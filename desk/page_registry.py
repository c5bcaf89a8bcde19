"""The list of the desk's pages, with the name, address, read and template of each; for the web app and the published
site.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from fivegwatch.desk.reads.about import read_about
from fivegwatch.desk.reads.asked import Asked
from fivegwatch.desk.reads.bans import read_bans
from fivegwatch.desk.reads.countries import read_countries, read_country
from fivegwatch.desk.reads.event import read_event
from fivegwatch.desk.reads.incident_tracker import read_incidents
from fivegwatch.desk.reads.near_misses import read_near_misses
from fivegwatch.desk.reads.operations import read_feeds, read_runs
from fivegwatch.desk.reads.outlets import read_outlet, read_outlets
from fivegwatch.desk.reads.queries import read_queries, read_query
from fivegwatch.desk.reads.search import read_search
from fivegwatch.desk.reads.story import read_story
from fivegwatch.desk.reads.subjects import read_subject, read_subjects
from fivegwatch.desk.reads.today import read_today
from fivegwatch.desk.reads.topic_pages import read_topic, read_topics
from fivegwatch.storage.read.corpus import Corpus

_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One kind of page, such as the page of an event."""

    name: str
    """Name by which templates link to the page. Its template is ``NAME.html`` unless ``template`` names another."""
    title: str
    """The page's name in menus and headings."""
    address: str
    """Path of the page, with fields in braces, such as ``/event/{event_id}``."""
    read: Callable[[Corpus, Asked], Any]
    """The function that reads the page's data: a frozen dataclass, which the template shows as ``page`` and the
    ``.json`` address returns.

    Raises QueryError: kind ``not_found`` for a page that does not exist, ``parameter`` for a malformed parameter.
    """
    template: str = ""
    menu: str = ""
    """Part of the menu in which the page is listed: ``news``, ``explore`` or ``house``; empty if it is not in the
    menu."""
    frozen: bool = True
    """Whether the published site has the page; False for pages that need the running app."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields in the page's address."""
        return tuple(_FIELD.findall(self.address))

    @property
    def template_name(self) -> str:
        """The file name of the page's template."""
        return self.template or f"{self.name}.html"

    def path(self, **values: object) -> str:
        """The page's address, with ``values`` in place of its fields. Other values become the query; empty ones are
        left out.
        """
        path = _FIELD.sub(lambda field: quote(str(values[field[1]]), safe=""), self.address)
        rest = {
            name: str(value)
            for name, value in values.items()
            if name not in self.fields and value not in ("", None, False)
        }
        return f"{path}?{urlencode(rest)}" if rest else path


_KINDS = {"vendor": "Vendors", "operator": "Operators", "actor": "Actors", "law": "Laws"}


def _subject_pages(kind: str, plural: str) -> tuple[Page, Page]:
    """The two pages of one kind of entity: the list of all such entities, and the page of one entity."""
    return (
        Page(
            name=plural.lower(), title=plural, address=f"/{plural.lower()}", template="subjects.html", menu="explore",
            read=lambda corpus, asked: read_subjects(kind, corpus, asked),
        ),
        Page(
            name=kind, title=kind.title(), address=f"/{kind}/{{id}}", template="subject.html",
            read=lambda corpus, asked: read_subject(kind, corpus, asked),
        ),
    )  # fmt: skip


_ALL = (
    Page(name="today", title="Today", address="/", read=read_today, menu="news"),
    Page(name="bans", title="Bans", address="/bans", read=read_bans, menu="news"),
    Page(name="incidents", title="Incidents", address="/incidents", read=read_incidents, menu="news"),
    Page(name="search", title="Search", address="/search", read=read_search, menu="news", frozen=False),
    Page(name="event", title="Event", address="/event/{event_id}", read=read_event),
    Page(name="story", title="Story", address="/story/{story_id}", read=read_story),
    Page(name="countries", title="Countries", address="/countries", read=read_countries, menu="explore"),
    Page(name="country", title="Country", address="/country/{code}", read=read_country),
    *(page for kind, plural in _KINDS.items() for page in _subject_pages(kind, plural)),
    Page(name="topics", title="Topics", address="/topics", read=read_topics, menu="explore"),
    Page(name="topic", title="Topic", address="/topic/{code}", read=read_topic),
    Page(name="outlets", title="Outlets", address="/outlets", read=read_outlets, menu="explore"),
    Page(name="outlet", title="Outlet", address="/outlet/{site}", read=read_outlet),
    Page(
        name="near-misses", title="Near misses", address="/near-misses", template="near_misses.html",
        read=read_near_misses, menu="house", frozen=False,
    ),
    Page(name="queries", title="Queries", address="/queries", read=read_queries, menu="house", frozen=False),
    Page(name="query", title="Query", address="/query/{name}", read=read_query, frozen=False),
    Page(name="feeds", title="Feeds", address="/feeds", read=read_feeds, menu="house"),
    Page(name="runs", title="Runs", address="/runs", read=read_runs, menu="house", frozen=False),
    Page(name="about", title="About", address="/about", read=read_about, menu="house"),
)  # fmt: skip
PAGES: dict[str, Page] = {page.name: page for page in _ALL}
"""Every page by its name, in the order of the menu."""
