"""`watchlist check`, `test` and `suggest`: what the author of a watchlist is told before he changes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fivegwatch.extractors.tuning.background import BACKGROUND_FILE, common_terms, read_background
from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.flows.tuning.check import find_faults, loud_terms
from fivegwatch.flows.tuning.suggest import suggest
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.samples import RuleUse, Sample
from tests.extractors.watchlist_builder import FILES
from tests.flows.cli_runner import fivegwatch
from tests.flows.stored import BAN, EXPEL, PHONE, make_corpus, write_watchlist
from tests.storage.contents import contents

WEIGHTS = (
    '[weights]\nbase = -1.5\n"title: strong rule" = 2.0\n"lead: strong rule" = 1.0\n"text: phone" = -0.5\n'
)
OWN = FILES | {"weights.toml": WEIGHTS, "feeds.toml": ""}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus judged by the small watchlist, which lies beside it."""
    folder = tmp_path_factory.mktemp("home")
    texts = [("Huawei ban", BAN), ("Huawei expelled", EXPEL), ("A smartphone", PHONE)]
    make_corpus(
        folder / "corpus.duckdb", OWN, texts, archived=[("Huawei to be expelled", EXPEL), ("Phones", PHONE)]
    )
    (folder / "fivegwatch.toml").write_text("workers = 1\n", encoding="utf-8")
    write_watchlist(folder / "watchlist", OWN)
    return folder


def test_every_file_with_a_fault_is_named_with_its_line() -> None:
    wrong = OWN | {
        "terms/en.toml": FILES["terms/en.toml"] + 'colour = "red"\n',
        "entities/vendor.toml": FILES["entities/vendor.toml"] + "age = 3\n",
        "feeds.toml": '[a]\nurl = "file:///etc/passwd"\n',
    }
    told = find_faults(wrong)
    for place in ("terms/en.toml:6:", "entities/vendor.toml:6:", "feeds.toml:"):
        assert sum(line.startswith(place) for line in told) == 1, told
    assert find_faults(OWN) == []


LANGUAGES = '[languages]\naf = ["nl"]\naz = ["tr"]\n'
SHARED = OWN | {
    "rules.toml": FILES["rules.toml"] + LANGUAGES,
    "terms/nl.toml": '[restriction]\nstrong = ["verbod"]\n',
    "terms/turkish.toml": 'language = "tr"\n[restriction]\nstrong = ["yasak"]\n',
}


@pytest.mark.parametrize("name", [name for name in SHARED if name not in ("rules.toml", "feeds.toml")])
@pytest.mark.parametrize("fault", ['colour = "red"\n', "= 1\n", "x = " + "[" * 500 + "]" * 500 + "\n"])
def test_one_fault_is_one_error_in_the_file_that_has_it(name: str, fault: str) -> None:
    """Files that are right are not accused of what the faulty one would have told them."""
    broken = SHARED | {name: fault + SHARED[name]}
    (told,) = find_faults(broken)
    assert told.startswith(name)


@pytest.mark.parametrize("fault", ["threshold = inf", "threshold = nan", "= 1", "[rules.x]\nal = 1"])
def test_a_fault_of_the_rules_hides_no_fault_of_other_files_that_are_no_toml(fault: str) -> None:
    rules = SHARED["rules.toml"]
    rules = rules.replace("threshold = 0.0", fault) if fault.startswith("thr") else f"{rules}{fault}\n"
    broken = SHARED | {"rules.toml": rules, "terms/nl.toml": "= 1\n", "entities/vendor.toml": "= 1\n"}
    told = sorted(fault.partition(":")[0] for fault in find_faults(broken))
    assert told == ["entities/vendor.toml", "rules.toml", "terms/nl.toml"]


