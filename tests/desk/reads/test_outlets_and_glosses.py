"""Outlets that nobody watches, firsts without ties, English for foreign headlines, near misses told elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fivegwatch.desk.reads.glosses import read_glosses
from fivegwatch.desk.reads.near_misses import read_near_misses
from fivegwatch.desk.reads.outlets import read_outlet, read_outlets
from fivegwatch.desk.reads.search import read_search
from fivegwatch.desk.wording import score
from fivegwatch.extractors.errors import QueryError
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.read.corpus import Corpus
from fivegwatch.storage.spool.batches import Batch, put_batch
from tests.desk.corpora import ATTACK, BAN, TYPHOON
from tests.desk.reads.test_reads import asked, id_of
from tests.storage.builders import at, make_article, make_decision, make_judged


def test_an_outlet_without_a_story_says_whether_it_is_watched_and_another_word_is_no_outlet(
    corpus: Corpus,
) -> None:
    unknown = read_outlet(corpus, asked(site="www.lemonde.fr"))
    assert (unknown.line.site, unknown.line.stories, unknown.feeds, unknown.judged) == (
        "lemonde.fr",
        0,
        (),
        {},
    )
    assert read_outlet(corpus, asked(site="near.example")).judged == {"near_miss": 1}
    assert read_outlet(corpus, asked(site="first.example")).judged == {"kept": 1}
    with pytest.raises(QueryError, match=r"lemonde\.fr"):
        read_outlet(corpus, asked(site="Le Monde"))
    assert [line.site for line in read_outlets(corpus, asked(q="FIRST.ex")).lines] == ["first.example"]


def test_a_foreign_headline_is_said_in_english_by_its_fact_and_an_english_one_is_not(corpus: Corpus) -> None:
    french, english = id_of("https://le.example/interdit"), id_of("https://first.example/ban")
    hostile = id_of("https://evil.example/x")
    glosses = read_glosses(corpus, [french, english, hostile])
    assert glosses == {
        french: "Germany decides to ban Huawei in 5G networks",
        hostile: "Vendor restrictions and bans: EG",
    }
    outlet = read_outlet(corpus, asked(site="le.example"))
    assert [story.gloss for story in outlet.stories] == [glosses[french]]
    hits = {hit.id: hit.gloss for hit in read_search(corpus, asked(q="huawei")).hits}
    assert hits[french] == glosses[french]
    assert {hit.gloss for hit in read_search(corpus, asked(q="huawei", lang="en")).hits} == {""}
    assert [score(value) for value in (-0.001, -0.01, 1.239)] == ["0.00", "-0.01", "1.24"]


def test_two_outlets_at_the_same_minute_are_both_first_and_neither_was_before_the_other_and_a_near_miss_names_stories(
    tmp_path: Path,
) -> None:
    layout = Layout.for_database(tmp_path / "corpus.duckdb")
    prepare(layout)
    batch = Batch()
    for site, minutes, language in (("a", 0, "en"), ("b", 0, "de"), ("c", 60, "de")):
        article = make_article(
            f"https://{site}.example/{site}",
            f"{site} {language}",
            title=site,
            language=language,
            published_at=at(minutes),
        )
        batch.add(
            make_judged(article, make_decision(article, facts=BAN, topics=("T01",)), captured_at=at(90))
        )
    for name, facts in (("same", BAN), ("other", replace(ATTACK, roles=(TYPHOON,)))):
        near = make_article(
            f"https://near.example/{name}", f"Proche {name}.", title=name, language="fr", published_at=at(120)
        )
        decision = make_decision(
            near, relevant=False, near_miss=True, score=4.0, facts=facts, topics=("T01",)
        )
        batch.add(make_judged(near, decision, captured_at=at(130)))
    put_batch(layout, batch)
    load(layout)
    publish(layout)
    with Corpus(layout.link) as corpus:
        lines = {line.site: line for line in read_outlets(corpus, asked()).lines}
        assert [(lines[f"{site}.example"].first, lines[f"{site}.example"].median_lag) for site in "abc"] == [
            (1, timedelta(0)),
            (1, timedelta(0)),
            (0, timedelta(hours=1)),
        ]
        firsts = [read_outlet(corpus, asked(site=f"{site}.example")).firsts for site in "abc"]
        assert firsts[0] == firsts[2] == () and [one.second for one in firsts[1]] == ["c.example"]
        rows = {row.title: row for row in read_near_misses(corpus, asked()).rows}
        assert {story.title for story in rows["same"].elsewhere} == {"a", "b", "c"}
        assert rows["other"].elsewhere == () and rows["same"].gloss.startswith(
            "Vendor restrictions and bans: "
        )
