"""What a story tells: its countries without firms' homes, who does what to whom, and how far it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fivegwatch.extractors.facts.countries import find_countries
from fivegwatch.extractors.facts.facts_of_story import judge_story, read_facts
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Article
from fivegwatch.extractors.story_facts import Facts
from fivegwatch.extractors.text.folding import fold_text
from tests.extractors.watchlist_builder import shipped_rules


def codes(text: str, language: str) -> list[str]:
    return [hit.code for hit in find_countries(text, fold_text(text), language)]


def facts(title: str, text: str, language: str = "en", site: str = "") -> Facts:
    article = Article(
        id="a", url="", title=title, text=text, language=language, site=site,
        published_at=datetime(2026, 5, 4, tzinfo=UTC),
    )  # fmt: skip
    return read_facts(article, shipped_rules())


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "The UK and the US act; U.S. officials told us so.", ["GB", "US"]),
        ("en", "Carriers of South American countries, and of New Zealand.", ["NZ"]),
        ("en", "Please polish this dutch oven, said a Polish and a Dutch cook.", ["PL", "NL"]),
        ("es", "EE.UU. presiona a España y al Reino Unido; la UE calla.", ["US", "ES", "GB", "EU"]),
        ("nl", "De VS en het Verenigd Koninkrijk waarschuwen Duitse bedrijven.", ["US", "GB", "DE"]),
        ("de", "Die USA warnen Großbritanniens Regierung und Schwedens Behörden.", ["US", "GB", "SE"]),
        ("pl", "W Niemczech i w Wielkiej Brytanii, ale nie w Polsce.", ["DE", "GB", "PL"]),
        ("cs", "České úřady varují před Čínou, Spojené státy tlačí.", ["CZ", "CN", "US"]),
        ("ru", "Власти Великобритании и Китая, а также российские операторы.", ["GB", "CN", "RU"]),
        ("tr", "Türkiye'de ve Almanya'da, ABD'nin uyarısından sonra.", ["TR", "DE", "US"]),
        ("zh", "美国和英国禁用设备，印度考虑，美联社报道。", ["US", "GB", "IN"]),
        ("ja", "米政府と英国、ドイツが排除。インドネシアも。", ["US", "GB", "DE", "ID"]),
        ("ja", "リアルタイムの傍受。タイとイギリス・アメリカ。", ["TH", "GB", "US"]),
        ("ko", "미국과 영국이 금지했다.", ["US", "GB"]),
        ("ar", "أعلنت بريطانيا والولايات المتحدة والصين", ["GB", "US", "CN"]),
        ("vi", "Mỹ và Trung Quốc, còn Việt Nam thì không.", ["US", "CN", "VN"]),
    ],
)
def test_countries_are_found_by_every_kind_of_name(language: str, text: str, expected: list[str]) -> None:
    assert list(dict.fromkeys(codes(text, language))) == expected


def subjects(told: Facts) -> set[str]:
    return {role.entity for role in told.roles if role.type == "country" and role.is_subject}


BAN = (
    "The German government will ban the Chinese company Huawei from 5G networks by 2029, the interior ministry said in"
    " Berlin. Operators must remove the vendor's equipment from mobile networks."
)


def test_a_story_is_about_who_acts_and_not_about_a_firms_home() -> None:
    told = facts("Germany bans Huawei from 5G networks", BAN)
    assert subjects(told) == {"DE"}
    (role,) = [role for role in told.roles if role.entity == "DE"]
    assert role.passage.quote == "Germany bans Huawei from 5G networks"


def test_a_ban_is_a_measure_with_actor_target_scope_status_and_the_sentence() -> None:
    (measure,) = [
        m for m in facts("Germany bans Huawei from 5G networks", BAN).measures if m.confidence >= 0.7
    ]
    assert (measure.by, measure.action, measure.target, measure.scope) == ("DE", "ban", "Huawei", "5G")
    assert measure.deadline == "2029" and measure.passage.field == "title"


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("Germany bans Huawei from 5G networks", {"decided", "announced", "in_force"}),
        ("Germany may ban Huawei from 5G networks", {"considered"}),
        ("German opposition demands to ban Huawei from 5G networks", {"demanded"}),
        ("Germany will not ban Huawei from 5G networks", {"rejected"}),
    ],
)
def test_the_status_follows_the_words_of_modality(title: str, status: set[str]) -> None:
    text = "Huawei is a vendor of 5G networks in Germany. The German government spoke of the vendor."
    assert {m.status for m in facts(title, text).measures if m.passage.field == "title"} <= status
    assert facts(title, text).measures


def test_a_relative_deadline_is_resolved_against_the_publication() -> None:
    told = facts(
        "Germany bans Huawei by the end of next year", "Germany bans Huawei from its 5G networks, it said."
    )
    assert ("2027", "resolved") in {(m.deadline, m.date_source) for m in told.measures}


def test_a_national_outlet_that_names_no_country_is_about_its_own() -> None:
    text = "Het kabinet wil Huawei weren bij de aanleg van het 5G-netwerk. De Tweede Kamer debatteert erover."
    assert subjects(facts("Kabinet wil Huawei weren bij 5G", text, "nl", "krant.nl")) == {"NL"}


def test_an_intrusion_has_victim_actor_and_the_accused_state() -> None:
    text = "Salt Typhoon hackers broke into Verizon and AT&T, US officials say. The espionage hit mobile networks."
    told = facts("China-linked Salt Typhoon hacked Verizon", text)
    best = told.incidents[0]
    assert best.kind == "espionage" and best.actor == "Salt Typhoon" and "Verizon" in best.victims
    assert told.topics[0].code == "T07"


def test_a_brand_is_the_branch_of_the_country_the_story_is_about() -> None:
    text = "Hackers stalen gegevens bij T-Mobile, meldt de Nederlandse provider. Nederland onderzoekt het."
    told = facts("Datalek bij T-Mobile in Nederland", text, "nl", "krant.nl")
    assert {role.entity for role in told.roles if role.type == "operator"} == {"odido"}


def test_no_story_is_without_topic_and_none_has_more_than_three() -> None:
    for title in (
        "5G",
        "Germany bans Huawei",
        "SS7 flaw lets attackers track phones, SIM swap, eSIM, Open RAN, 6G",
    ):
        assert 1 <= len(facts(title, title).topics) <= 3


def test_rejected_texts_have_no_facts() -> None:
    bread = Article(id="b", url="", title="A loaf to remember", text="Flour and water.", language="en")
    assert judge_story(bread, shipped_rules()).facts is None


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "UK bans Huawei from 5G",
            "The government told BT and Vodafone to strip the Chinese kit out by 2027.",
        ),
        (
            "Hackers attack AT&T",
            "Salt Typhoon broke into the operator's wiretap system, the FBI said on Monday.",
        ),
    ],
)
def test_judging_and_reading_facts_at_once_changes_neither(title: str, text: str) -> None:
    article = Article(id="a", url="", title=title, text=text, language="en")
    at_once, judged = judge_story(article, shipped_rules()), judge(article, shipped_rules())
    assert judged.relevant and at_once.facts == read_facts(article, shipped_rules())
    assert (at_once.score, at_once.parts, at_once.matches) == (judged.score, judged.parts, judged.matches)
    assert {m.entity for m in judged.mentions} <= {m.entity for m in at_once.mentions}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("zh", "理查德·约翰逊和克里斯蒂安·马里诺访问英国。", ["GB"]),
        ("ja", "フィンランド国内の通信網。", ["FI"]),
        ("ja", "国内の通信網とフィンランド。", ["JP", "FI"]),
    ],
)
def test_a_country_is_not_read_from_part_of_a_foreign_name_or_from_inside_another_country(
    language: str, text: str, expected: list[str]
) -> None:
    assert codes(text, language) == expected


@pytest.mark.parametrize(
    ("text", "operators"),
    [
        ("这家英国电信公司Gamma遭到攻击。", set()),
        ("中国电信巨头华为向法国电信运营商供货。", set()),
        ("美国撤销中国电信的牌照。", {"china-telecom"}),
    ],
)
def test_chinese_words_for_a_countrys_telecoms_are_its_operator_only_by_themselves(
    text: str, operators: set[str]
) -> None:
    told = facts(text, text + "移动网络的安全受到关注。", "zh")
    assert {role.entity for role in told.roles if role.type == "operator"} == operators


def test_a_brand_that_two_operators_share_is_the_one_that_the_story_also_names_in_full() -> None:
    told = facts(
        "Cellcom restores mobile service after cyberattack",
        "Cellcom says its mobile network is back. Its parent Nsight thanked customers. Cellcom found no data theft.",
    )
    assert {role.entity for role in told.roles if role.type == "operator"} == {"cellcom-wisconsin"}
    assert "IL" not in {role.entity for role in told.roles if role.type == "country"}


def test_a_state_whose_operator_was_hacked_or_that_holds_a_spy_is_not_the_accused_one() -> None:
    hacked = facts(
        "Data breach at a carrier", "The operator, one of the largest in Finland, was hacked in May."
    )
    holds = facts(
        "Noorwegen houdt van spionage verdachte Huawei-medewerker vast", "Het gaat om een medewerker.", "nl"
    )
    for told in (hacked, holds):
        assert "accused" not in {role.role for role in told.roles if role.type == "country"}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ja", "米英など十カ国が参加した。", {"US", "GB"}),
        ("zh", "美韩两国签署协议，中美洲国家观望。", {"US", "KR"}),
        ("ja", "リアルタイムの監視とマルウェア。", set()),
        ("ja", "タイの監視。", {"TH"}),
    ],
)
def test_two_states_in_one_word_are_both_found_and_none_in_longer_katakana(
    language: str, text: str, expected: set[str]
) -> None:
    assert set(codes(text, language)) == expected


def test_a_story_of_a_regulator_that_names_no_country_is_about_the_regulators() -> None:
    told = facts(
        "New rules for phone companies",
        "The FCC adopted rules for mobile operators on Tuesday. They must report breaches of their networks.",
    )
    assert subjects(told) == {"US"}
