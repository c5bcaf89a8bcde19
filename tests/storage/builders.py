"""Small values to store, each a function of its arguments: no clock, no chance."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from fivegwatch.extractors.model import (
    Article,
    Decision,
    Entry,
    Feed,
    FeedState,
    Match,
    Mention,
    Origin,
    Part,
)
from fivegwatch.extractors.story_facts import (
    VERSION,
    EventSigns,
    Facts,
    Incident,
    Measure,
    Passage,
    Role,
    Topic,
)
from fivegwatch.storage.spool.records import Judged, Provenance

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """A moment ``minutes`` after the tests' noon."""
    return NOON + timedelta(minutes=minutes)


def id_of(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


def make_feed(feed_id: str = "example-news", **changes: Any) -> Feed:
    values: dict[str, Any] = {
        "id": feed_id, "url": f"https://{feed_id}.example/feed", "title": feed_id.title(), "language": "en",
        "country": "GB", "publisher": f"Publisher of {feed_id}",
    }  # fmt: skip
    return Feed(**{**values, **changes})


def make_state(feed: Feed, **changes: Any) -> FeedState:
    return FeedState(**{"feed_id": feed.id, "url": feed.url, **changes})


def make_entry(url: str = "https://a.example/story", *, feed: str = "example-news", **changes: Any) -> Entry:
    values: dict[str, Any] = {
        "id": id_of(url), "url": url, "canonical_url": url, "title": f"Title of {url}",
        "summary": "A summary.",
        "published_at": at(-60), "origin": Origin(kind="feed", locator=feed, rank=0), "language": "en",
    }  # fmt: skip
    return Entry(**{**values, **changes})


def make_article(
    url: str = "https://a.example/story", text: str = "Core network attacked.", **changes: Any
) -> Article:
    title = changes.get("title", f"Title of {url}")
    values: dict[str, Any] = {
        "id": id_of(url), "url": url, "title": title, "text": text, "published_at": at(-60), "language": "en",
        "site": url.split("/")[2], "published_precision": "minute", "published_source": "meta",
        "text_hash": id_of(" ".join((title + " " + text).split())), "method": "trafilatura",
    }  # fmt: skip
    return Article(**{**values, **changes})


def make_mention(entity: str, name: str, **changes: Any) -> Mention:
    values = {"type": "vendor", "country": "", "count": 1, "field": "text", "start": 0}
    return Mention(entity=entity, name=name, **{**values, **changes})


def make_decision(
    article: Article, *, relevant: bool = True, fingerprint: str = "rules-1", **changes: Any
) -> Decision:
    quote = article.text[:4]
    values: dict[str, Any] = {
        "article_id": article.id, "relevant": relevant, "near_miss": False, "score": 7.5 if relevant else 1.0,
        "threshold": 5.0, "reason": "It names a core network attack." if relevant else "It names no threat.",
        "topics": ("attack", "core") if relevant else (), "rules_fingerprint": fingerprint,
        "matches": (Match(rule="term.core", facet="network", field="text", start=0, end=4, quote=quote),),
        "mentions": (
            make_mention("ent.acme", "Acme Telecom", type="operator", country="DE", count=2),
            make_mention("ent.zed", "Zed", type="vendor", start=2),
        ),
        "parts": (Part(name="text", value=7.5),),
    }  # fmt: skip
    return Decision(**{**values, **changes})


def make_judged(
    article: Article,
    decision: Decision | None = None,
    *,
    run: str = "run",
    captured_at: datetime,
    judged_at: datetime | None = None,
    keep_text: bool = True,
    **provenance: Any,
) -> Judged:
    """The record of a verdict; without more words a relevant one of a feed's story, judged as it was captured."""
    provenance = {"entry_id": None, "origin": Origin(kind="feed", locator="f"), **provenance}
    return Judged.of(
        run,
        article,
        decision or make_decision(article),
        Provenance(captured_at=captured_at, **provenance),
        judged_at=judged_at or captured_at,
        keep_text=keep_text,
    )


def make_facts(**changes: Any) -> Facts:
    """The facts of a story in which Germany bans Huawei from 5G and an operator was attacked."""
    sentence = Passage(field="title", start=0, end=7, quote="Germany bans Huawei from 5G")
    values: dict[str, Any] = {
        "version": VERSION,
        "roles": tuple(
            Role(
                type=kind, entity=entity, name=name, country=code, role=role, confidence=0.9, count=2,
                passage=sentence,
            )
            for kind, entity, name, code, role in (
                ("country", "DE", "Germany", "DE", "applies"),
                ("country", "CN", "China", "CN", "named"),
                ("vendor", "huawei", "Huawei", "CN", "in_question"),
            )
        ),
        "topics": (Topic(code="T01", confidence=0.9, reason="title: restriction"),),
        "measures": (
            Measure(
                by="DE", action="ban", target="Huawei", scope="5G", instrument="", status="decided", date="2026",
                date_source="said", confidence=0.8, passage=sentence,
            ),
        ),
        "incidents": (
            Incident(
                kind="espionage", victims=("Acme Telecom",), actor="Salt Typhoon", country="DE", method="", date="",
                status="alleged", date_source="", confidence=0.8, passage=sentence,
            ),
        ),
        "event": EventSigns(
            words=("german", "bans", "huawei"), numbers=("2026",), names=("huawei",), acts=("ban",), reports_event=True
        ),
    }  # fmt: skip
    return Facts(**{**values, **changes})
