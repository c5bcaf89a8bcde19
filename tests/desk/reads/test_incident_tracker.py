"""Who was attacked, where and when: places worked out from victims are marked, and what only could happen is apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fivegwatch.desk.reads import incident_tracker
from fivegwatch.desk.reads.incident_tracker import Named, read_incidents, victims_of
from fivegwatch.desk.reads.subjects import read_subject, read_subjects
from fivegwatch.extractors.errors import QueryError
from fivegwatch.storage.read.corpus import Corpus
from tests.desk.reads.test_reads import asked


def test_victims_and_actors_have_pages_and_an_actor_lists_its_victims(corpus: Corpus) -> None:
    (line,) = read_incidents(corpus, asked()).lines
    assert line.victims == (Named(name="Acme Telecom", kind="operator", id="acme", country="US"),)
    assert line.actor == Named(name="Salt Typhoon", kind="actor", id="salt-typhoon", country="CN")
    actor = read_subject("actor", corpus, asked(id="salt-typhoon"))
    assert [(one.named.id, one.events) for one in actor.victims] == [("acme", 1)]
    assert read_subject("operator", corpus, asked(id="acme")).victims == ()
    nobody = replace(line, victims=(Named(name="telecom operators"), Named(name="Smalltel")))
    assert [one.named.name for one in victims_of([nobody, nobody])] == ["Smalltel"]
    assert [one.id for one in read_subjects("law", corpus, asked(country="us")).lines] == ["entity-list"]
    assert read_subjects("law", corpus, asked(country="DE")).lines == ()


def test_where_no_story_says_the_country_it_is_that_of_the_victim_and_marked_as_such(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    (line,) = read_incidents(corpus, asked()).lines
    unplaced = replace(line.fact, country=None)
    shown = replace(line.fact, status="demonstrated", kind="fake_base_station", country="JP")
    monkeypatch.setattr(incident_tracker, "incidents", lambda *_: (unplaced, shown))
    page = read_incidents(corpus, asked(region="Americas"))
    assert [one.homes for one in page.lines] == [("US",)] and page.unplaced == 0
    assert read_incidents(corpus, asked(country="JP")).shown_only == 1
    assert [one.fact.kind for one in read_incidents(corpus, asked(status="demonstrated")).lines] == [
        "fake_base_station"
    ]


def test_the_month_is_that_of_a_report(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = read_incidents(corpus, asked()).lines
    long = replace(line.fact, first_day=date(2025, 12, 30), last_day=date(2026, 2, 1))
    monkeypatch.setattr(incident_tracker, "incidents", lambda *_: (long, replace(long, last_day=None)))
    counts = {
        month: len(read_incidents(corpus, asked(month=month)).lines) for month in ("2025-11", "2026-01")
    }
    assert counts == {"2025-11": 0, "2026-01": 1}
    with pytest.raises(QueryError, match="2026-01"):
        read_incidents(corpus, asked(month="November"))
