from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.judging.matching import find_hits, find_matches
from fivegwatch.extractors.text.folding import fold_term, fold_text
from tests.extractors.watchlist_builder import shipped_rules

NEVER_5G = [
    "a 15G load", "5GB of data", "5 GHz", "5GHz band", "2,5 g of salt", "2.5g", "0,5G", "5g of sugar", "add 5g sugar",
    "pupils of class 5G", "Klasse 5G", "the G5 summit", "5 Gbit/s", "a5G", "5Gx", "10g fat, 5g protein", "5 g Zucker",
    "1.5G", "a 5-g dose", "2.5-G", "5-GHz", "15-G", "5 grams", "3,5g eiwit en 5g suiker",
]  # fmt: skip
ALWAYS_5G = [
    "5G", "5g-netwerk", "(5G)", "5G-Netz", "5G\u2011Netz", "５Ｇ", "4G/5G", "die 5G-Sicherheit", "5G’s risks",
    "支持5G网络", "5G망", "الـ5G", "5G-сети", "\u20185G\u2019", "5\u200bG", "the 5G, he said",
    "5-G", "the 5\u2011G network", "5\u2010G-Netz", "5\u2212G", "４－Ｇ/5-G",
]  # fmt: skip


def generation(text: str, language: str = "") -> list[str]:
    matches = find_matches("", text, shipped_rules(), language)
    return [m.quote for m in matches if m.facet == "generation" and "5g" in fold_term(m.quote)]


@pytest.mark.parametrize("text", NEVER_5G)
def test_what_only_looks_like_5g_does_not_match(text: str) -> None:
    assert not generation(text)


@pytest.mark.parametrize("text", ALWAYS_5G)
def test_5g_is_found_however_it_is_written(text: str) -> None:
    assert generation(text)


INFLECTED = [
    ("de", "Die Mobilfunknetzbetreiber", "network"),
    ("de", "mit Huawei-Komponenten gebaut", "direct"),
    ("nl", "de zendmasten", "network"),
    ("pl", "o wykluczeniu dostawców", "restriction"),
    ("pl", "w sieciach komórkowych", "network"),
    ("cs", "v mobilních sítích", "network"),
    ("ru", "в мобильных сетях", "network"),
    ("uk", "мобільного оператора", "operator"),
    ("es", "las operadoras móviles", "operator"),
    ("fr", "les équipementiers", "network"),
    ("it", "le stazioni base", "network"),
    ("pt", "as operadoras", "operator"),
    ("tr", "Huawei'nin ekipmanlarını yasakladı", "restriction"),
    ("sv", "operatörernas kärnnät", "network"),
    ("hi", "दूरसंचार कंपनियों", "operator"),
    ("ar", "وبشبكات الاتصالات", "network"),
    ("ja", "通信事業者は", "operator"),
    ("ko", "통신사들은", "operator"),
    ("zh", "运营商须拆除设备", "restriction"),
    ("vi", "các nhà mạng lớn", "operator"),
]


@pytest.mark.parametrize(("language", "text", "facet"), INFLECTED)
def test_terms_are_found_inflected_and_compounded(language: str, text: str, facet: str) -> None:
    assert facet in {m.facet for m in find_matches("", text, shipped_rules(), language)}


def rules_hit(text: str, language: str = "en", title: str = "") -> set[str]:
    return {m.rule for m in find_matches(title, text, shipped_rules(), language)}


def test_an_ambiguous_name_counts_only_near_its_context() -> None:
    assert "operator:orange" not in rules_hit("An orange and three apples. Orange is a colour.")
    assert "operator:orange" in rules_hit("Orange runs a mobile network in France.")
    assert "operator:orange" in rules_hit("Orange said so.", title="Telecom operator fined")


def test_a_name_in_capitals_needs_its_capitals() -> None:
    assert "any:network:RAN" not in rules_hit("she ran away from the mobile network shop")
    assert "any:network:RAN" in rules_hit("a flaw in the RAN software of mobile networks")


def test_identifiers_are_found_whole() -> None:
    quotes = {
        m.quote
        for m in find_matches("", "CVE-2024-12345, TS 33.501, FGT5042, CVD-2023-0071.", shipped_rules())
    }
    assert {"CVE-2024-12345", "TS 33.501", "FGT5042", "CVD-2023-0071"} <= quotes


def test_terms_of_a_language_do_not_match_texts_of_another() -> None:
    assert "nl:policy:wet" not in rules_hit("a wet day", "en")
    assert "nl:policy:wet" in rules_hit("de wet", "nl")


def test_vietnamese_accents_matter_in_short_words() -> None:
    assert not any("ảnh" in rule for rule in rules_hit("Anh nói", "vi"))


def test_a_longer_phrase_hides_what_it_is_not_about() -> None:
    assert not any(m.facet == "network" for m in find_matches("", "a social network", shipped_rules(), "en"))


SCRIPTS = st.sampled_from(
    ["Huawei", "华为", "5G", "Salt Typhoon", "IMSI catcher", "rip and replace", "Хуавей", "هواوي", "baseband"]
)
FILLER = st.text(st.sampled_from("ab éßж 的 ,.\n\u00ad\u200b한ش"), max_size=30)


