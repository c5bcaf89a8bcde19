"""What counts as evidence, and when reading on can be spared."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.judging.evidence import collect_evidence
from fivegwatch.extractors.judging.judgement import score_parts
from tests.conftest import ROOT
from tests.extractors.watchlist_builder import shipped_rules

GOLD = [json.loads(line) for line in (ROOT / "tests" / "gold" / "gold.jsonl").read_text("utf-8").splitlines()]
EVERYDAY = (
    "The bakery on Mill Lane has won the county prize for its rye loaf. Judges praised the crust. "
    "Three hundred loaves were tasted over two days in the old corn hall, and the queue went round the block. "
    "The baker, who began in her mother's kitchen, said she would frame the ribbon and go to bed early. "
    "Second place went to a monastery, third to a school whose pupils bake on Fridays. "
)
SENTENCES = [
    sentence.strip() + ". "
    for item in GOLD
    if item["language"] == "en"
    for sentence in item["text"].split(". ")
]


def score(title: str, text: str, *, thorough: bool = True) -> float:
    evidence = collect_evidence(title, text, "en", shipped_rules(), thorough=thorough)
    return sum(part.value for part in score_parts(evidence, shipped_rules()))


@given(st.lists(st.sampled_from(SENTENCES), max_size=6), st.integers(0, 8))
@settings(max_examples=150, deadline=None)
def test_ending_early_never_changes_a_verdict(said: list[str], padding: int) -> None:
    text = EVERYDAY + "".join(said) + EVERYDAY * padding + "Her brother works for a mobile network."
    rules = shipped_rules()
    whole, short = score("A loaf to remember", text), score("A loaf to remember", text, thorough=False)
    assert (whole >= rules.threshold) == (short >= rules.threshold)
    assert (whole >= rules.threshold - rules.near_miss) == (short >= rules.threshold - rules.near_miss)


def test_a_text_that_names_a_subject_in_passing_is_not_read_further_but_lists_it() -> None:
    text = EVERYDAY * 2 + "Her brother works for a mobile network operator. " + EVERYDAY * 3
    evidence = collect_evidence("A loaf to remember", text, "en", shipped_rules())
    assert [text[start:end] for start, end, _ in evidence.text_hits][:1] == ["mobile network operator"]
    assert set(evidence.features) == {"opening: contrary, no subject"}


@given(st.integers(1, 30))
@settings(max_examples=20, deadline=None)
def test_naming_5g_often_does_not_make_a_story(times: int) -> None:
    once = score("5G comes to the valley", "The 5G network reaches three more villages.")
    often = score("5G comes to the valley", "The 5G network reaches three more villages. " * times)
    assert often <= once < shipped_rules().threshold


def test_the_subject_counts_where_the_opening_joins_it_with_an_angle() -> None:
    plain = collect_evidence("5G comes to the valley", "Masts go up.", "en", shipped_rules()).features
    joined = collect_evidence("Spies inside the 5G network", "Masts go up.", "en", shipped_rules()).features
    assert "title: generation" not in plain
    assert joined["title: generation"] == 1.0


def variety(title: str, text: str) -> dict[str, float]:
    features = collect_evidence(title, text, "en", shipped_rules(), thorough=True).features
    return {name: value for name, value in features.items() if name.startswith("body: different")}


@given(st.integers(1, 6))
@settings(max_examples=6, deadline=None)
def test_other_words_for_the_danger_count_and_the_same_words_again_do_not(times: int) -> None:
    told = "Intruders spied on the mobile network. "
    once, again = variety("Guests", told), variety("Guests", told * (times + 1))
    more = variety("Guests", told + "Hackers eavesdropped on it with malware. ")
    assert all(again[name] <= once[name] for name in once)
    assert more["body: different dangers"] > once["body: different dangers"] > 0


def test_variety_of_words_counts_only_if_the_subject_is_named_more_than_in_passing() -> None:
    named = "Hackers broke into the mobile network operator. "
    seldom, often = EVERYDAY + named * 2 + EVERYDAY, EVERYDAY + named * 9 + EVERYDAY
    assert not variety("A loaf to remember", seldom)
    assert set(variety("A loaf to remember", often)) == {
        "body: different subjects",
        "body: different dangers",
    }
    assert variety("Mobile network robbed", seldom)


def features(title: str, text: str) -> dict[str, float]:
    return collect_evidence(title, text, "en", shipped_rules(), thorough=True).features


def test_a_false_mast_excuses_the_fraud_and_the_arrest_that_are_told_with_it() -> None:
    text = "A box in the car was posing as the nearest mast. Two men were arrested over scam texts."
    told = features("Police find a box posing as a mast", text)
    assert (
        not {"text: fraud", "text: crime", "lead: crime", "lead: against, customers_defrauded"} & told.keys()
    )
    alone = features(
        "Police find two men behind scam texts about mobile networks",
        "Two men were arrested over scam texts.",
    )
    assert alone["lead: crime"] == 1


def test_a_pretended_mast_is_a_danger_and_one_that_nobody_pretends_is_none() -> None:
    name = "body: different dangers"
    posing = features("Mobile network news", "The box was posing as the nearest mast.")
    assert posing[name] > features("Mobile network news", "The box was sold as the nearest mast.")[name]
    assert (
        posing[name]
        > features("Mobile network news", "The box stood by the mast. He was posing as a guest.")[name]
    )


def test_words_of_danger_do_not_count_in_sentences_about_the_use_of_networks() -> None:
    name, about = "body: different dangers", "5G cameras in the {} warn of attack and risk."
    assert (
        features("5G in town", about.format("hospital"))[name]
        < features("5G in town", about.format("town"))[name]
    )
