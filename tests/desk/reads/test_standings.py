"""Since when a state keeps a vendor out, and by when it must be gone: by part of the network."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fivegwatch.desk.reads.bans import read_bans
from fivegwatch.desk.reads.items import MeasureFact
from fivegwatch.desk.reads.standings import deadline_of, standing, standings_by_scope
from fivegwatch.desk.wording import said_day
from fivegwatch.storage.read.corpus import Corpus
from tests.desk.reads.test_reads import asked

TODAY = date(2026, 11, 29)
PLAN = MeasureFact(
    event_id="e1", by="DE", action="ban", target="Huawei", scope="core", scope_words="in core networks",
    instrument=None, status="proposed", date="2025",
    date_source="said", confidence=0.9, stories=1, first_day=date(2023, 3, 7),
    last_day=date(2023, 3, 8),
)  # fmt: skip
CORE = replace(
    PLAN,
    event_id="e2",
    status="decided",
    date="2026",
    first_day=date(2024, 7, 11),
    last_day=date(2024, 7, 11),
)
RAN = replace(CORE, action="phase_out", scope="RAN", status="announced", date=None, deadline="2029-12")
LATER = replace(PLAN, event_id="e3", status="demanded", date="2031", first_day=date(2025, 1, 1))


def test_a_decision_outlives_later_demands_and_each_part_has_its_own_deadline() -> None:
    now = standing([PLAN, CORE, RAN, LATER], TODAY)
    assert (now.act.event_id, now.act.status) == ("e2", "decided")
    assert (now.decided, now.decided_said, now.decided_event) == ("2024-07-11", False, "e2")
    assert {(one.scope, one.date, one.firm, one.passed) for one in now.deadlines} == {
        ("core", "2026", True, False),
        ("RAN", "2029-12", True, False),
    }
    weak = replace(LATER, scope="government", last_day=date(2026, 1, 1))
    ordered = standing([weak, CORE], TODAY).deadlines
    assert [(one.scope, one.firm) for one in ordered] == [("core", True), ("government", False)]
    core, ran = sorted(standings_by_scope([PLAN, CORE, RAN, LATER], TODAY), key=lambda one: one.scope.lower())
    assert (core.scope, core.act.status, ran.act.status, ran.decided) == (
        "core",
        "decided",
        "announced",
        None,
    )


def test_an_act_that_a_later_story_recalls_is_as_old_as_its_own_date() -> None:
    recalled = replace(CORE, event_id="e4", action="allow", date="2023-02", first_day=date(2025, 1, 1))
    undated = replace(recalled, date=None)
    assert standing([CORE, recalled], TODAY).act.event_id == "e2"
    assert standing([CORE, undated], TODAY).act.event_id == "e4"
    assert standing([CORE, replace(recalled, date="soon")], TODAY).act.event_id == "e4"


def test_a_date_before_the_report_is_that_of_the_decision_and_no_deadline() -> None:
    old = replace(CORE, date="2016", first_day=date(2018, 4, 23))
    assert deadline_of(old) == "" and standing([old, CORE], TODAY).decided == "2016"
    both = replace(CORE, date="2029", deadline="2026")
    assert (standing([both], TODAY).decided, deadline_of(both)) == ("2024-07-11", "2026")
    this_year = replace(CORE, date="2024")
    assert deadline_of(this_year) == "" and deadline_of(replace(this_year, action="phase_out")) == "2024"
    assert standing([replace(CORE, date="2025-06")], TODAY).deadlines[0].passed
    assert standing([replace(CORE, status="lifted"), replace(CORE, action="allow")], TODAY).deadlines == ()
    assert [said_day(day) for day in ("2026", "2026-11", "2026-11-29", "soon", None)] == [
        "2026",
        "Nov 2026",
        "29 Nov 2026",
        "soon",
        "",
    ]


def test_the_page_has_the_pairs_of_the_view_and_filters_by_scope(corpus: Corpus) -> None:
    lines = read_bans(corpus, asked()).lines
    assert [(line.country, line.target, line.status, line.since) for line in lines] == [
        (row["country"], row["target"], row["status"], row["since"])
        for row in corpus.sql("select * from ban_tracker")
    ]
    page = read_bans(corpus, asked(scope="5G"))
    assert page.lines == lines and {"core", "RAN", "government"} <= set(page.scopes)
    assert read_bans(corpus, asked(scope="core")).lines == ()
