"""Named queries answer right on a small corpus of known truth; corrections change answers and survive new verdicts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from fivegwatch.extractors.model import Article
from fivegwatch.extractors.story_facts import EventSigns, Facts, Incident, Measure, Role, Topic
from fivegwatch.storage.connections import Connection
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.merge import load_batches
from fivegwatch.storage.read.named.catalogue import named_query
from fivegwatch.storage.schema.migrate import migrate
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.corrections import Correction
from tests.storage.builders import at, make_article, make_decision, make_facts, make_judged

pytestmark = pytest.mark.slow

DAY = 1440
BASE = make_facts()
MEASURE, INCIDENT = BASE.measures[0], BASE.incidents[0]


def role(kind: str, entity: str, name: str, part: str) -> Role:
    return replace(BASE.roles[0], type=kind, entity=entity, name=name, country=entity[:2].upper(), role=part)


def told(
    country: str, topic: str, *, measures: tuple[Measure, ...] = (), incidents: tuple[Incident, ...] = (),
    roles: tuple[Role, ...] = (), words: str = "",
) -> Facts:  # fmt: skip
    return replace(
        BASE, roles=(role("country", country, country, "applies"), *roles), measures=measures, incidents=incidents,
        topics=(Topic(code=topic, confidence=0.9, reason="title"),),
        event=EventSigns(
            words=tuple(words.split()), numbers=(), names=tuple(r.entity for r in roles),
            acts=tuple(m.action for m in measures), reports_event=True,
        ),
    )  # fmt: skip


HUAWEI = role("vendor", "huawei", "Huawei", "in_question")
TYPHOON = role("threat_actor", "salt-typhoon", "Salt Typhoon", "accused")
LIST = role("law", "entity-list", "Entity List", "subject")
WORDS = "german huawei ban networ minist"
# Name, day, language, facts. The first two and the French one tell of one event.
STORIES: tuple[tuple[str, int, str, Facts], ...] = (
    ("first", 0, "en", told("DE", "T01", measures=(MEASURE,), roles=(HUAWEI,), words=WORDS)),
    ("second", 0, "en", told("DE", "T01", measures=(MEASURE,), roles=(HUAWEI,), words=WORDS)),
    ("french", 0, "fr", told("DE", "T01", measures=(MEASURE,), roles=(HUAWEI,), words="allema exclut")),
    ("swedish", 40, "sv", told("SE", "T01", roles=(HUAWEI,),
        measures=(replace(MEASURE, by="SE", status="considered"),))),
    ("unsure", 60, "en", told("CA", "T01", measures=(replace(MEASURE, by="CA", confidence=0.5),), roles=(HUAWEI,))),
    ("attack", 80, "es", told("US", "T07", incidents=(replace(INCIDENT, country="US"),), roles=(TYPHOON,))),
    ("law", 100, "en", told("US", "T09", roles=(LIST,),
        measures=(replace(MEASURE, by="US", action="sanction", instrument="Entity List"),))),
    ("ss7", 120, "es", told("CO", "T06")),
    ("plea", 130, "en", told("DE", "T01", roles=(HUAWEI,),
        measures=(replace(MEASURE, action="revoke", status="demanded"),))),
)  # fmt: skip


def article(name: str, day: int, language: str, minutes: int = 0) -> Article:
    published = at(day * DAY + minutes)
    return make_article(f"https://{name}.example/x", title=name, language=language, published_at=published)


def judged(number: int, name: str, day: int, language: str, facts: Facts, *, again: int = 0) -> Any:
    page = article(name, day, language, 60 * number)
    decision = make_decision(page, facts=facts, topics=(facts.topics[0].code,), mentions=())
    return make_judged(page, decision, captured_at=at(day * DAY + 999), judged_at=at(day * DAY + 999 + again))


def corpus(path: Path, order: list[int]) -> Connection:
    layout = Layout.for_database(path / "corpus.duckdb")
    prepare(layout)
    con = duckdb.connect(config={"storage_compatibility_version": "v1.5.0"})
    migrate(con)
    for number in order:
        batch = Batch()
        batch.add(judged(number, *STORIES[number]))
        load_batches(con, [put_batch(layout, batch)])
    undated = make_article("https://undated.example/x", title="undated", published_at=None)
    batch = Batch()
    batch.add(make_judged(undated, make_decision(undated, facts=told("DE", "T02")), captured_at=at(5)))
    load_batches(con, [put_batch(layout, batch)])
    return con


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with corpus(tmp_path_factory.mktemp("truth"), list(range(len(STORIES)))) as made:
        yield made


def ask(con: Connection, name: str, **given: str) -> list[tuple[Any, ...]]:
    query = named_query(name)
    return con.execute(query.sql, query.values(given)).fetchall()


def titles(rows: list[tuple[Any, ...]]) -> set[str]:
    names = {name for name, *_ in STORIES} | {"undated"}
    return {value for row in rows for value in row if isinstance(value, str) and value in names}


def test_the_tracker_has_a_row_a_country_and_vendor_only_sure_ones_and_a_later_demand_undoes_no_decision(
    con: Connection,
) -> None:
    rows = ask(con, "who-bans-whom")
    assert [(r[0], r[1], r[3], r[8]) for r in rows] == [
        ("DE", "Huawei", "decided", 4),
        ("SE", "Huawei", "considered", 1),
    ]
    assert [row[0] for row in ask(con, "who-bans-whom", country="se")] == ["SE"]
    assert [(str(r[10]), r[11], r[12]) for r in rows] == [("2026-05-04", None, None), ("None", None, None)]
    assert {row[6] for row in ask(con, "ban-sentences", country="CA")} == {0.5}


def test_the_tracker_says_since_when_a_vendor_is_out_and_by_when(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = replace(MEASURE, action="phase_out", status="in_force", deadline="2029")
    stories = (STORIES[0], ("force", 100, "en", told("DE", "T01", measures=(out,), roles=(HUAWEI,))))
    monkeypatch.setattr(sys.modules[__name__], "STORIES", stories)
    with corpus(tmp_path, [1, 0]) as con:
        (row,) = ask(con, "who-bans-whom", country="DE")
        (history,) = con.execute("select history from ban_tracker").fetchone() or ((),)
    assert (row[2], row[3]) == ("phase_out", "in_force")
    assert (str(row[10]), str(row[11]), row[12]) == ("2026-05-04", "2026-08-12", "2029")
    assert [(act["action"], act["deadline"]) for act in history] == [("ban", None), ("phase_out", "2029")]


def test_an_old_act_that_a_later_story_recalls_is_not_the_latest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = replace(MEASURE, action="allow", date="2012", date_source="said")
    stories = (STORIES[0], ("recalls", 100, "en", told("DE", "T01", measures=(old,), roles=(HUAWEI,))))
    monkeypatch.setattr(sys.modules[__name__], "STORIES", stories)
    with corpus(tmp_path, [0, 1]) as con:
        (row,) = ask(con, "who-bans-whom", country="DE")
        acts = ask(con, "country-timeline", country="DE")
    assert (row[2], row[3], row[5]) == ("ban", "decided", MEASURE.date or None)
    assert [(act[1], act[4]) for act in acts] == [("ban", MEASURE.date or None), ("allow", "2012")]


def test_stories_in_two_languages_are_one_event_with_its_first_outlet_and_lags(con: Connection) -> None:
    (event,) = ask(con, "who-broke-it-first")
    assert event[1] == "first.example" and event[3] == 3 and event[5] == ["en", "fr"]
    lags = [(row[3], row[1].total_seconds() / 3600) for row in ask(con, "event", event=event[7])]
    assert lags == [("first.example", 0), ("second.example", 1), ("french.example", 2)]
    assert len(con.execute("from developing(timestamptz '2000-01-01')").fetchall()) == 3


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("country", {"country": "de"}, {"first", "second", "french", "plea", "undated"}),
        ("vendor", {"vendor": "huawei"}, {"first", "second", "french", "swedish", "plea", "unsure"}),
        ("topic", {"topic": "T06"}, {"ss7"}),
        ("topic", {"topic": "t06", "language": "fr"}, set()),
        ("actor-abroad", {"actor": "salt"}, {"attack"}),
        ("operators-attacked", {"country": "US"}, {"attack"}),
        ("operators-attacked", {"country": "DE"}, set()),
        ("undated", {}, {"undated"}),
    ],
)
def test_a_query_gives_its_stories(
    con: Connection, name: str, given: dict[str, str], expected: set[str]
) -> None:
    assert titles(ask(con, name, **given)) == expected


def test_what_a_law_changed_what_a_country_did_and_what_a_week_brought(con: Connection) -> None:
    (row,) = ask(con, "law-changes", law="entity")
    assert row[1:5] == ("US", "sanction", "Huawei", "decided")
    assert [row[1:4] for row in ask(con, "country-timeline", country="US")] == [
        ("espionage", "Acme Telecom", "alleged"),
        ("sanction", "Huawei", "decided"),
    ]
    day = con.execute("select max(first_day) from measures where \"by\" = 'SE'").fetchone()
    assert day is not None
    assert [row[1] for row in ask(con, "last-week", day=str(day[0]))] == ["SE ban Huawei"]


def test_undated_stories_have_a_null_period_and_are_not_known_on_any_day(con: Connection) -> None:
    assert (None, 1) in con.execute("select period, stories from timeline()").fetchall()
    known = con.execute("select title from known_on(date '2100-01-01')").fetchall()
    assert ("undated",) not in known and len(known) == len(STORIES)


def test_events_do_not_depend_on_the_order_in_which_stories_arrive(con: Connection, tmp_path: Path) -> None:
    select = "select article_id, event_id from base.event_stories order by all"
    with corpus(tmp_path, [6, 2, 5, 8, 1, 7, 0, 4, 3]) as other:
        assert other.execute(select).fetchall() == con.execute(select).fetchall()
        links = "select * from base.event_links order by all"
        assert other.execute(links).fetchall() == con.execute(links).fetchall()


def test_corrections_change_what_views_show_and_survive_a_new_verdict(tmp_path: Path) -> None:
    layout = Layout.for_database(tmp_path / "corpus.duckdb")
    with corpus(tmp_path, [0, 3, 6]) as con:
        story = article("first", 0, "en").id

        def load(*records: Any) -> None:
            batch = Batch()
            for record in records:
                batch.add(record)
            load_batches(con, [put_batch(layout, batch)])

        def correct(field: str, action: str, value: str, minute: int) -> Correction:
            return Correction(
                story_id=story,
                field=field,
                action=action,
                value=value,
                made_by="Ada",
                reason="",
                made_at=at(minute),
            )

        load(
            correct("topic", "add", "T07", 1), correct("country", "remove", "DE", 2),
            correct("country", "add", "AT", 3), correct("measure", "remove", "DE ban Huawei", 4),
            correct("event", "set", "my-event", 5),
        )  # fmt: skip
        load(judged(0, *STORIES[0], again=5))
        shown = con.execute("select topics, countries from stories where id = ?", [story]).fetchall()
        assert shown == [(["T01", "T07"], ["AT"])]
        assert [row[0] for row in ask(con, "who-bans-whom")] == ["SE"]
        assert con.execute("select event_id from event_stories where story_id = ?", [story]).fetchall() == [
            ("my-event",)
        ]
        load(correct("topic", "remove", "T07", 6), correct("relevant", "set", "false", 7))
        assert con.execute("select 1 from stories where id = ?", [story]).fetchall() == []
        load(correct("relevant", "set", "true", 8))
        assert con.execute("select topics from stories where id = ?", [story]).fetchall() == [(["T01"],)]
        assert con.execute("select count(*) from corrections").fetchall() == [(8,)]


def test_undone_corrections_leave_what_the_program_says(tmp_path: Path) -> None:
    layout = Layout.for_database(tmp_path / "corpus.duckdb")
    with corpus(tmp_path, [0, 5]) as con:
        german, attack = article("first", 0, "en").id, article("attack", 80, "es").id

        def correct(*rows: tuple[str, str, str, str], minute: int) -> None:
            batch = Batch()
            for story, field, action, value in rows:
                batch.add(
                    Correction(
                        story_id=story, field=field, action=action, value=value, made_by="Ada", reason="why",
                        made_at=at(minute),
                    )
                )  # fmt: skip
            load_batches(con, [put_batch(layout, batch)])

        def shown() -> list[list[tuple[Any, ...]]]:
            asked = (
                "select id, topics, countries from stories order by id",
                "select event_id from event_stories order by all",
                """select "by", action, target from measures order by all""",
                "select kind, victims from incidents order by all",
            )
            return [con.execute(sql).fetchall() for sql in asked]

        before, made = shown(), [
            (german, "topic", "add", "T07"), (german, "country", "remove", "DE"), (german, "event", "set", "mine"),
            (german, "measure", "remove", "DE ban Huawei"), (german, "measure", "add", "Deutsche Telekom ban Huawei"),
            (attack, "incident", "remove", INCIDENT.kind),
            (attack, "incident", "add", "fraud_on_operator Claro Brasil"),
            (attack, "relevant", "set", "true"),
        ]  # fmt: skip
        correct(*made, minute=1)
        assert shown()[2:] == [
            [("Deutsche Telekom", "ban", "Huawei")],
            [("fraud_on_operator", ["Claro Brasil"])],
        ]
        assert all(one != other for one, other in zip(before, shown(), strict=True))
        correct(*((story, field, "undo", value) for story, field, _, value in made), minute=2)
        assert shown() == before
        assert con.execute("select count(*) from corrections where in_force").fetchall() == [(0,)]
