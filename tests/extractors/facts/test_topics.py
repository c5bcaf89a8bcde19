"""Which topics a story gets, and by what signs; and whom the names of other scripts and national branches mean."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.train_facts import fit
from fivegwatch.extractors.facts.facts_of_story import facts_of, read_facts
from fivegwatch.extractors.facts.reading import Reading, read_story
from fivegwatch.extractors.facts.signs import signs_of
from fivegwatch.extractors.facts.topics import topics_of
from fivegwatch.extractors.model import Article
from fivegwatch.extractors.story_facts import Role
from tests.extractors.watchlist_builder import shipped_rules


def read(title: str, text: str, language: str = "en", site: str = "") -> Reading:
    return read_story(
        Article(id="a", url="", title=title, text=text, language=language, site=site), shipped_rules()
    )


def signs(title: str, text: str, language: str = "en") -> dict[str, float]:
    reading = read(title, text, language)
    told = facts_of(reading)
    return signs_of(reading, told.measures, told.incidents, told.roles)


def named(kind: str, title: str, text: str, language: str = "en", site: str = "") -> set[str]:
    roles = read_facts(
        Article(id="a", url="", title=title, text=text, language=language, site=site), shipped_rules()
    ).roles
    return {role.entity for role in roles if role.type == kind and role.is_subject}


def test_what_a_story_is_about_and_reports_is_a_sign() -> None:
    attack = signs(
        "Salt Typhoon hackers breached Telenor", "The group broke into the network of the operator Telenor."
    )
    assert {"subjects: operator + threat_actor", "reports: break-in of a named victim"} <= attack.keys()
    assert "subjects: operator + no vendor" in attack
    law = signs(
        "NIS2 obliges carriers to report attacks", "ComReg enforces NIS2 on mobile networks in Ireland."
    )
    assert {"subjects: law + no vendor", "subjects: law + body", "subject: regulator"} <= law.keys()
    assert "lead: lawmaking" in signs("5G", "The Senate passed a bill on the security of mobile networks.")
    assert "lead: lawmaking" in signs("5G", "국회는 이동통신망 보안 개정안을 통과시켰다.", "ko")


@pytest.mark.parametrize(
    ("bases", "expected"),
    [
        ({"T01": 3.0, "T03": -0.5, "T07": -1.5}, ["T01", "T03"]),
        ({"T01": 3.0, "T03": 2.0, "T07": 0.5, "T09": 0.4}, ["T01", "T03", "T07"]),
        ({"T01": -5.0, "T03": -6.0}, ["T01"]),
        ({"T01": 3.0, "T03": 0.5, "T07": -0.5}, ["T01", "T03"]),
    ],
)
def test_a_further_topic_needs_more_than_the_first(bases: dict[str, float], expected: list[str]) -> None:
    weights = {code: {"base": base} for code, base in bases.items()}
    reading = read("A title", "A text.")
    topics = topics_of({"base": 1.0}, replace(reading, rules=replace(reading.rules, topic_weights=weights)))
    assert [topic.code for topic in topics][: len(expected)] == expected


def test_bystanders_and_subjects_are_different_signs() -> None:
    reading = read("A title", "A text.")
    passage = facts_of(read("Huawei", "Huawei.")).roles[0].passage

    def role(kind: str, part: str) -> Role:
        return Role(
            type=kind, entity="x", name="X", country="", role=part, confidence=0.8, count=1, passage=passage
        )

    found = signs_of(reading, roles=[role("vendor", "named"), role("law", "subject")])
    assert found["named: vendor"] == 1.0
    assert found["subject: law"] == 0.8
    assert "subjects: law + no vendor" in found


@pytest.mark.parametrize("rows", [40, 400])
def test_weights_are_learnt_alike_with_few_and_with_many_rows(rows: int) -> None:
    random = np.random.RandomState(1)
    x = np.hstack([np.ones((rows, 1)), random.normal(size=(rows, 60))])
    y = (x[:, 1] + random.normal(size=rows) > 0).astype(float)
    weight, prior = np.ones(rows), np.zeros(61)
    prior[2] = 4.0
    b = fit(x, y, weight, prior, 2.0)
    free = np.full(61, 2.0)
    free[0] = 0.05
    slope = x.T @ (weight * (1 / (1 + np.exp(-x @ b)) - y)) + free * (b - prior)
    assert np.abs(slope).max() < 0.01


@pytest.mark.parametrize(
    ("language", "site", "title", "text", "expected"),
    [
        ("en", "example.ug", "MTN hacked in Uganda", "The operator MTN in Uganda said so.", "mtn-uganda"),
        ("ru", "example.kz", "Кселл взломан", "Оператор связи Кселл сообщил об атаке на сеть.", "kcell"),
        ("ja", "example.jp", "ボーダフォン・グループが攻撃", "通信事業者への攻撃。", "vodafone"),
        ("ar", "example.dz", "اختراق موبيليس", "تعرضت شبكة الاتصالات لهجوم.", "mobilis-algeria"),
        ("de", "example.lu", "POST Luxemburg gehackt", "Der Netzbetreiber meldet einen Angriff.", "post-luxembourg"),
    ],
)  # fmt: skip
def test_an_operator_is_known_by_the_name_of_its_press(
    language: str, site: str, title: str, text: str, expected: str
) -> None:
    assert expected in named("operator", title, text, language, site)


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("fa", "سالت تایفون به اپراتورها نفوذ کرد", "salt-typhoon"),
        ("ko", "플랙스 타이푼, 통신사 해킹", "flax-typhoon"),
        ("ja", "マディウォーターが通信会社を攻撃", "muddywater"),
        ("uk", "Піщаний хробак атакував оператора", "sandworm"),
    ],
)
def test_an_attacker_is_known_by_the_name_of_its_press(language: str, title: str, expected: str) -> None:
    assert expected in named("threat_actor", title, title, language)


def test_polish_names_of_capitals_are_weak_signs_of_their_countries() -> None:
    found = [hit for hit in read("Atak", "Rada w Wilnie i Rydze milczy.", "pl").text.countries if hit.weak]
    assert {hit.code for hit in found} == {"LT", "LV"}


def test_a_vendor_in_lower_case_is_the_vendor() -> None:
    assert "zte" in named("vendor", "Il 5G e Zte", "Il governo esclude Zte dalle reti 5G.", "it")
