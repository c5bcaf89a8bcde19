"""A watchlist with one thing more in it, and what that changed for an article."""

from __future__ import annotations

import tomllib

import pytest

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Article, Part
from fivegwatch.extractors.tuning.proposals import with_rules, with_term
from fivegwatch.extractors.tuning.rule_changes import RuleChanges, moved_parts
from fivegwatch.extractors.tuning.what_if import what_would_flip
from fivegwatch.extractors.watchlist.compile import compile_rules
from tests.extractors.watchlist_builder import FILES

WEIGHTS = {"weights.toml": '[weights]\nbase = -1.5\n"title: strong rule" = 2.0\n"lead: strong rule" = 1.0\n'}


def article(title: str, text: str = "", language: str = "en") -> Article:
    return Article(id="x", url="https://a.example/", title=title, text=text, language=language)


@pytest.mark.parametrize(
    ("facet", "language", "strong"),
    [
        ("restriction", "en", True),  # a list that is there
        ("restriction", "en", False),  # a facet without that list
        ("vendor", "en", True),  # no such facet in the file
        ("restriction", "de", True),  # no such file
        ("generation", "", True),  # every language
    ],
)
def test_a_proposed_term_is_found_and_nothing_else_changes(facet: str, language: str, strong: bool) -> None:
    term = 'the "great" purge'
    files = with_term(FILES, term, facet=facet, language=language, strong=strong)
    name = f"terms/{language or 'any'}.toml"
    old, new = tomllib.loads(FILES.get(name, "")), tomllib.loads(files[name])
    assert term in new[facet]["strong" if strong else "weak"]
    assert {k: v for k, v in new.items() if k not in (facet, "language")} == {
        k: v for k, v in old.items() if k not in (facet, "language")
    }
    changes = RuleChanges(compile_rules(FILES), compile_rules(files))
    assert list(changes.terms.values()) == ["+"] and not changes.combinations and not changes.weights
    met = changes.met_by(article("The great purge begins", language=language or "en"))
    assert [line.split(" ", 1)[0] for line in met] == ["+"]


def test_a_term_that_is_there_is_refused_with_its_line() -> None:
    with pytest.raises(WatchlistError, match=r"terms/en.toml:3: \[restriction\] strong holds 'BAN' already"):
        with_term(FILES, "BAN", facet="restriction", language="en")


def test_a_proposed_rule_is_added_or_replaces_the_one_of_its_name() -> None:
    added = with_rules(FILES, '[rules.new]\nall = ["generation"]\n', file="p.toml")
    replaced = with_rules(FILES, '[rules.ban]\ngrade = "weak"\nall = ["vendor"]\n', file="p.toml")
    before = compile_rules(FILES)
    assert RuleChanges(before, compile_rules(added)).combinations == {"new": "+"}
    assert RuleChanges(before, compile_rules(replaced)).combinations == {"ban": "~"}
    for fragment in ("", "[terms]\nx = 1\n", "[rules"):
        with pytest.raises(WatchlistError, match=r"p\.toml"):
            with_rules(FILES, fragment, file="p.toml")


def test_a_facet_added_before_the_others_changes_no_rule() -> None:
    facet = '[facets]\nfirst = { role = "topic", label = "first" }\n'
    more = FILES | {"rules.toml": FILES["rules.toml"].replace("[facets]\n", facet)}
    assert RuleChanges(compile_rules(FILES), compile_rules(more)).combinations == {}


def test_an_article_without_changed_terms_is_explained_by_weights_and_threshold() -> None:
    before = compile_rules(FILES | WEIGHTS)
    other = FILES | {"weights.toml": WEIGHTS["weights.toml"].replace("2.0", "1.0")}
    other["rules.toml"] = other["rules.toml"].replace("threshold = 0.0", "threshold = 0.5")
    told = RuleChanges(before, compile_rules(other)).met_by(article("Huawei ban"))
    assert told == ("threshold 0.00 to 0.50", "weight title: strong rule -1.00")


def test_the_parts_that_moved_most_come_first() -> None:
    old = (Part(name="base", value=-1.0), Part(name="gone", value=0.5))
    new = (Part(name="base", value=-1.0), Part(name="new", value=2.0))
    assert moved_parts(old, new) == (Part(name="new", value=2.0), Part(name="gone", value=-0.5))


def test_what_would_have_kept_a_rejected_story_is_the_facet_it_lacks() -> None:
    rules = compile_rules(FILES | WEIGHTS)
    story = article("Huawei sells 5G phones", "Huawei sells 5G phones in many shops.")
    decision = judge(story, rules)
    assert not decision.relevant
    missing = what_would_flip(story, decision, rules)
    assert missing[0].facet == "restriction" and missing[0].score >= rules.threshold
    changed = article(f"{story.title} {missing[0].example}", story.text)
    assert judge(changed, rules).relevant


def test_what_would_have_rejected_a_kept_story_is_the_facet_it_depends_on() -> None:
    rules = compile_rules(FILES | WEIGHTS)
    story = article("Huawei 5G ban", "The Huawei 5G ban stands.")
    decision = judge(story, rules)
    assert decision.relevant
    assert {item.facet for item in what_would_flip(story, decision, rules)} >= {"vendor", "restriction"}
    assert all(item.change == "removed" for item in what_would_flip(story, decision, rules))
