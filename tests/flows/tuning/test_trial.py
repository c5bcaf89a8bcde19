"""`watchlist test`: what a proposed term or rule would have changed in the corpus."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fivegwatch.storage.disk.layout import Layout
from tests.flows.cli_runner import fivegwatch
from tests.storage.contents import contents

pytestmark = pytest.mark.slow


def test_a_proposed_term_shows_what_would_enter_and_writes_nothing(home: Path) -> None:
    before = contents(Layout.for_database(home / "corpus.duckdb"))
    ran = fivegwatch(
        "watchlist", "test", "expel*", "--facet", "restriction", "--language", "en", "--json", cwd=home
    )
    assert ran.code == 0, ran.err
    changes = json.loads(ran.out)
    assert {change["url"]: change["by"] for change in changes["changes"]} == {
        "https://a.example/1": ["+ en:restriction:expel*"],
        "https://b.example/0": ["+ en:restriction:expel*"],
    }
    assert changes["enters"] == 2 and changes["leaves"] == 0 and changes["found"] == {"rejected": 2}
    assert contents(Layout.for_database(home / "corpus.duckdb")) == before


def test_a_proposed_rule_shows_what_would_leave(home: Path, tmp_path: Path) -> None:
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
def test_a_proposal_that_does_not_compile_is_refused_with_the_remedy(
    home: Path, arguments: list[str], words: str
) -> None:
    ran = fivegwatch("watchlist", "test", *arguments, cwd=home)
    assert ran.code == 2 and words in ran.err
