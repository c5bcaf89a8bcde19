"""`watchlist check`: every fault of the files, and the terms that hardly set stories apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fivegwatch.extractors.tuning.background import BACKGROUND_FILE, common_terms, read_background
from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.flows.tuning.check import find_faults, loud_terms
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.storage.read.samples import RuleUse
from tests.extractors.watchlist_builder import FILES
from tests.flows.cli_runner import fivegwatch
from tests.flows.stored import write_watchlist
from tests.flows.tuning.conftest import OWN

pytestmark = pytest.mark.slow


def test_every_file_with_a_fault_is_named_with_its_line() -> None:
    wrong = OWN | {
        "terms/en.toml": FILES["terms/en.toml"] + 'colour = "red"\n',
        "entities/vendor.toml": FILES["entities/vendor.toml"] + "age = 3\n",
        "feeds.toml": '[a]\nurl = "file:///etc/passwd"\n',
    }
    faults = find_faults(wrong)
    for place in ("terms/en.toml:6:", "entities/vendor.toml:6:", "feeds.toml:"):
        assert sum(line.startswith(place) for line in faults) == 1, faults
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
    """Files without faults are not blamed for what the faulty file should have defined."""
    broken = SHARED | {name: fault + SHARED[name]}
    (fault_line,) = find_faults(broken)
    assert fault_line.startswith(name)


@pytest.mark.parametrize("fault", ["threshold = inf", "threshold = nan", "= 1", "[rules.x]\nal = 1"])
def test_a_fault_of_the_rules_hides_no_other_file_that_is_not_toml(fault: str) -> None:
    rules = SHARED["rules.toml"]
    rules = rules.replace("threshold = 0.0", fault) if fault.startswith("thr") else f"{rules}{fault}\n"
    broken = SHARED | {"rules.toml": rules, "terms/nl.toml": "= 1\n", "entities/vendor.toml": "= 1\n"}
    files = sorted(fault.partition(":")[0] for fault in find_faults(broken))
    assert files == ["entities/vendor.toml", "rules.toml", "terms/nl.toml"]


def test_check_lists_the_faults_and_its_exit_code_is_1_if_there_are_any(home: Path, tmp_path: Path) -> None:
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
    (warning,) = loud_terms(uses, {"en": (100, 100)}, rules)
    assert warning.startswith("en:restriction:ban: in 30% of 100 rejected pages and 40% of 100 stories (en)")
    assert list(loud_terms(uses, {"en": (100, 20)}, rules)) == []


def test_a_term_is_measured_in_its_own_language_and_a_name_in_all() -> None:
    rules = compile_rules(OWN)
    uses = [
        RuleUse(rule="en:restriction:ban", facet="restriction", kept=0, rejected=30),
        RuleUse(rule="vendor:huawei", facet="vendor", kept=0, rejected=30),
    ]
    (warning,) = loud_terms(uses, {"en": (10, 100), "de": (50, 900)}, rules)
    assert warning.startswith("en:restriction:ban")
    assert list(loud_terms(uses, {"en": (10, 400), "de": (50, 900)}, rules)) == []


def test_terms_common_in_everyday_news_are_warned_of_without_a_corpus(tmp_path: Path) -> None:
    common = FILES["terms/en.toml"].replace("strong = [", 'strong = ["price", ', 1)
    folder = write_watchlist(tmp_path / "own", OWN | {"terms/en.toml": common})
    lines = [f"The price of bread rose in town {number}." for number in range(4)]
    (folder / "background.toml").write_text(f"en = {json.dumps(lines)}\n", encoding="utf-8")
    checked = json.loads(fivegwatch("watchlist", "check", folder, "--json", cwd=tmp_path).out)
    (warning,) = [line for line in checked["warnings"] if "everyday news" in line]
    assert ":price: in 4 of 4 lines of everyday news (en)" in warning and lines[0] in warning
    (folder / "background.toml").write_text("en = 'bread'\n", encoding="utf-8")
    broken = json.loads(fivegwatch("watchlist", "check", folder, "--json", cwd=tmp_path).out)
    assert [error for error in broken["errors"] if "background.toml:1:" in error]


def test_terms_as_frequent_in_irrelevant_labelled_texts_are_warned_of(tmp_path: Path) -> None:
    folder = write_watchlist(tmp_path / "own", OWN)
    gold = tmp_path / "gold.jsonl"
    rows = [
        {"label": "irrelevant", "title": "A smartphone", "text": f"A ban on toy {n}.", "language": "en"}
        for n in range(20)
    ]
    rows += [{"label": "relevant", "title": "Huawei ban", "text": "5G", "language": "en"}]
    rows += [{"label": "borderline", "title": "5G", "text": "5G", "language": "en"}] * 40
    gold.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    checked = json.loads(fivegwatch("watchlist", "check", folder, "--gold", gold, "--json", cwd=tmp_path).out)
    loud = [line for line in checked["warnings"] if "irrelevant texts" in line]
    assert len(loud) == 1
    assert loud[0].startswith("en:restriction:ban: in 100% of 20 irrelevant texts and 100% of 1 stories (en)")


@pytest.mark.parametrize(
    "line", ["{", '{"title": "no label"}', '{"label": "good"}', '{"label": "relevant", "text": 3}']
)
def test_a_line_that_is_not_a_labelled_text_is_named(tmp_path: Path, line: str) -> None:
    folder = write_watchlist(tmp_path / "own", OWN)
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"label": "irrelevant", "title": "x"}\n' + line, encoding="utf-8")
    ran = fivegwatch("watchlist", "check", folder, "--gold", gold, cwd=tmp_path)
    assert ran.code == 2 and f"{gold}:2:" in ran.err


def test_the_shipped_watchlist_has_no_term_common_in_everyday_news() -> None:
    shipped = read_watchlist(None)
    rules = compile_rules(shipped)
    background = read_background(shipped[BACKGROUND_FILE])
    assert len(background) >= 20 and min(map(len, background.values())) >= 10
    assert (list(common_terms(rules, background)), rules.warnings) == ([], ())