def test_check_says_what_is_wrong_and_its_exit_code_says_that_something_is(
    home: Path, tmp_path: Path
) -> None:
    good = fivegwatch("watchlist", "check", cwd=home)
    assert good.code == 0 and "fit to use" in good.out
    broken = write_watchlist(
        tmp_path / "broken", OWN | {"rules.toml": FILES["rules.toml"] + "[rules.x]\nal = 1\n"}
    )
    bad = fivegwatch("watchlist", "check", broken, "--json", cwd=tmp_path)
    (error,) = json.loads(bad.out)["errors"]
    assert bad.code == 1 and error.startswith(f"{broken}/rules.toml:")
    assert fivegwatch("watchlist", "check", "absent", cwd=home).code == 2


def test_a_term_is_loud_when_it_hits_what_was_rejected_nearly_as_often_as_stories() -> None:
    rules = compile_rules(OWN)
    uses = [
        RuleUse(rule="en:restriction:ban", facet="restriction", kept=40, rejected=30),
        RuleUse(rule="vendor:huawei", facet="vendor", kept=50, rejected=30),
        RuleUse(rule="en:phone:smartphone", facet="phone", kept=1, rejected=90),
        RuleUse(rule="en:restriction:gone", facet="restriction", kept=0, rejected=90),
    ]
    (told,) = loud_terms(uses, {"en": (100, 100)}, rules)
    assert told.startswith("en:restriction:ban: in 30% of 100 rejected pages and 40% of 100 stories (en)")
    assert list(loud_terms(uses, {"en": (100, 20)}, rules)) == []


def test_a_term_is_measured_in_its_own_language_and_a_name_in_all() -> None:
    rules = compile_rules(OWN)
    uses = [
        RuleUse(rule="en:restriction:ban", facet="restriction", kept=0, rejected=30),
        RuleUse(rule="vendor:huawei", facet="vendor", kept=0, rejected=30),
    ]
    (told,) = loud_terms(uses, {"en": (10, 100), "de": (50, 900)}, rules)
    assert told.startswith("en:restriction:ban")
    assert list(loud_terms(uses, {"en": (10, 400), "de": (50, 900)}, rules)) == []


def test_without_a_corpus_everyday_news_tells_which_terms_are_too_common(tmp_path: Path) -> None:
    common = FILES["terms/en.toml"].replace("strong = [", 'strong = ["price", ', 1)
    folder = write_watchlist(tmp_path / "own", OWN | {"terms/en.toml": common})
    lines = [f"The price of bread rose in town {number}." for number in range(4)]
    (folder / "background.toml").write_text(f"en = {json.dumps(lines)}\n", encoding="utf-8")
    told = json.loads(fivegwatch("watchlist", "check", folder, "--json", cwd=tmp_path).out)
    (warning,) = [line for line in told["warnings"] if "everyday news" in line]
    assert ":price: in 4 of 4 lines of everyday news (en)" in warning and lines[0] in warning
    (folder / "background.toml").write_text("en = 'bread'\n", encoding="utf-8")
    broken = json.loads(fivegwatch("watchlist", "check", folder, "--json", cwd=tmp_path).out)
    assert [error for error in broken["errors"] if "background.toml:1:" in error]


def test_labelled_texts_tell_which_terms_hardly_set_stories_apart(tmp_path: Path) -> None:
    folder = write_watchlist(tmp_path / "own", OWN)
    gold = tmp_path / "gold.jsonl"
    rows = [
        {"label": "irrelevant", "title": "A smartphone", "text": f"A ban on toy {n}.", "language": "en"}
        for n in range(20)
    ]
    rows += [{"label": "relevant", "title": "Huawei ban", "text": "5G", "language": "en"}]
    rows += [{"label": "borderline", "title": "5G", "text": "5G", "language": "en"}] * 40
    gold.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    told = json.loads(fivegwatch("watchlist", "check", folder, "--gold", gold, "--json", cwd=tmp_path).out)
    loud = [line for line in told["warnings"] if "irrelevant texts" in line]
    assert len(loud) == 1
    assert loud[0].startswith("en:restriction:ban: in 100% of 20 irrelevant texts and 100% of 1 stories (en)")


