"""Drift: an outlet's newest pages compared with its earlier ones."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fivegwatch.flows.cli.main import main
from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.schema.migrate import contract, migrations
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Attempt, Sighting
from tests.storage.builders import at, make_article, make_decision, make_entry, make_judged
from tests.storage.contents import ask

pytestmark = pytest.mark.slow

SITE = "daily.example"
Page = Callable[[int], dict[str, Any]]
"""What is special about page number ``n`` of a history."""

ALL_DRIFT = "base.drift_of('base.newest_pages', 'base.refused_pages')"
SAME = (("trafilatura-fast", 1000), ("trafilatura-precision", 990))
APART = (("trafilatura-fast", 1000), ("trafilatura-precision", 400))


@pytest.fixture
def layout(layout: Layout, empty_store: Path) -> Layout:
    shutil.copyfile(empty_store, layout.store)
    return layout


def fill(layout: Layout, page: Page, *, pages: int = 120, site: str = SITE) -> None:
    """``pages`` articles of one outlet, an hour apart; lengths vary by half, as an outlet's do."""
    batch = Batch()
    for number in range(pages):
        wanted = {"lengths": SAME, "text": "x" * (2_000 + 1_000 * (number * 7 % 13) // 13)} | page(number)
        # What surrounds the story takes a third to a half of the page.
        wanted.setdefault("page_chars", len(wanted["text"]) * (15 + number % 5) // 10)
        article = make_article(f"https://{site}/{number}", **wanted)
        when = at(60 * number)
        batch.add(
            make_judged(article, make_decision(article, relevant=False), captured_at=when, keep_text=False)
        )
    put_batch(layout, batch)
    load(layout)


def drifting(layout: Layout) -> list[str]:
    """The measures of the outlet that drift; what loads keep must be what all pages together give."""
    kept = ask(layout, "from base.drift order by all")
    assert kept == ask(layout, f"from {ALL_DRIFT} order by all")
    rows = ask(layout, f"select measure from outlet_drift where drifts and site = '{SITE}' order by 1")
    return [measure for (measure,) in rows]


def since(first: int, changes: dict[str, Any]) -> Page:
    """Every page from number ``first`` on is like that."""
    return lambda number: changes if number >= first else {}


@pytest.mark.parametrize(
    ("changes", "measures"),
    [
        ({}, []),
        ({"published_at": None, "published_precision": ""}, ["undated"]),
        ({"published_precision": "day"}, ["clockless"]),
        ({"quality": ("paywall",)}, ["flagged"]),
        ({"quality": ("live_blog",)}, []),
        ({"lengths": APART}, ["disputed"]),
        ({"text": "x" * 1_200}, ["length"]),
        ({"text": "x" * 6_000}, ["length"]),
        ({"text": "x" * 2_200}, []),
        ({"text": "x" * 200}, ["length", "short"]),
        ({"text": "x" * 2_500, "page_chars": 25_000}, ["boilerplate"]),
        ({"text": "x" * 2_500, "page_chars": 2_500}, ["boilerplate"]),
        ({"text": "x" * 2_500, "page_chars": 4_600}, []),
        ({"text": "x" * 2_500, "page_chars": 25_000, "method": "amp"}, []),
        ({"text": "x" * 2_500, "page_chars": 0}, []),
    ],
)
def test_a_change_on_the_newest_pages_shows_in_its_measure(
    layout: Layout, changes: dict[str, Any], measures: list[str]
) -> None:
    fill(layout, since(100, changes))
    assert drifting(layout) == measures


def test_neither_a_few_odd_pages_nor_a_lasting_fault_is_drift(layout: Layout) -> None:
    odd: dict[str, Any] = {"quality": ("paywall",), "published_at": None, "text": "x" * 150}
    fill(layout, lambda number: odd if number in (101, 117) else {})
    fill(layout, lambda number: odd if number % 3 else {}, site="always.example")
    assert ask(layout, "select * from outlet_drift where drifts") == []


def test_an_alarm_ends_when_the_new_way_has_become_the_usual_one(layout: Layout) -> None:
    fill(layout, since(100, {"published_precision": "day"}), pages=260)
    assert drifting(layout) == []


@pytest.mark.parametrize(
    ("changes", "measures"),
    [
        ({}, []),
        ({"published_at": None, "published_precision": ""}, ["undated"]),
        ({"text": "x" * 200}, ["length", "short"]),
        ({"text": "x" * 2_500, "page_chars": 25_000}, ["boilerplate"]),
        ({"text": "x" * 2_200}, []),
    ],
)
def test_an_outlet_with_twenty_pages_is_judged_by_its_newest_third(
    layout: Layout, changes: dict[str, Any], measures: list[str]
) -> None:
    fill(layout, since(14, changes), pages=20)
    assert drifting(layout) == measures
    rows = ask(layout, "select newest, earlier, chance, drifts from outlet_drift")
    assert rows and all(row[:2] == (6, 14) and 0 <= row[2] <= 1 for row in rows)
    assert all(chance < 0.001 for _, _, chance, drifts in rows if drifts)


def test_few_pages_by_chance_alike_are_no_drift_and_below_twenty_none_is_judged(layout: Layout) -> None:
    fill(
        layout,
        lambda number: (
            {"published_at": None, "published_precision": ""} if number in (14, 15, 17, 19) else {}
        ),
        pages=20,
    )
    fill(layout, since(10, {"published_at": None, "published_precision": ""}), pages=19, site="tiny.example")
    assert drifting(layout) == []
    assert ask(layout, "select * from outlet_drift where site = 'tiny.example'") == []


def test_refused_pages_count_for_the_outlet_of_their_host(layout: Layout) -> None:
    """A new bot wall leaves no article at all: its outlet would otherwise just fall silent."""
    fill(layout, lambda number: {})
    batch = Batch()
    for number in range(20):
        entry = make_entry(f"https://{SITE}/new/{number}")
        batch.add(Sighting.of("run", entry, seen_at=at(10_000)))
        batch.add(
            Attempt(
                run_id="run",
                entry_id=entry.id,
                attempted_at=at(10_000 + number),
                state="retry",
                attempts=1,
                kind="bot_wall",
            )
        )
    put_batch(layout, batch)
    load(layout)
    assert drifting(layout) == ["refused"]


def test_a_load_computes_the_drift_of_the_outlets_it_changed(layout: Layout) -> None:
    fill(layout, lambda number: {}, site="other.example")
    fill(layout, lambda number: {}, pages=100)
    assert drifting(layout) == []
    with opened(layout.store, read_only=False) as con:
        con.execute("update base.drift set usual = -1")
    fill(layout, since(100, {"published_at": None, "published_precision": ""}))
    rows = ask(
        layout, "select site, bool_or(drifts), min(usual) >= 0 from outlet_drift group by site order by site"
    )
    assert rows == [(SITE, True, True), ("other.example", False, False)]


def test_an_older_corpus_gets_its_drift_with_the_migration(layout: Layout) -> None:
    fill(layout, since(100, {"published_at": None, "published_precision": ""}))
    with opened(layout.store, read_only=False) as con:
        con.execute("drop view outlet_drift; drop macro table base.drift_of; drop table base.drift")
        con.execute(next(step.sql for step in migrations() if step.number == 18))
        con.execute(contract())
    assert drifting(layout) == ["undated"]


def test_the_status_names_what_drifts_with_what_is_usual(
    layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(layout, since(100, {"published_at": None, "published_precision": ""}))
    publish(layout)
    assert main(["status", "--db", str(layout.link), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["drifting"]
    assert (row["site"], row["measure"], row["value"], row["usual"]) == (SITE, "undated", 1.0, 0.0)
    assert row["since"].startswith(str(at(60 * 100))[:16])
    assert main(["status", "--db", str(layout.link)]) == 0
    assert "undated" in capsys.readouterr().out
