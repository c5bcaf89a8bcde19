"""A small published corpus of known truth for the desk: a ban told by three outlets, an attack, a hostile page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fivegwatch.extractors.model import Article
from fivegwatch.extractors.story_facts import EventSigns, Facts, Role
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.spool.batches import Batch, put_batch
from tests.storage.builders import at, make_article, make_decision, make_facts, make_judged

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>\u202e{{7*7}}'
BASE = make_facts()
DAY = 1440


def told(words: str, name: str, **changes: object) -> Facts:
    """Facts with other signs of an event, so that stories with the same ones are one event."""
    event = EventSigns(
        words=tuple(words.split()), numbers=(), names=(name,), acts=(name,), reports_event=True
    )
    return replace(BASE, event=event, **changes)  # type: ignore[arg-type]


def role(country: str) -> Role:
    """The role of a country where something applies."""
    return replace(BASE.roles[0], entity=country, name=country, country=country)


TYPHOON = replace(
    BASE.roles[2], type="threat_actor", entity="salt-typhoon", name="Salt Typhoon", role="accused"
)
ACME = replace(
    BASE.roles[2], type="operator", entity="acme", name="Acme Telecom", country="US", role="victim"
)
LIST = replace(
    BASE.roles[2], type="law", entity="entity-list", name="Entity List", country="US", role="subject"
)
BAN = told("german huawei ban networ minist", "huawei", incidents=())
ATTACK = told(
    "salt typhoon acme intrus espion", "salt-typhoon", measures=(), roles=(role("US"), TYPHOON, ACME, LIST)
)
OTHER = told("strange thing", "nobody", measures=(), incidents=(), roles=(role("EG"),))
ATTACKED, HOSTILE_URL = "https://spy.example/attack", "https://evil.example/x"
# Address, minutes after the tests' noon, language, title, text, facts. The first three tell of one event.
STORIES: tuple[tuple[str, float, str, str, str, Facts], ...] = (
    ("https://first.example/ban", 0, "en", "Germany bans Huawei", "No Huawei in 5G, says the ministry.", BAN),
    ("https://second.example/ban", 90, "en", "Huawei banned", "Berlin announced it late that day.", BAN),
    ("https://le.example/interdit", 200, "fr", "Huawei exclu", "L'Allemagne exclut Huawei du réseau.", BAN),
    (ATTACKED, 40 * DAY, "en", "Salt Typhoon inside Acme Telecom", "Spies read the calls of Acme.", ATTACK),
    (HOSTILE_URL, 41 * DAY, "ar", HOSTILE, f"Core network {HOSTILE} attacked.", OTHER),
)


def article_of(url: str, minutes: float, language: str, title: str, text: str) -> Article:
    """The article of a row of STORIES."""
    return make_article(url, text, title=title, language=language, published_at=at(minutes))


def desk_corpus(folder: Path) -> Layout:
    """The corpus published in ``folder``, with a near miss beside the stories."""
    layout = Layout.for_database(folder / "corpus.duckdb")
    prepare(layout)
    batch = Batch()
    for url, minutes, language, title, text, facts in STORIES:
        article = article_of(url, minutes, language, title, text)
        decision = make_decision(article, facts=facts, topics=("T01",))
        batch.add(make_judged(article, decision, captured_at=at(minutes + 5)))
    near = make_article("https://near.example/5g", "A core network test.", title="Nearly a story")
    batch.add(
        make_judged(near, make_decision(near, relevant=False, near_miss=True, score=4.0), captured_at=at(30))
    )
    put_batch(layout, batch)
    load(layout)
    publish(layout)
    return layout
