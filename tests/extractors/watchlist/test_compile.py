from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.judging.features import RETOLD, RETOLD_MANY, RETOLD_TOO
from fivegwatch.extractors.judging.matching import find_hits, find_matches
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.sources.files.watchlist import read_watchlist
from tests.extractors.watchlist_builder import FILES, few_languages, shipped_rules, small_rules

FAULTS = [
    ("an unknown key", "terms/en.toml", "[restriction]", "[restrictoin]", 2, "restriction"),
    ("an unknown key of an entity", "entities/vendor.toml", "aliases", "alias", 3, "aliases"),
    ("a term that folds to nothing", "terms/any.toml", '"5G"', '"--"', 4, "letter"),
    ("a term that is there twice", "terms/en.toml", '"exclude*"', '"BAN"', 3, "Delete"),
    (
        "a table that is there twice",
        "entities/vendor.toml",
        "[huawei]",
        '[huawei]\nname = "x"\n[huawei]',
        3,
        "Keep one",
    ),
    ("text that is not TOML", "terms/en.toml", '["ban"', '["ban', 3, "quotes"),
    ("a regex that is wrong", "rules.toml", "CVE-\\d", "CVE-(\\d", 18, ""),
    ("a regex that repeats a repeat", "rules.toml", "\\d{4}-", "(\\d+)+-", 18, "repeats"),
    ("a regex that matches nothing", "rules.toml", "CVE-\\d{4}-\\d{4,7}", "(CVE)?", 18, ""),
    ("a rule with an unknown facet", "rules.toml", '"restriction!"]', '"bans"]', 15, "restriction"),
    ("a rule with an unknown topic", "rules.toml", '["T01"]', '["T99"]', 16, ""),
    ("an unknown role", "rules.toml", '"negative"', '"bad"', 8, "subject"),
    ("a facet nobody defined", "entities/vendor.toml", '"vendor"', '"vendors"', 5, "vendor"),
    (
        "another name that is a number",
        "entities/vendor.toml",
        "country =",
        "also = [5]\ncountry =",
        4,
        "names",
    ),
    (
        "a group of names with another key",
        "entities/vendor.toml",
        "country =",
        'also = [{ name = "x" }]\ncountry =',
        None,
        "names",
    ),
    ("a context nobody defined", "entities/vendor.toml", "facet =", 'needs = ["@x"]\nfacet =', 5, "@telecom"),
    ("a list that is a string", "terms/en.toml", '["smartphone"]', '"smartphone"', 5, "list"),
    (
        "a context of a term that nobody defined",
        "terms/en.toml",
        '"ban"',
        '{ term = "ban", needs = ["@x"] }',
        3,
        "@telecom",
    ),
    ("a threshold without end", "rules.toml", "threshold = 0.0", "threshold = inf", 2, "number from"),
    ("a threshold that is none", "rules.toml", "threshold = 0.0", "threshold = nan", 2, "number from"),
    (
        "a threshold beyond all scores",
        "rules.toml",
        "threshold = 0.0",
        "threshold = 1e300",
        2,
        "to 1,000,000",
    ),
    ("near misses above the line", "rules.toml", "near_miss = 1.0", "near_miss = -1.5", 3, "number from 0"),
    ("a count without end", "rules.toml", '["T01"]', '["T01"]\ncount = inf', 17, "whole number"),
    ("a term file too deep", "terms/en.toml", '["ban"', "[" * 500 + '"ban"', None, "nested"),
    (
        "a language whose term file is gone",
        "rules.toml",
        "[facets]",
        '[languages]\nlb = ["fr"]\n[facets]',
        5,
        "restore terms/fr.toml",
    ),
    ("an empty rules file", "rules.toml", FILES["rules.toml"], "", None, "init"),
]


@pytest.mark.parametrize(("what", "file", "old", "new", "line", "remedy"), FAULTS, ids=[f[0] for f in FAULTS])
def test_a_fault_is_refused_with_file_line_and_remedy(
    what: str, file: str, old: str, new: str, line: int | None, remedy: str
) -> None:
    assert old in FILES[file]
    with pytest.raises(WatchlistError) as caught:
        compile_rules({**FILES, file: FILES[file].replace(old, new, 1)})
    assert caught.value.file == file
    if line is not None:
        assert caught.value.line == line, str(caught.value)
    assert remedy in str(caught.value)


@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "1e300", "true", '"1"'])
def test_a_weight_is_a_finite_number_of_sane_size(value: str) -> None:
    """Sums of others are no scores: every page would be kept, or none."""
    with pytest.raises(WatchlistError, match=r"weights\.toml:2: \[weights\] base is .*, not a number from"):
        compile_rules({**FILES, "weights.toml": f"[weights]\nbase = {value}\n"})


def test_an_entity_id_is_unique_over_all_files() -> None:
    with pytest.raises(WatchlistError, match=r"already in entities/operator\.toml"):
        compile_rules({**FILES, "entities/operator.toml": '[huawei]\nname = "Other"\n'})


def test_comments_and_order_do_not_change_the_fingerprint_but_terms_do() -> None:
    base = small_rules().fingerprint
    terms = FILES["terms/en.toml"]
    commented = {
        **FILES,
        "terms/en.toml": "# a note\n" + terms.replace('"ban", "exclude*"', '"exclude*", "ban"'),
    }
    assert compile_rules(dict(reversed(commented.items()))).fingerprint == base
    changed = {**FILES, "terms/en.toml": terms.replace('"ban"', '"bans"')}
    assert compile_rules(changed).fingerprint != base


