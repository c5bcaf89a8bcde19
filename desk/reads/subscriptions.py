"""Reads for the feeds that the desk publishes: the newest events (all, of a topic, a country or a search), and the
items of the two trackers.

Each event is one item. The id of an item is computed from the event's id or, for a line of the ban tracker, from
country and vendor. So when an item changes, a feed reader updates it and shows no second item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import quote

from fivegwatch.desk.feeds.document import EPOCH, Feed, FeedItem
from fivegwatch.desk.reads.asked import Asked, missing
from fivegwatch.desk.reads.bans import read_bans
from fivegwatch.desk.reads.frozen import read_changes
from fivegwatch.desk.reads.incident_tracker import IncidentLine, read_incidents
from fivegwatch.desk.reads.items import EventLine, IncidentFact, MeasureFact
from fivegwatch.desk.reads.lists import FEED_ITEMS, events_where
from fivegwatch.desk.reads.prepared import kept
from fivegwatch.desk.wording import country_name, plain
from fivegwatch.storage.read.corpus import Corpus

SOURCES = 10
"""Maximum number of articles to which an item links."""
FIXED = ("all", "bans", "incidents")
"""Paths of feeds without a value in the path, unlike ``topic/CODE``."""
Fact = MeasureFact | IncidentFact
Address = Callable[..., str]
"""A function that returns the full address of a page from its name and fields."""


def read_feed(
    corpus: Corpus, path: str, *, base_url: str, address: Address, labels: Mapping[str, str], query: str = ""
) -> Feed:
    """The feed at ``path``: all, bans, incidents, topic/CODE, country/CODE, search/QUERY, or search/NAME for ``query``.

    ``base_url`` is the address of the folder with the feed's files; ``labels`` are the names of the topics by code.

    Raises: QueryError of kind ``not_found`` for another path; of kind ``query`` for a malformed search.
    """
    kind, _, value = path.partition("/")
    if kind == "bans":
        items, title, page = _ban_items(corpus, address), "Who bans whom", address("bans")
    elif kind == "incidents":
        items, title, page = _incident_items(corpus, address), "Who was attacked", address("incidents")
    elif kind == "topic" and value in labels:
        items = _items(
            corpus,
            events_where(corpus, "list_contains(s.topics, $code)", {"code": value}, limit=FEED_ITEMS),
            address,
        )
        title, page = labels[value], address("topic", code=value)
    elif kind == "country" and len(value) == 2:
        chosen = events_where(corpus, "list_contains(s.countries, $code)", {"code": value}, limit=FEED_ITEMS)
        items, title, page = (
            _items(corpus, chosen, address),
            country_name(value),
            address("country", code=value),
        )
    elif kind == "search" and value:
        ids = [hit.match.id for hit in corpus.search(query or value, limit=FEED_ITEMS, newest=True)]
        chosen = events_where(corpus, "s.id in (select unnest($it))", {"it": ids}, limit=FEED_ITEMS)
        items, title, page = (
            _items(corpus, chosen, address),
            f"Search: {value}",
            address("search", q=query or value),
        )
    elif path == "all":
        items, title, page = (
            _items(corpus, events_where(corpus, "true", limit=FEED_ITEMS), address),
            "All events",
            address("today"),
        )
    else:
        raise missing(f"there is no feed {path}")
    newest = tuple(sorted(items, key=lambda item: (item.updated_at, item.key), reverse=True)[:FEED_ITEMS])
    return Feed(
        key=path, title=f"{title} · fivegwatch", description="Drawn from the press by rules, with sources.",
        page_url=page, base_url=base_url, path=f"feed/{quote(path)}", items=newest,
    )  # fmt: skip


def _items(corpus: Corpus, events: Sequence[EventLine], address: Address) -> Iterable[FeedItem]:
    ids = [event.event_id for event in events]
    changed = read_changes(corpus, ids)
    sources = kept(corpus, "sources", ids, lambda some: _sources(corpus, some))
    for event in events:
        facts: tuple[Fact, ...] = (*event.measures, *event.incidents)
        yield FeedItem(
            key=f"event:{event.event_id}", title=event.title, url=address("event", event_id=event.event_id),
            updated_at=changed.get(event.event_id, EPOCH), published_at=event.first_published_at,
            paragraphs=tuple(map(_sentence, facts)) or (event.reason,), sources=sources.get(event.event_id, ()),
            language=event.language, tags=(*event.topics, *event.countries), authors=(event.first_outlet,),
        )  # fmt: skip


def _ban_items(corpus: Corpus, address: Address) -> Iterable[FeedItem]:
    lines = [line for line in read_bans(corpus, Asked(now=EPOCH)).lines if line.history]
    changed = read_changes(corpus, [act.event_id for line in lines for act in line.history])
    for line in lines:
        acts = line.history
        yield FeedItem(
            key=f"ban:{line.country}:{line.target}", title=line.latest.sentence,
            url=address("country", code=line.country), paragraphs=tuple(map(_sentence, acts)),
            updated_at=max(changed.get(act.event_id, EPOCH) for act in acts),
            sources=_cited(acts), language="en", tags=(line.country, line.target, line.status),
        )  # fmt: skip


def _incident_items(corpus: Corpus, address: Address) -> Iterable[FeedItem]:
    lines: Sequence[IncidentLine] = read_incidents(corpus, Asked(now=EPOCH)).lines
    changed = read_changes(corpus, [line.fact.event_id for line in lines])
    for line in lines:
        fact = line.fact
        yield FeedItem(
            key=f"incident:{fact.event_id}:{fact.kind}", title=fact.sentence,
            url=address("event", event_id=fact.event_id), updated_at=changed.get(fact.event_id, EPOCH),
            paragraphs=(line.title, f"Status: {plain(fact.status)}"), sources=_cited((fact,)), language="en",
            tags=tuple(one for one in (fact.country, fact.actor, fact.kind) if one),
        )  # fmt: skip


def _sentence(fact: Fact) -> str:
    return f"{fact.sentence} ({plain(fact.status)}{f', {fact.date}' if fact.date else ''})."


def _cited(facts: Iterable[MeasureFact | IncidentFact]) -> tuple[tuple[str, str], ...]:
    """The articles that the facts are based on, as pairs of the sentence and the address."""
    cited = {one.url: (one.quote or one.url, one.url) for fact in facts for one in fact.evidence}
    return tuple(cited.values())[:SOURCES]


def _sources(corpus: Corpus, events: Sequence[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """The first articles on each event, as pairs of outlet with headline, and address."""
    sources: dict[str, tuple[tuple[str, str], ...]] = {}
    for row in corpus.sql(
        """select event_id, site, coalesce(title, '') as title, url from event_stories
           where event_id in (select unnest($events)) order by published_at nulls last, story_id""",
        {"events": list(events)},
    ):
        have = sources.get(row["event_id"], ())
        if len(have) < SOURCES:
            sources[row["event_id"]] = (*have, (f"{row['site']}: {row['title']}", row["url"]))
    return sources
