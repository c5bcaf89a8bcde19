"""``subject.toml``, lent files, and the judgement of a watchlist without trained weights."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.extractors.watchlist.subject import LENT, described
from fivegwatch.sources.files.watchlist import read_watchlist, shipped_names, shipped_watchlist
from tests.extractors.watchlist_builder import FILES, few_languages
from tests.storage.builders import make_article

SURE = FILES | {"entities/vendor.toml": FILES["entities/vendor.toml"] + "strong = true\n"}
REST = " The council met on Monday. It talked about the budget of the schools. Nothing was decided." * 3
BAN = "Ministers exclude Huawei for good."


@pytest.mark.parametrize(
    ("title", "text", "kept"),
    [
        ("Ministers exclude Huawei", REST, True),
        ("Council meets", BAN + REST, True),
        ("Council meets", REST + REST + " " + BAN, False),
        ("Ministers exclude Huawei smartphone", "A smartphone." + REST, False),
        ("Huawei in town", REST, False),
        ("Council meets", REST, False),
    ],
    ids=["title", "lead", "one sentence at the end", "spoken against", "subject alone", "nothing"],
)
def test_without_weights_the_grades_of_rules_decide(title: str, text: str, kept: bool) -> None:
    decision = judge(
        make_article("https://a.example/1", text, title=title, language="en"), compile_rules(SURE)
    )
    assert decision.relevant is kept, decision


def test_a_folder_from_before_is_lent_what_it_lacks_and_keeps_its_fingerprint(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = read_watchlist(tmp_path)
    assert {name for name in files if name.startswith(LENT)} == {f"{LENT}subject.toml", f"{LENT}topics.toml"}
    rules = compile_rules(files)
    assert rules.fingerprint == compile_rules(FILES).fingerprint
    assert rules.subject.no_danger == {"restriction"} and set(rules.topic_weights) == {"T01"}
    assert read_watchlist(None).keys() >= {"subject.toml", "topics.toml"}


def test_faults_of_subject_toml_name_file_and_line() -> None:
    wrong = (
        'name = "My List"\n[wording]\nneither = "{what}"\n[facets]\nno_danger = ["bans"]\n'
        '[facts.scopes]\ncore = "("\n[topics]\nT99 = "x"\n'
    )
    with pytest.raises(WatchlistError) as caught:
        compile_rules({**FILES, "subject.toml": wrong})
    for line in (1, 3, 5, 7, 9):
        assert f"subject.toml:{line}:" in str(caught.value)


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_watchlist_compiles_without_warnings_and_describes_its_topics(name: str) -> None:
    files = shipped_watchlist(name)
    rules = compile_rules(files)
    words = described(files)
    assert rules.subject.name == name and words.title and not rules.warnings
    assert {code for code, _, _ in words.topics} == set(rules.topics) and all(
        text for _, _, text in words.topics
    )
    assert words.scopes.keys() == {scope for scope, _ in rules.subject.scopes}


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_names())
def test_a_subject_file_from_before_a_key_is_lent_it_and_one_that_has_it_empty_is_not(
    name: str, tmp_path: Path
) -> None:
    files = few_languages(shipped_watchlist(name))
    newest = r"^(?:contested = |\[facts\.(?:groups|described|scope_words)\]).*?(?=^\[)"
    older = re.sub(newest, "", files["subject.toml"], flags=re.DOTALL | re.MULTILINE)
    newer = older.replace('victims = "', 'contested = []\nvictims = "')
    for text, contested in ((older, {"CN", "RU"}), (newer, set())):
        for file in (
            "rules.toml",
            "subject.toml",
            *(f for f in files if f.startswith(("terms/", "entities/"))),
        ):
            (tmp_path / file).parent.mkdir(exist_ok=True)
            (tmp_path / file).write_text(text if file == "subject.toml" else files[file])
        rules = compile_rules(read_watchlist(tmp_path))
        assert rules.subject.contested == contested
        assert bool(described(read_watchlist(tmp_path)).scopes) == bool(contested)