def _disguise(term: str, how: str) -> str:
    if how == "wide":
        return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in term)
    if how == "soft":
        return "\u00ad".join(term) if " " not in term else term
    if how == "zero":
        return "\u200b".join(term) if " " not in term else term
    if how == "nbsp":
        return term.replace(" ", "\u00a0")
    if how == "dash":
        return term.replace(" ", "\u2011")
    if how == "nfd":
        return unicodedata.normalize("NFD", term)
    if how == "upper":
        return term.upper()
    return term.translate(str.maketrans("aeo", "аео")) if term.isascii() and len(term) > 3 else term


HOW = st.sampled_from(["wide", "soft", "zero", "nbsp", "dash", "nfd", "upper", "lookalike", "plain"])


@settings(max_examples=200)
@given(FILLER, SCRIPTS, HOW, FILLER, st.booleans())
def test_a_planted_term_is_found_in_any_disguise_and_quotes_slice(
    before: str, term: str, how: str, after: str, in_title: bool
) -> None:
    text = f"{before} {_disguise(term, how)} {after}"
    title, body = (text, "") if in_title else ("", text)
    matches = find_matches(title, body, shipped_rules())
    for match in matches:
        field = title if match.field == "title" else body
        assert field[match.start : match.end] == match.quote
    assert any(fold_term(term) in fold_term(match.quote) for match in matches), matches


def test_matches_of_labelled_texts_slice_to_their_quotes(shared) -> None:  # type: ignore[no-untyped-def]
    from benchmarks.labelled import read_labelled

    for item in read_labelled(shared / "data" / "relevance" / "dev.jsonl"):
        for match in find_matches(item.article.title, item.article.text, shipped_rules(), item.language):
            field = item.article.title if match.field == "title" else item.article.text
            assert field[match.start : match.end] == match.quote


def test_a_short_word_without_accents_does_not_match_one_with_accents() -> None:
    rules = shipped_rules()
    assert [m.quote for m in find_matches("", "En lag om mobilnät", rules, "sv") if m.rule == "sv:policy:lag"]
    assert not [m for m in find_matches("", "Mobilnätet låg nere", rules, "sv") if m.rule == "sv:policy:lag"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The Kyivstar attack wiped servers.", {"kyivstar-attack-2023", "kyivstar"}),
        ("SK텔레콤 유심 해킹 사태", {"skt-usim-breach", "sk-telecom"}),
        ("Operation Soft Cell hit mobile networks.", {"operation-soft-cell"}),
        ("5Ghoul and SNI5GECT are attacks.", {"5ghoul", "sni5gect"}),
    ],
)
def test_named_events_and_attacks_are_mentions_and_hide_no_name(text: str, names: set[str]) -> None:
    rules = shipped_rules()
    by_id = {f"{e.type}:{e.id}": e.id for e in rules.entities.values()}
    found = {by_id[m.rule] for m in find_matches("", text, rules) if m.rule in by_id}
    assert names <= found
    assert {rules.entities[name].type for name in names} & {"event", "attack"}


def test_an_operator_is_a_subject_only_near_words_of_phones() -> None:
    rules = shipped_rules()

    def strong(text: str) -> bool:
        return any(
            rules.masks[hit[2]] & rules.facets["operator"].bit << 1
            for hit in find_hits(text, fold_text(text), rules, "en", "evidence")
        )

    assert strong("Hackers hit a carrier and its text messages.")
    assert not strong("Hackers hit a carrier of parcels.")


@pytest.mark.parametrize(
    ("language", "text", "named"),
    [
        ("en", "Huaweiss opens a shop", set()),
        ("en", "Nokian Tyres raises its forecast", set()),
        ("de", "Der Reifenhersteller Nokian Tyres wächst", set()),
        ("fr", "Le groupe Huaweis a dit", set()),
        ("en", "Ericssonia is an island", set()),
        ("en", "Huawei's rivals", {"huawei"}),
        ("de", "Huaweis Technik", {"huawei"}),
        ("pl", "Umowa z Huaweiem i Ericssonem", {"huawei", "ericsson"}),
        ("cs", "Bez Huaweie a Ericssonu", {"huawei", "ericsson"}),
        ("fi", "Nokian verkko ja Huawein laitteet", {"nokia", "huawei"}),
        ("hr", "Huaweijev zakon", {"huawei"}),
        ("ru", "Сети Huawei и Nokia", {"huawei", "nokia"}),
        ("ko", "한국의 Huawei는", {"huawei"}),
        ("", "Nokian verkko ja Huaweiem", {"nokia", "huawei"}),
        ("", "Huaweiss", set()),
    ],
)
def test_a_name_has_the_endings_of_its_language_and_no_others(
    language: str, text: str, named: set[str]
) -> None:
    rules = shipped_rules()
    found = {m.rule.partition(":")[2] for m in find_matches("", text, rules, language) if ":" in m.rule}
    assert found & {"huawei", "nokia", "ericsson"} == named
