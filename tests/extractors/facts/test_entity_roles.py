"""Which named firms, actors, operators and laws are subjects of a story, and which are bystanders."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.facts.country_codes import country_codes, country_hint, is_country
from fivegwatch.extractors.facts.country_roles import country_roles
from fivegwatch.extractors.facts.facts_of_story import read_facts
from fivegwatch.extractors.facts.reading import read_story
from fivegwatch.extractors.model import Article
from tests.extractors.watchlist_builder import shipped_rules


def subjects(kind: str, title: str, text: str, language: str = "en", site: str = "") -> set[str]:
    article = Article(id="a", url="", title=title, text=text, language=language, site=site)
    roles = read_facts(article, shipped_rules()).roles
    return {role.entity for role in roles if role.type == kind and role.is_subject}


def test_customers_listed_as_examples_are_bystanders() -> None:
    lead = (
        "Routehub sends text messages for over 300 operators, among them Vodafone, Orange, Telia and Verizon."
    )
    assert subjects("operator", "A messaging firm opens an office", lead) == set()


def test_victims_listed_as_examples_are_subjects() -> None:
    lead = "The espionage campaign breached several carriers, including Verizon, AT&T, Windstream and Cox."
    found = subjects("operator", "Hackers spied on American carriers", lead)
    assert {"verizon", "at-t", "windstream"} <= found


@pytest.mark.parametrize(
    ("language", "lead"),
    [
        (
            "en",
            "The tools of UAT-9244, which overlap with FamousSparrow, were seen at an operator that was hacked.",
        ),
        (
            "fr",
            "Le groupe UAT-9244, dont les tactiques se rapprochent de FamousSparrow, a infiltré un opérateur.",
        ),
    ],
)
def test_a_group_that_the_attacker_resembles_is_a_bystander(language: str, lead: str) -> None:
    assert subjects("threat_actor", "Telecoms hacked", lead, language) == {"uat-9244"}


def test_the_firm_of_the_author_is_not_in_question() -> None:
    text = "Por Ana Ruiz, vicepresidenta de estrategia en Fortinet. Las redes 5G de Huawei amplían el riesgo."
    assert subjects("vendor", "El impacto de las redes 5G en la seguridad", text, "es") == {"huawei"}


def test_a_list_in_everyday_words_names_the_law_only_in_company() -> None:
    lead = "Huawei werd door het Amerikaanse ministerie op een zwarte lijst geplaatst."
    assert "entity-list" in subjects("law", "Maatregelen tegen Huawei uitgesteld", lead, "nl")
    other = "De gemeente zet vervuilers van 5G-masten op een zwarte lijst."
    assert subjects("law", "Zwarte lijst voor vervuilers", other, "nl") == set()


@pytest.mark.parametrize(
    ("language", "title", "law"),
    [
        ("en", "MPs debate the Telecommunications (Security) Bill", "telecommunications-security-act-2021"),
        ("pl", "Rząd wycofał ustawę Lex Huawei", "ksc-act"),
        ("de", "Kabinett beschließt Lex Huawei", "it-sicherheitsgesetz-2-0"),
        ("ro", "Legea 163/2021 exclude Huawei din rețelele 5G", "ro-law-163-2021"),
        ("zh", "商务部把华为列入不可靠实体清单以外的名单", "cn-unreliable-entity-list"),
    ],
)
def test_laws_under_the_names_of_their_press(language: str, title: str, law: str) -> None:
    assert subjects("law", title, title, language) == {law}


def test_a_state_is_less_of_a_subject_where_others_act() -> None:
    text = "The UK government bans Huawei from 5G networks. Washington had pressed for it; the US welcomes the ban."
    article = Article(id="a", url="", title="UK bans Huawei from 5G networks", text=text, language="en")
    reading = read_story(article, shipped_rules())
    alone, beside = (
        {role.entity: role.confidence for role in country_roles(reading, acting)}
        for acting in (frozenset({"US"}), frozenset({"GB"}))
    )
    assert beside["US"] < alone["US"] and beside["GB"] > 0.9


def test_codes_that_are_no_country_have_a_hint() -> None:
    assert {"DE", "EU", "XK", "TW"} <= set(country_codes())
    assert not any(is_country(code) for code in ("ZZ", "XA", "QO", "UN", "UK", "de", ""))
    assert (
        "'GB'" in country_hint("UK")
        and "'DE'" in country_hint("germany")
        and "ISO 3166-1" in country_hint("ZZ")
    )
