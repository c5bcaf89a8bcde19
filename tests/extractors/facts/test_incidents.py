"""Incidents: who suffered them, how sure the text is, and where; the table has invented stories in 19 languages."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.story_facts import Incident
from tests.extractors.facts.test_facts import facts

UNNAMED = "telecom operators"


def surest(title: str, text: str, language: str = "en") -> Incident:
    (first, *_) = facts(title, text, language).incidents
    assert first.confidence >= 0.7, first
    return first


@pytest.mark.parametrize(
    ("language", "title", "text", "country"),
    [
        ("en", "Hackers had access to a mobile operator in Kenya for a year",
         "The intruders copied call records from its network. The company was not named.", "KE"),
        ("en", "Several carriers in Asia compromised through unpatched routers",
         "The attackers exploited unpatched Juniper routers to reach the networks of mobile carriers.", ""),
        ("de", "Angreifer drangen in das Netz eines österreichischen Mobilfunkers ein",
         "Unbekannte haben sich Zugang zum Kernnetz eines österreichischen Netzbetreibers verschafft.", "AT"),
        ("ru", "Хакеры взломали оператора связи в Казахстане", "Компания подтвердила взлом.", "KZ"),
        ("vi", "Tin tặc xâm nhập một nhà mạng tại Lào", "Nhà mạng đã xác nhận vụ việc.", "LA"),
        ("zh", "黑客入侵东南亚多家电信运营商", "研究人员称，一个黑客组织窃取通话记录。", ""),
    ],
)  # fmt: skip
def test_an_operator_without_a_name_is_a_victim(language: str, title: str, text: str, country: str) -> None:
    incident = surest(title, text, language)
    assert (incident.victims, incident.country) == ((UNNAMED,), country)


@pytest.mark.parametrize(
    ("language", "title", "text", "victim", "kind", "status"),
    [
        ("en", "Telenor's network hit by intruders", "Telenor confirmed the attack.", "Telenor", "intrusion",
         "confirmed"),
        ("en", "Gang claims to have stolen data of Airtel subscribers", "Bharti Airtel investigates the claim.",
         "Bharti Airtel", "data_theft", "alleged"),
        ("es", "Un grupo afirma haber hackeado a Movistar", "La operadora investiga.", "Movistar", "intrusion",
         "alleged"),
        ("pl", "Hakerzy twierdzą, że wykradli dane abonentów sieci Play", "Operator zaprzecza.", "Play", "data_theft",
         "alleged"),
        ("tr", "Türk Telekom veri sızıntısı iddiasını yalanladı", "Şirket açıklama yaptı.", "Türk Telekom",
         "data_theft", "denied"),
        ("ko", "LG유플러스 \"해킹 정황 없다\" 의혹 부인", "LG유플러스는 고객 정보 유출 의혹을 부인했다.", "LG U+",
         "data_theft", "denied"),
        ("nl", "KPN bevestigt inbraak in beheersysteem",
         "Aanvallers zijn binnengedrongen in een beheersysteem van KPN.", "KPN", "intrusion", "confirmed"),
        ("uk", "Хакери вивели з ладу мережу «Київстар»", "Оператор підтвердив атаку.", "Kyivstar", "disruption",
         "confirmed"),
        ("ja", "NTTドコモに不正アクセスの疑い", "NTTドコモが調べている。", "NTT Docomo", "intrusion", "alleged"),
        ("en", "Optus hit by denial of service attack", "A denial of service attack took Optus offline.", "Optus",
         "disruption", "confirmed"),
    ],
)  # fmt: skip
def test_status_says_who_stands_behind_the_report(
    language: str, title: str, text: str, victim: str, kind: str, status: str
) -> None:
    incident = surest(title, text, language)
    assert (incident.victims[0].lower(), incident.status) == (victim.lower(), status)
    assert incident.kind == kind


def test_a_vendor_is_a_victim_if_it_was_broken_into_and_not_if_it_is_the_way_in() -> None:
    hit = surest("Ribbon breached by state hackers", "Ribbon Communications makes 5G equipment for carriers.")
    assert hit.victims == ("Ribbon Communications",)
    way_in = surest("Hackers breach telecom operators through Cisco routers", "Operators were hacked.")
    assert way_in.victims == (UNNAMED,)
    beside = surest(
        "Ericsson supplier hit by ransomware, operator data leaked", "Operators confirmed the theft."
    )
    assert beside.victims == (UNNAMED,)


@pytest.mark.parametrize(
    ("language", "title", "text", "thing"),
    [
        ("de", "BSI warnt Netzbetreiber vor Lücke in Nokia-Basisstationen",
         "Das Amt rät Betreibern von Mobilfunknetzen, die Nokia-Basisstationen zu aktualisieren.",
         "Nokia base stations"),
        ("en", "New 5G flaw exposes priority networks", "Researchers found a security flaw in its network slicing.",
         "5G network slicing"),
        ("zh", "研究人员披露5G核心网漏洞 可致全网瘫痪", "研究人员发现漏洞。", "5G core"),
        ("en", "Flaw in 5G modems lets attackers crash phones", "Researchers showed the flaw.", "5G modems"),
    ],
)  # fmt: skip
def test_a_weakness_has_the_part_or_device_that_is_weak(
    language: str, title: str, text: str, thing: str
) -> None:
    assert surest(title, text, language).victims[0] == thing


def test_a_vendor_that_is_looked_into_for_spying_makes_an_alleged_incident_and_a_mere_fear_makes_none() -> (
    None
):
    probe = surest(
        "Dutch agency investigates possible Huawei espionage",
        "The service examines whether Huawei was involved in Chinese espionage at a Dutch telecom operator.",
    )
    assert (probe.kind, probe.status) == ("espionage", "alleged")
    fear = facts("Huawei could spy on 5G networks, critics say", "They want Huawei banned from 5G networks.")
    assert not [i for i in fear.incidents if i.confidence >= 0.7]


def test_operators_at_home_in_several_countries_give_an_attack_no_country() -> None:
    incident = surest(
        "Hackers stole data of Telenor and Optus", "Telenor and Optus confirmed the theft of data."
    )
    assert set(incident.victims) == {"Telenor", "Optus"} and incident.country == ""


def test_a_network_that_fails_by_itself_or_is_switched_off_was_not_attacked() -> None:
    for title, text in (
        (
            "Outage cuts off millions of phone users in Chile",
            "Entel said its mobile network was offline for hours.",
        ),
        (
            "Entel blames routing error, not DDoS, for outage",
            "A routing error took the operator's network offline.",
        ),
        ("Swisscom to shut down its 2G network", "The operator said the shutdown affects old phones."),
    ):
        assert all(i.kind != "disruption" or i.confidence < 0.7 for i in facts(title, text).incidents), title
    assert (
        surest("Entel offline after DDoS attack", "The operator's network was attacked.").kind == "disruption"
    )


def test_an_operator_that_a_state_keeps_out_is_not_the_victim_of_the_spying_it_is_accused_of() -> None:
    told = facts(
        "FCC revokes China Telecom licence over espionage fears",
        "The FCC revoked the licence of China Telecom, which could spy on US mobile networks, the regulator said.",
    )
    assert all("China Telecom" not in incident.victims for incident in told.incidents)


def test_a_ransomware_gang_takes_data_and_a_group_of_a_state_spies() -> None:
    gang = surest("Akira ransomware gang hits Telia", "Akira stole customer data from Telia's network.")
    spies = surest("Salt Typhoon hits Telia", "Salt Typhoon stole customer data from Telia's network.")
    assert (gang.kind, gang.actor, spies.kind) == ("data_theft", "Akira", "espionage")


def test_victims_are_those_of_title_and_lead_not_earlier_ones_in_the_background() -> None:
    lead = (
        "A hacker took customer records of Proximus, the Belgian operator said on Monday. "
        + "It is sorry. " * 30
    )
    told = surest("Belgian phone company reports data breach", lead + "Orange Belgium was hacked last year.")
    assert told.victims == ("Proximus",)


def test_a_state_does_not_break_into_its_own_networks() -> None:
    told = surest("AT&T hacked", "AT&T, an operator in the US, was hacked. US hackers claim the data theft.")
    assert (told.country, told.actor) == ("US", "")


def test_the_country_is_that_of_the_title_if_a_sentence_names_several() -> None:
    told = facts(
        "Norway hunts intruders",
        "Hackers breached mobile operators in Norway, Finnish officials said after a meeting.",
    )
    assert [incident.country for incident in told.incidents] == ["NO"]


def test_a_vendor_beside_the_word_for_its_students_was_not_attacked() -> None:
    told = facts(
        "Salt Typhoonのスパイ、Ciscoの研修に参加", "Salt Typhoonのハッカーが研修に参加していた。", "ja"
    )
    assert all("Cisco" not in incident.victims for incident in told.incidents)


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "New attack technique downgrades 5G connections",
            "A university team showed that phones fall back to 4G.",
        ),
        ("ja", "5G接続を古い世代に落とす攻撃手法", "研究チームがモバイルネットワークへの攻撃を実証した。"),
        ("zh", "一种针对5G空口的新攻击方法", "研究团队展示了对移动网络的攻击。"),
    ],
)
def test_an_attack_that_researchers_show_is_a_weakness_and_no_break_in(
    language: str, title: str, text: str
) -> None:
    told = facts(title, text, language).incidents
    assert {(i.kind, i.status) for i in told if i.confidence >= 0.7} == {("vulnerability", "demonstrated")}


def test_researchers_who_tell_of_hackers_report_a_break_in() -> None:
    first, *_ = facts(
        "Hackers attack mobile networks in Africa", "Researchers saw hackers in mobile networks."
    ).incidents
    assert first.kind == "intrusion"


def test_a_product_is_named_after_its_vendor_in_japanese_and_chinese() -> None:
    ja = surest("NokiaのNetActに脆弱性、モバイルネットワークに危険", "研究者が脆弱性を発見した。", "ja")
    zh = surest("诺基亚的NetAct存在漏洞，移动网络面临风险", "研究人员发现漏洞。", "zh")
    assert ja.victims[0] == zh.victims[0] == "Nokia NetAct"


def test_a_bug_that_an_operator_patches_is_a_weakness_in_vietnamese() -> None:
    bug = surest(
        "Vodafone vá lỗi làm rò rỉ vị trí thuê bao", "Lỗi bảo mật nằm trong mạng của Vodafone.", "vi"
    )
    assert bug.kind == "vulnerability"