@pytest.mark.parametrize(
    "line", ["{", '{"title": "no label"}', '{"label": "good"}', '{"label": "relevant", "text": 3}']
)
def test_a_line_that_is_no_labelled_text_is_named(tmp_path: Path, line: str) -> None:
    folder = write_watchlist(tmp_path / "own", OWN)
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"label": "irrelevant", "title": "x"}\n' + line, encoding="utf-8")
    said = fivegwatch("watchlist", "check", folder, "--gold", gold, cwd=tmp_path)
    assert said.code == 2 and f"{gold}:2:" in said.err


def test_the_shipped_watchlist_has_no_term_that_everyday_news_is_full_of() -> None:
    shipped = read_watchlist(None)
    rules = compile_rules(shipped)
    background = read_background(shipped[BACKGROUND_FILE])
    assert len(background) >= 20 and min(map(len, background.values())) >= 10
    assert (list(common_terms(rules, background)), rules.warnings) == ([], ())


def test_a_proposed_term_tells_what_would_enter_and_writes_nothing(home: Path) -> None:
    before = contents(Layout.for_database(home / "corpus.duckdb"))
    ran = fivegwatch(
        "watchlist", "test", "expel*", "--facet", "restriction", "--language", "en", "--json", cwd=home
    )
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert {change["url"]: change["by"] for change in told["changes"]} == {
        "https://a.example/1": ["+ en:restriction:expel*"],
        "https://b.example/0": ["+ en:restriction:expel*"],
    }
    assert told["enters"] == 2 and told["leaves"] == 0 and told["found"] == {"rejected": 2}
    assert contents(Layout.for_database(home / "corpus.duckdb")) == before


def test_a_proposed_rule_tells_what_would_leave(home: Path, tmp_path: Path) -> None:
    rule = tmp_path / "rule.toml"
    rule.write_text('[rules.ban]\ngrade = "strong"\nall = ["vendor", "phone!"]\n', encoding="utf-8")
    ran = fivegwatch("watchlist", "test", "--rule", rule, cwd=home)
    assert ran.code == 0, ran.err
    assert "leaves" in ran.out and "~ rule ban" in ran.out and "1 leave" in ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["expel*"], "--facet: name what the term is evidence of"),
        (["expel*", "--facet", "colour"], "'colour' is no facet"),
        (["ban", "--facet", "restriction", "--language", "en"], "terms/en.toml:3"),
        (["...", "--facet", "restriction"], "can never match"),
        (["--rule", "absent.toml"], "absent.toml"),
    ],
)
def test_a_proposal_that_makes_no_watchlist_is_refused_with_the_remedy(
    home: Path, arguments: list[str], words: str
) -> None:
    ran = fivegwatch("watchlist", "test", *arguments, cwd=home)
    assert ran.code == 2 and words in ran.err


def pages_of(language: str, stories: list[str], others: list[str]) -> list[Sample]:
    told = [(title, True) for title in stories] + [(title, False) for title in others]
    return [Sample(title=title, text="", language=language, kept=kept) for title, kept in told]


def test_suggestions_set_stories_apart_are_unknown_and_keep_to_their_language() -> None:
    english = pages_of(
        "en",
        [f"Huawei ban: the SIM farm of {town}" for town in ("Lyon", "Porto", "Graz", "Turku")],
        [f"The football of {town}" for town in ("Lyon", "Porto", "Graz", "Turku")] * 3,
    )
    chinese = pages_of("zh", [f"偽基地台案{n}" for n in "甲乙丙丁"], [f"足球賽{n}" for n in "甲乙丙丁"] * 3)
    found = suggest(english + chinese, compile_rules(OWN))
    assert {(item.language, item.expression) for item in found} >= {("en", "SIM farm"), ("zh", "偽基地台")}
    expressions = {item.expression.lower() for item in found}
    # Known to the watchlist; part of a longer one; a function word; of the other side.
    assert not expressions & {"huawei", "ban", "huawei ban", "sim", "farm", "the", "of", "football", "足球"}
    assert all(item.z > 0 and item.example and item.compared == "titles" for item in found)


def test_suggest_says_so_when_nothing_stands_out(home: Path) -> None:
    ran = fivegwatch("watchlist", "suggest", cwd=home)
    assert ran.code == 0 and "Nothing stands out yet" in ran.out
