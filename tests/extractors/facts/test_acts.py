"""Measures and incidents by the grammar of their clause: who acts; what is denied, hedged or only asked for."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.facts.act_kinds import STAGES
from tests.extractors.facts.test_facts import facts


def stages(title: str, text: str, language: str = "en", site: str = "") -> set[tuple[str, str, str]]:
    return {
        (m.by, m.action, STAGES[m.status])
        for m in facts(title, text, language, site).measures
        if m.confidence >= 0.7
    }


UK = "The decision concerns the British telecoms networks. Huawei, the vendor of 5G equipment, declined to comment."


@pytest.mark.parametrize(
    ("title", "lead", "expected"),
    [
        # A headline leaves out what the lead says.
        ("UK bans Huawei from 5G", "The British government is considering to ban Huawei from 5G networks.", "open"),
        ("UK bans Huawei from 5G", "The British government has decided to ban Huawei from 5G networks.", "done"),
        # A modal word of another clause does not hedge the act.
        ("UK bans Huawei from 5G networks, but costs could rise", "Ministers spoke in London.", "done"),
        # A ban that somebody wants reviewed exists.
        ("UK should revisit its ban on Huawei in 5G, says Huawei", "Huawei spoke to the British press.", "done"),
        # What may not be supplied is kept out.
        ("UK does not allow Huawei in its 5G core network", "The British government decided on Huawei.", "done"),
        ("UK will not ban Huawei from its 5G networks", "The British government decided on Huawei.", "not"),
    ],
)  # fmt: skip
def test_the_clause_says_how_far_a_ban_is(title: str, lead: str, expected: str) -> None:
    kept_out = [s for s in stages(title, f"{lead} {UK}") if s[0] == "GB" and s[1] != "advise"]
    assert kept_out == [("GB", "ban", expected)]


def test_what_an_operator_keeps_out_of_its_own_network_is_no_act_of_its_state() -> None:
    text = (
        "KPN kiest een westerse leverancier, niet het Chinese Huawei. Het kabinet onderzoekt 5G in Nederland."
    )
    acts = facts("KPN weert Huawei uit kernnetwerk 5G", text, "nl", "krant.nl").measures
    assert [(m.by, m.action) for m in acts if m.confidence >= 0.7] == [("KPN", "ban")]


def test_who_presses_another_state_is_not_the_one_who_bans() -> None:
    acts = stages("US urges UK to ban Huawei from 5G networks", f"The US pressed Britain on Huawei. {UK}")
    assert ("US", "ban", "done") not in acts and ("US", "ban", "open") not in acts


@pytest.mark.parametrize(
    ("language", "site", "title", "text", "expected"),
    [
        ("nl", "krant.nl",
         "'Kabinet moet Huawei weren bij 5G'",
         "Dat zegt de Tweede Kamer over Huawei en 5G.", ("NL", "ban", "open")),
        ("nl", "krant.nl",
         "Kabinet weert Huawei niet bij aanleg 5G",
         "Het kabinet heeft besloten over Huawei.", ("NL", "ban", "not")),
        ("de", "zeitung.de",
         "Deutschland will Huawei aus 5G-Netzen verbannen",
         "Die Bundesregierung erwägt, Huawei zu verbieten.", ("DE", "ban", "open")),
        ("zh", "", "加拿大禁止華為參與5G網絡建設", "加拿大政府宣布禁止華為參與5G網絡建設。", ("CA", "ban", "done")),
    ],
)  # fmt: skip
def test_clauses_of_other_languages(
    language: str, site: str, title: str, text: str, expected: tuple[str, str, str]
) -> None:
    assert expected in stages(title, text, language, site)


def test_a_weakness_has_the_product_and_an_attack_its_means() -> None:
    flaw = facts(
        "Critical flaws in Nokia NetAct network management", "Researchers found two flaws in Nokia NetAct."
    )
    assert flaw.incidents[0].victims[0] == "Nokia NetAct" and flaw.incidents[0].actor == ""
    attack = facts(
        "Salt Typhoon hackers breached Verizon through CVE-2023-20198",
        "The hackers of Salt Typhoon broke into the network of Verizon with malware and spied on subscribers.",
    )
    assert "CVE-2023-20198" in attack.incidents[0].method


@pytest.mark.parametrize(
    "title",
    [
        "Android can now switch off 2G to block IMSI catcher attacks",
        "Operators publish guidance to prevent SS7 attacks",
        "Telecom operators rehearse cyberattack on 5G core network in national exercise",
    ],
)
def test_what_is_guarded_against_has_not_happened(title: str) -> None:
    assert not [
        i for i in facts(title, f"{title}. It protects mobile phones.").incidents if i.confidence >= 0.7
    ]


@pytest.mark.parametrize(
    ("title", "text", "language", "status"),
    [
        ("Vodafone denies that hackers stole customer data",
         "Vodafone denied a data breach of its subscriber database.", "en", "denied"),
        ("МТС опровергла утечку данных", "МТС опровергла утечку данных абонентов. Взлома не было.", "ru", "denied"),
        ("Hackers stole data of Vodafone users", "Hackers stole subscriber data. Vodafone denied it.", "en", "alleged"),
        ("Hackers stole data of Vodafone customers", "Vodafone confirmed that subscriber data was stolen.", "en",
         "confirmed"),
    ],
)  # fmt: skip
def test_a_denial_makes_an_incident_denied_or_a_claim(
    title: str, text: str, language: str, status: str
) -> None:
    assert {i.status for i in facts(title, text, language).incidents} == {status}


def test_a_group_that_the_attackers_resemble_is_no_attacker() -> None:
    text = (
        "Salt Typhoon hackers broke into telecom operators' networks and spied on subscribers. The tactics"
        " of Salt Typhoon are similar to those of Lazarus. Lazarus is known for theft."
    )
    incidents = facts("Hackers breach telecom operators", text).incidents
    assert {i.actor for i in incidents if i.confidence >= 0.7} == {"Salt Typhoon"}


def test_other_operators_than_the_one_in_the_title_are_bystanders() -> None:
    text = "Verizon was hacked. Its rivals AT&T and T-Mobile were not. AT&T, T-Mobile and AT&T declined to comment."
    roles = facts("Verizon network hacked", text).roles
    assert {r.entity for r in roles if r.type == "operator" and r.is_subject} == {"verizon"}


def test_a_firm_that_sues_nobody_named_is_no_measure() -> None:
    assert not facts(
        "Huawei sues over 5G lawsuit", "Huawei filed a lawsuit over its 5G network equipment."
    ).measures


@pytest.mark.parametrize("language", ["sw", "xx", "", "zh-Hant"])
def test_any_language_has_facts(language: str) -> None:
    assert facts("Huawei 5G", "Germany bans Huawei from 5G networks.", language).topics
