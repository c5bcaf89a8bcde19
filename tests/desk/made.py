"""Corpora of any size for the desk: stories in a few languages, some of one event, with facts and hostile words."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

from fivegwatch.extractors.story_facts import EventSigns, Facts, Topic
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Judged
from tests.desk.corpora import BASE, HOSTILE, role
from tests.storage.builders import make_article, make_decision, make_judged

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
COUNTRIES = ("DE", "US", "GB", "SE", "BR", "IN", "JP", "FR", "CN", "SG")
VENDORS = ("Huawei", "ZTE", "Ericsson", "Nokia")
LANGUAGES = ("en", "de", "fr", "ar", "zh")
ACTIONS = ("ban", "restrict", "phase_out", "allow")
STATUSES = ("decided", "proposed", "in_force", "lifted")
A_BATCH = 500
_PARTS = (
    ("ra", "ko", "net", "tel", "si", "mo"), ("ban", "lu", "ri", "gen", "os", "ver", "ta", "nix"),
    ("", "s", "er", "al", "ing", "on", "ic", "um", "ed", "or", "ia"),
)  # fmt: skip
_WORDS = ["".join(parts) for parts in product(*_PARTS)]


def story(number: int, of_all: int, days: float = 365.0) -> Judged:
    """Story ``number`` of a made corpus; of every five stories two pairs tell of one event each."""
    first = number - number % 5 % 2
    chance, event = random.Random(number), random.Random(first)
    country, vendor = event.choice(COUNTRIES), event.choice(VENDORS)
    at = NOW - timedelta(days=days * (1 - first / of_all), hours=1 - number % 5 % 2)
    words = event.sample(_WORDS, 6)
    title = HOSTILE if number == 3 else f"{country} bans {vendor} from {words[0]} {words[1]} {number}"
    text = ". ".join(" ".join(chance.choices(_WORDS, k=14)) for _ in range(30))
    article = make_article(
        f"https://outlet{number % 97}.example/2026/story-{number}", f"{text}. Story number{number} of {vendor}.",
        title=title, published_at=at, language=LANGUAGES[number % 5],
    )  # fmt: skip
    topic = f"T{event.randrange(1, 17):02}"
    facts = _facts(number, first, country, vendor, tuple(words))
    decision = make_decision(
        article,
        topics=(topic,),
        facts=replace(facts, topics=(Topic(code=topic, confidence=0.9, reason="title"),)),
    )
    run = f"run-{number // A_BATCH}"
    return make_judged(article, decision, captured_at=at + timedelta(minutes=40), run=run)


def _facts(number: int, first: int, country: str, vendor: str, words: tuple[str, ...]) -> Facts:
    """A measure in every third story and an incident in every tenth."""
    event = random.Random(first + 1)
    measure = replace(
        BASE.measures[0], by=country, target=vendor, action=event.choice(ACTIONS), status=event.choice(STATUSES),
        confidence=0.9,
    )  # fmt: skip
    incident = replace(BASE.incidents[0], victims=(f"Operator {number % 7}",), country=country)
    maker = replace(BASE.roles[2], entity=vendor.lower(), name=vendor)
    signs = EventSigns(
        words=words, numbers=(str(first),), names=(vendor.lower(),), acts=("ban",), reports_event=True
    )
    return replace(
        BASE, roles=(role(country), maker), measures=(measure,) if number % 3 == 0 else (),
        incidents=(incident,) if number % 10 == 4 else (), event=signs,
    )  # fmt: skip


def batches(numbers: range, of_all: int) -> Iterator[Batch]:
    """The stories with these numbers in batches."""
    for start in range(numbers.start, numbers.stop, A_BATCH):
        batch = Batch()
        for number in range(start, min(start + A_BATCH, numbers.stop)):
            batch.add(story(number, of_all))
        yield batch


def add_stories(layout: Layout, numbers: range, of_all: int) -> None:
    """Store the stories with these numbers and publish the corpus."""
    for batch in batches(numbers, of_all):
        put_batch(layout, batch)
    load(layout)
    publish(layout)


def make_corpus(folder: Path, stories: int) -> Layout:
    """A published corpus with ``stories`` stories in ``folder``."""
    layout = Layout.for_database(folder / "corpus.duckdb")
    prepare(layout)
    add_stories(layout, range(stories), stories)
    return layout
