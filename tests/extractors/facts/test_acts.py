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


def surely(title: str, text: str, language: str) -> set[tuple[str, str, str]]:
    told = facts(title, text, language)
    return {(m.by, m.action, m.target) for m in told.measures if m.confidence >= 0.7}


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "Norway bans Huawei from its 5G networks",
            "Source: https://paper.example/item?id=7 Points: 3",
        ),
        ("de", "Norwegen verbietet Huawei in 5G-Netzen", "Quelle: https://blatt.example/artikel?nr=7&s=2"),
    ],
)
def test_the_question_mark_of_an_address_asks_nothing(language: str, title: str, text: str) -> None:
    assert stages(title, text, language) == {("NO", "ban", "done")}


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Denmark investigates outage at operator with Huawei equipment",
         "The Danish government investigates the outage that cut off the network of a carrier with Huawei routers."),
        ("ja", "ベルギー通信障害を調査", "ベルギー政府はHuawei製機器を使う通信事業者の通信障害を調査している。"),
    ],
)  # fmt: skip
def test_who_looks_into_an_outage_reviews_no_vendor(language: str, title: str, text: str) -> None:
    assert not [act for act in surely(title, text, language) if act[1] == "review"]
    review = surely(
        "Denmark reviews Huawei's role in its 5G networks", "The government reviews Huawei.", "en"
    )
    assert ("DK", "review", "Huawei") in review


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "US: Huawei could reach networks",
            "Officials say a flaw would allow Huawei to spy on the US networks.",
        ),
        ("es", "EE.UU. acusa a Huawei", "Una puerta trasera permite a Huawei espiar las redes 5G de EE.UU."),
    ],
)
def test_what_lets_a_vendor_spy_does_not_admit_it(language: str, title: str, text: str) -> None:
    assert not [act for act in surely(title, text, language) if act[1] == "allow"]
    assert ("US", "allow", "Huawei") in surely(
        "US allows Huawei to supply 5G equipment", "The US allows Huawei to supply networks.", "en"
    )


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("ja", "英国の5G網に弱点", "研究者は英国の通信事業者の5G網で認証前の通信が見えると報告した。"),
        ("zh", "英国5G网络存在弱点", "研究人员称，英国电信运营商的网络没有检测到身份认证前的攻击。"),
    ],
)
def test_authentication_and_detection_certify_nothing(language: str, title: str, text: str) -> None:
    assert not [act for act in surely(title, text, language) if act[1] == "certify"]


def test_a_chinese_list_of_states_is_one_clause() -> None:
    lead = "波蘭政府宣布禁止華為參與5G網絡。"
    others = "美國、英國、澳洲、紐西蘭均已宣布封殺華為。"
    acts = surely("波蘭禁止華為參與5G網絡", lead + others, "zh")
    assert {act[0] for act in acts} == {"PL"}


def test_words_for_security_and_bills_are_no_negation_in_korean() -> None:
    tabled = "한국 국회에 통신망에서 화웨이 장비를 퇴출하는 보안 법안이 발의됐다."
    text = f"{tabled} 통신사는 3년 안에 화웨이 5G 장비를 교체해야 한다."
    statuses = {m.status for m in facts("한국 국회, 화웨이 5G 장비 퇴출 법안 발의", text, "ko").measures}
    assert statuses and statuses.isdisjoint(("rejected", "lifted"))


def test_a_sanction_that_somebody_says_is_needed_is_not_in_force() -> None:
    text = "美國國防部長表示，美國需要對華為加強出口管制。"
    sanctions = [m for m in facts("美國防長談華為", text, "zh").measures if m.action == "sanction"]
    assert [m.status for m in sanctions] == ["demanded"]


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "In letter to UK, US senators warn against Huawei in 5G",
            "They told Britain to think of Huawei again.",
        ),
        ("zh", "美國參議員致信英國，敦促不用華為5G設備", "參議員說，華為是危險。"),
    ],
)
def test_who_gets_a_letter_advises_nobody(language: str, title: str, text: str) -> None:
    assert {act[0] for act in surely(title, text, language) if act[1] == "advise"} <= {"US"}


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "VEON and its network",
            "VEON replaces 5G equipment from Ericsson with that of Huawei in its network.",
        ),
        (
            "nl",
            "VEON en zijn netwerk",
            "VEON vervangt 5G-apparatuur van Ericsson door die van Huawei in zijn netwerk.",
        ),
    ],
)
def test_a_vendor_that_replaces_another_is_not_phased_out(language: str, title: str, text: str) -> None:
    assert not [act for act in surely(title, text, language) if act[1] == "phase_out"]
    assert ("Telenor", "phase_out", "Huawei") in surely(
        "Telenor and its network",
        "Telenor removes Huawei, whose equipment is replaced by Ericsson in its network.",
        "en",
    )