def test_weights_are_part_of_the_fingerprint() -> None:
    weighted = compile_rules({**FILES, "weights.toml": "[weights]\nbase = -1.0\n"})
    assert weighted.fingerprint != small_rules().fingerprint


def test_rules_survive_pickling_and_still_match() -> None:
    rules = pickle.loads(pickle.dumps(shipped_rules()))
    assert rules == shipped_rules()
    assert find_matches("Huawei 5G ban", "", rules, "en") == find_matches(
        "Huawei 5G ban", "", shipped_rules(), "en"
    )


def test_the_shipped_watchlist_has_every_language_and_topic() -> None:
    rules = shipped_rules()
    languages = [
        "ar",
        "cs",
        "de",
        "en",
        "es",
        "fr",
        "hi",
        "it",
        "ja",
        "ko",
        "nl",
        "pl",
        "pt",
        "ru",
        "sv",
        "tr",
        "uk",
        "vi",
        "zh",
    ]
    assert all(rules.languages_of(code) for code in languages)
    assert sorted(rules.topics) == [f"T{n:02}" for n in range(1, 17)]


def test_every_shipped_weight_belongs_to_evidence_that_exists() -> None:
    rules = shipped_rules()
    places = {"title", "lead", "text", "opening", "body"}
    for name in rules.weights:
        if name != "base":
            place, _, what = name.partition(": ")
            assert place in places
            assert (
                what in rules.facets
                or what.split()[-1] in {"rule", "passages", "count", "subjects", "dangers"}
                or "contrary" in what
                or what in ("subject and danger", "little text after it")
                or name in (RETOLD, RETOLD_MANY, RETOLD_TOO)
                or what.removeprefix("against, ") in rules.objections
            )


def test_a_story_without_any_evidence_stays_below_the_threshold() -> None:
    rules = shipped_rules()
    assert rules.weights["base"] < rules.threshold - rules.near_miss


def test_very_short_terms_are_warned_of() -> None:
    rules = compile_rules({**FILES, "terms/nl.toml": 'language = "nl"\n[restriction]\nstrong = ["tv"]\n'})
    assert any("'tv'" in warning for warning in rules.warnings)


KEEP = {"weights.toml": "[weights]\nbase = -1.0\n[keep]\nwide = -2.0\nstrict = 1.5\n"}


@pytest.mark.slow
def test_what_to_keep_moves_the_threshold_and_the_near_misses_with_it() -> None:
    default, balanced, wide, strict = (
        compile_rules({**few_languages(read_watchlist(None, keep)), **KEEP})
        for keep in ("", "balanced", "wide", "strict")
    )
    assert (balanced.threshold, wide.threshold, strict.threshold) == (0.0, -2.0, 1.5)
    assert balanced.near_miss == wide.near_miss == strict.near_miss
    assert len({balanced.fingerprint, wide.fingerprint, strict.fingerprint}) == 3
    assert balanced.fingerprint == default.fingerprint


def test_weights_without_the_distance_that_the_settings_ask_for_are_refused() -> None:
    files = {**read_watchlist(None, "wide"), "weights.toml": "[weights]\nbase = -1.0\n"}
    with pytest.raises(WatchlistError, match="wide is missing"):
        compile_rules(files)


def test_further_names_are_mentions_but_no_evidence() -> None:
    vendor = (
        FILES["entities/vendor.toml"]
        + 'also = ["Hua Wei", { names = ["the Shenzhen firm"], needs = ["router"] }]\n'
    )
    rules = compile_rules({**FILES, "entities/vendor.toml": vendor})
    text = "Hua Wei, Huawei, the Shenzhen firm."
    for part, expected in (("names", ["Hua Wei", "Huawei"]), ("evidence", ["Huawei"])):
        hits = find_hits(text, fold_text(text), rules, "", part)  # type: ignore[arg-type]
        assert [text[start:end] for start, end, _ in hits] == expected
    assert [m.quote for m in find_matches("", "A router of the Shenzhen firm", rules)] == [
        "the Shenzhen firm"
    ]


def test_a_name_with_brackets_is_met_with_and_without_them() -> None:
    vendor = FILES["entities/vendor.toml"].replace('"华为"', '"Secure (Network) Act"')
    rules = compile_rules({**FILES, "entities/vendor.toml": vendor})
    for text in ("the Secure (Network) Act", "the Secure Network Act"):
        assert [m.rule for m in find_matches("", text, rules)] == ["vendor:huawei"]


def test_spellings_of_a_language_are_not_kept_once_it_is_searched_for_evidence() -> None:
    rules = replace(shipped_rules(), _spelt={}, _blocks=None)  # without kept searches, which need no spelling
    text = fold_text("Huawei wurde vom Ausbau der Mobilfunknetze ausgeschlossen").text
    hits = []
    for _ in range(2):
        rules = replace(rules, _scanners={})
        rules.scanner("de", False, "subjects")
        hits.append(rules.scanner("de", False, "evidence").scan(text))
        assert rules._spelt, "names are kept for other languages"
        assert not [number for number in rules._spelt if rules.terms[number].language]
    assert hits[0] and hits[0] == hits[1]
