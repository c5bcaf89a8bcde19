"""Reads of subjects, outlets, search, queries and the house; texts cut at their passages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from fivegwatch.desk.page_registry import PAGES
from fivegwatch.desk.passages import EXCERPT_CHARS, excerpt, paragraphs
from fivegwatch.desk.reads import incident_tracker
from fivegwatch.desk.reads.about import MEASURED, read_about
from fivegwatch.desk.reads.countries import read_country
from fivegwatch.desk.reads.incident_tracker import read_incidents
from fivegwatch.desk.reads.near_misses import read_near_misses
from fivegwatch.desk.reads.outlets import read_outlet, read_outlets
from fivegwatch.desk.reads.queries import csv_of, read_query
from fivegwatch.desk.reads.search import read_search
from fivegwatch.desk.reads.story import Passage
from fivegwatch.desk.reads.subjects import read_subject
from fivegwatch.desk.reads.topic_pages import read_topics
from fivegwatch.desk.rendering import outside
from fivegwatch.desk.wording import incident_sentence, measure_sentence, span
from fivegwatch.extractors.errors import QueryError
from fivegwatch.storage.read.corpus import Corpus
from tests.conftest import ROOT
from tests.desk.corpora import HOSTILE
from tests.desk.reads.test_reads import asked


def test_search_counts_facets_and_every_state_has_an_address(corpus: Corpus) -> None:
    page = read_search(corpus, asked(q="huawei"))
    assert page.total == 3 and [found.title for found in page.hits][:1]
    languages = {facet.value: facet.stories for facet in page.facets["lang"]}
    assert languages == {"en": 2, "fr": 1} and page.facets["topic"][0].stories == 3
    french = read_search(corpus, asked(**{k: str(v) for k, v in page.state(lang="fr").items()}))
    assert french.total == 1 and french.query == "huawei lang:fr" and french.hits[0].title == "Huawei exclu"
    assert french.hits[0].title_hits == ((0, 6),)
    assert PAGES["search"].path(**french.state()) == "/search?q=huawei&lang=fr"
    assert read_search(corpus, asked(q="huawei OR acme", year="2026", after="2026-06-01")).total == 1
    assert read_search(corpus, asked(q="nearly", ledger="1")).hits[0].verdict == "near_miss"
    # A value of a filter never becomes a further condition.
    assert read_search(corpus, asked(q="huawei", lang="fr) OR (lang:en")).total == 0
    assert "quotation mark" in read_search(corpus, asked(q='"huawei')).fault
    with pytest.raises(QueryError, match="page"):
        read_search(corpus, asked(page="0"))


def test_a_vendor_an_actor_and_a_country_have_their_acts_and_attacks(corpus: Corpus) -> None:
    huawei = read_subject("vendor", corpus, asked(id="huawei"))
    assert huawei.line.about == 3 and [ban.country for ban in huawei.bans] == ["DE"] and huawei.measures == ()
    typhoon = read_subject("actor", corpus, asked(id="salt-typhoon"))
    assert [one.fact.victims for one in typhoon.incidents] == [("Acme Telecom",)]
    assert {(one.kind, one.name) for one in typhoon.related} >= {
        ("operator", "Acme Telecom"),
        ("country", "US"),
    }
    germany = read_country(corpus, asked(code="de"))
    assert germany.line.name == "Germany" and len(germany.bans) == 1 and germany.measures == ()
    assert [event.title for event in germany.events] == ["Germany bans Huawei"]
    with pytest.raises(QueryError, match="Atlantis"):
        read_subject("operator", corpus, asked(id="Atlantis"))


def test_an_outlet_has_what_it_reported_before_others_and_by_how_much(corpus: Corpus) -> None:
    outlet = read_outlet(corpus, asked(site="first.example"))
    (first,) = outlet.firsts
    assert (first.second, first.lead, first.outlets) == ("second.example", timedelta(minutes=90), 3)
    late = {line.site: line for line in read_outlets(corpus, asked()).lines}["le.example"]
    assert (late.shared, late.first, late.median_lag) == (1, 0, timedelta(minutes=200))


def test_incidents_are_filtered_by_the_region_of_the_victim(corpus: Corpus) -> None:
    assert len(read_incidents(corpus, asked(region="europe")).lines) == 1
    assert read_incidents(corpus, asked(region="Asia")).lines == ()
    with pytest.raises(QueryError, match="Africa, Americas"):
        read_incidents(corpus, asked(region="Atlantis"))


def test_a_query_is_asked_when_it_has_what_it_needs_and_its_cells_are_no_formulas(corpus: Corpus) -> None:
    assert not read_query(corpus, asked(name="country")).asked
    page = read_query(corpus, asked(name="country", country="DE"))
    assert page.asked and page.total == 3 and "title" in page.columns
    assert "whole number" in read_query(corpus, asked(name="near-misses", rows="many")).fault
    (first,) = read_query(corpus, asked(name="who-broke-it-first")).rows
    assert timedelta(minutes=200) in first and ",3:20:00," in csv_of(corpus, asked(name="who-broke-it-first"))
    lines = csv_of(corpus, asked(name="who-bans-whom")).splitlines()
    assert lines[0].startswith("country,target") and lines[1].startswith("DE,Huawei,ban,decided,5G,2026")
    from fivegwatch.desk.reads.queries import cell_of

    assert [cell_of(value) for value in ("=1+1", "@x", -5, None, ["a", "-b"])] == [
        "'=1+1",
        "'@x",
        "-5",
        "",
        "a, '-b",
    ]


def test_a_filter_by_place_counts_the_incidents_without_a_known_one(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    (line,) = read_incidents(corpus, asked()).lines
    nowhere = replace(line.fact, country=None, victims=("telecom operators",))
    monkeypatch.setattr(incident_tracker, "incidents", lambda *_: (line.fact, nowhere))
    assert (
        read_incidents(corpus, asked(country="FR")).unplaced,
        read_incidents(corpus, asked()).unplaced,
    ) == (1, 0)
    assert read_incidents(corpus, asked(region="Asia", actor="Nobody")).unplaced == 0


def test_near_misses_topics_and_the_account_of_the_corpus(corpus: Corpus) -> None:
    (miss,) = read_near_misses(corpus, asked()).rows
    assert miss.title == "Nearly a story" and miss.decision is None
    topics = {line.topic.code: line for line in read_topics(corpus, asked()).lines}
    assert topics["T01"].stories == 5 and topics["T16"].stories == 0
    about = read_about(corpus, asked())
    assert (about.stories, about.near_misses, about.events, about.languages) == (5, 1, 3, 3)


def passage(start: int, end: int, rule: str = "r") -> Passage:
    return Passage(field="text", start=start, end=end, rule=rule, facet="vendor", quote="")


def test_a_text_is_cut_at_its_passages_and_nothing_of_it_is_lost() -> None:
    text = f"One line with Huawei.\n\n{HOSTILE} and ZTE\nlast"
    at = text.index("Huawei")
    cut = paragraphs(text, [passage(at, at + 6), passage(at + 3, at + 20, "over"), passage(9_000, 9_001)])
    assert ["".join(piece.text for piece in line) for line in cut] == [
        line for line in text.split("\n") if line
    ]
    marked = [piece.text for line in cut for piece in line if piece.rules]
    assert "".join(marked) == text[at : at + 20].replace("\n", "") and cut[0][1].rules == ("r", "over")
    long = "word " * 2_000
    short = excerpt(long, [passage(5_000, 5_004), passage(9_000, 9_900)])
    shown = "".join(piece.text for line in short for piece in line)
    assert len(shown) <= EXCERPT_CHARS + 4 * len(short) and shown.startswith("… ")
    assert excerpt("Short text.", []) == paragraphs("Short text.", [])


def test_facts_are_said_in_english_and_only_the_web_is_linked() -> None:
    says = measure_sentence("GB", "phase_out", "Huawei", scope="in radio access networks", status="in_force")
    assert says == "United Kingdom phases out Huawei in radio access networks"
    unknown = measure_sentence("Ofcom", "new_act", "X", scope="", status="newest")
    assert unknown == "Ofcom: new act X"
    assert incident_sentence("data_theft", (), actor="CN", country="JP") == (
        "China: theft of data from victims that are not named in Japan"
    )
    assert [span(timedelta(minutes=number)) for number in (5, 61, 1500, 20_000)] == [
        "5 min",
        "1 h 1 min",
        "1 d 1 h",
        "13 d 21 h",
    ]
    assert outside("javascript:alert(1)") == outside("http://[bad") == outside("data:text/html,x") == ""
    assert outside("https://a.example/x") == "https://a.example/x"


def test_the_figures_on_the_page_are_those_of_the_documents() -> None:
    """Precision and recall stand beside each other in a table of the page that each row names."""
    for row in MEASURED:
        page = re.search(r"\((docs/\w+\.md)\)", row.texts)
        assert page
        text = (ROOT / page[1]).read_text(encoding="utf-8")
        # A remark may stand behind a figure, as in "0.96 (strict 0.77)".
        precision, recall = (f"({x:.2f}|{x:.3f})\\b[^|]*" for x in (row.precision, row.recall))
        assert re.search(rf"\| {precision}\| {recall}\|", text), row
