from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.judging.evidence import collect_evidence
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.judging.matching import find_hits
from fivegwatch.extractors.model import Article, Decision
from fivegwatch.extractors.text.folding import fold_text
from tests.conftest import ROOT
from tests.extractors.watchlist_builder import shipped_rules

STORIES = [
    json.loads(line)
    for line in (ROOT / "tests" / "data" / "judgement" / "stories.jsonl").read_text("utf-8").splitlines()
]


def decide(title: str, text: str, language: str = "en") -> Decision:
    return judge(
        Article(id="a", url="https://news.example/a", title=title, text=text, language=language),
        shipped_rules(),
    )


@pytest.mark.parametrize("story", STORIES, ids=[f"{s['language']}-{s['title'][:40]}" for s in STORIES])
def test_our_own_stories_are_judged_right(story: dict[str, str]) -> None:
    decision = decide(story["title"], story["text"], story["language"])
    assert decision.relevant == story["relevant"], (decision.reason, decision.parts)


@pytest.mark.parametrize("story", STORIES[::5], ids=lambda s: s["title"][:40])
def test_an_unknown_language_does_not_lose_a_story(story: dict[str, str]) -> None:
    if story["relevant"]:
        assert decide(story["title"], story["text"], "").relevant


BAN = (
    "Ministers ban Huawei from 5G networks",
    "Operators must remove its equipment, citing national security.",
)


def test_the_score_is_the_sum_of_its_parts_and_says_why() -> None:
    decision = decide(*BAN)
    assert decision.relevant
    assert sum(part.value for part in decision.parts) == decision.score
    assert decision.score >= decision.threshold
    assert "Contested vendor" in decision.reason
    assert "T01" in decision.topics
    assert decision.rules_fingerprint == shipped_rules().fingerprint


def test_an_everyday_word_is_shown_only_where_a_rule_that_asks_for_it_fires() -> None:
    beside = decide(BAN[0], f"{BAN[1]} Somebody left a suitcase among the phones.")
    joined = decide("The suitcase in the square", "A suitcase posed as a mast, and phones believed it.")
    everyday = {"kit", "handset", "stealth"}
    assert beside.relevant and not everyday & {match.facet for match in beside.matches}
    assert joined.relevant and {"kit", "handset"} <= {match.facet for match in joined.matches}


def test_the_reason_names_the_words_their_places_and_what_is_absent() -> None:
    said = decide(*BAN).reason
    assert "(title" in said and "Huawei, ban, 5G networks" in said
    assert said.endswith("; it does not speak of consumer devices.")
    assert (
        "does not speak of" not in decide(BAN[0], BAN[1] + " Its smartphones may stay in the shops.").reason
    )


def test_mentions_name_entity_country_and_place() -> None:
    mention = next(m for m in decide(*BAN).mentions if m.entity == "huawei")
    assert (mention.type, mention.country, mention.field) == ("vendor", "CN", "title")
    assert BAN[0][mention.start :].startswith("Huawei")


def test_a_long_digest_is_not_kept_for_one_passing_mention() -> None:
    filler = (
        "The company sold more phones this quarter and its shares rose. Football fans saw a late goal on Sunday. "
        * 40
    )
    assert not decide(
        "The week in technology", filler + "Britain bans Huawei from 5G networks. " + filler
    ).relevant


def test_a_long_feature_about_a_ban_is_kept() -> None:
    passage = (
        "The ban on Huawei forces operators to replace equipment in their 5G networks. Officials fear espionage by "
        "Beijing. Engineers describe years of work on base stations. The minister defended the decision. "
    )
    assert decide("How operators tear Huawei out of their networks", passage * 40).relevant


def test_a_product_review_with_network_words_is_not_kept() -> None:
    text = (
        "The smartphone has a great camera, a bright display and a big battery; it supports 5G and costs less. "
        * 6
    )
    decision = decide("Review: this 5G phone has the best camera", text)
    assert not decision.relevant
    assert not decision.topics


def test_an_empty_article_is_rejected_and_explained() -> None:
    decision = decide("", "")
    assert not decision.relevant
    assert not decision.near_miss
    assert decision.reason


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=400), st.sampled_from(["", "en", "zh", "xx", "ru-RU"]))
def test_any_text_can_be_judged_and_twice_the_same(title: str, text: str, language: str) -> None:
    assert decide(title, text, language) == decide(title, text, language)


def test_the_judge_reaches_its_figures_on_the_labelled_texts(shared: Path) -> None:
    from benchmarks.labelled import Tally, read_labelled

    overall, leads = Tally(), Tally()
    for item in read_labelled(shared / "data" / "relevance" / "dev.jsonl"):
        if item.label != "borderline":
            kept = judge(item.article, shipped_rules()).relevant
            overall.add(item.label == "relevant", kept)
            if item.kind == "lead":
                leads.add(item.label == "relevant", kept)
    assert overall.f1 >= 0.95
    assert min(overall.precision, overall.recall) >= 0.91
    assert leads.f1 >= 0.93


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Hackers attack AT&T", "Intruders read the calls of the phone company's customers, a senator said."),
        ("Case in a car boot", "For weeks it passed itself off as the nearest mast, and phones believed it."),
        (
            "An island's secret",
            "Intruders copied who had rung whom. The phone company learnt of it from spies.",
        ),
        ("Shenzhen boxes must go", "Carriers have until 2029 to replace the Chinese maker's antennas."),
    ],
)
def test_facets_that_name_a_subject_only_together_are_evidence(title: str, text: str) -> None:
    rules = shipped_rules()
    evidence = collect_evidence(title, text, "en", rules)
    assert evidence.features


def test_a_text_without_a_telling_sentence_or_title_is_neither_kept_nor_a_near_miss() -> None:
    rules = shipped_rules()
    sentences = [
        "The towers stand on the hill.", "Chinese tea is sold in Shenzhen.", "Hackers emptied a bank.",
        "AT&T sells phones.", "A spy wrote a book.", "5G is fast.", "Ministers met in the capital.",
    ]  # fmt: skip
    for title in ("Hackers emptied a bank", "A walk in the hills"):
        mask = 0
        for _, _, term in find_hits(title, fold_text(title), rules, "en", "evidence"):
            mask |= rules.masks[term]
        assert not rules.headlines(mask) and not rules.suffices(mask)
        assert not collect_evidence(title, "\n".join(sentences), "en", rules).features
