"""How near, where, how often and in how much of a text the facets of a rule must meet."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.judging.evidence import collect_evidence
from fivegwatch.extractors.judging.features import RETOLD, RETOLD_MANY, RETOLD_TOO
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.judging.passages import LEAD_CHARS
from fivegwatch.extractors.model import Article
from fivegwatch.extractors.watchlist.compile import Rules, compile_rules
from tests.extractors.watchlist_builder import FILES

FILLER = "a loaf of rye is on the table "
IDLE = "The judges praised the crust of the loaf and the queue went round the block. "


@cache
def rules_with(condition: str) -> Rules:
    """The small watchlist, its one rule under a condition of its own."""
    text = FILES["rules.toml"].replace('topics = ["T01"]', f'topics = ["T01"]\n{condition}', 1)
    terms = FILES["terms/en.toml"] + '[vendor]\nstrong = ["华为"]\n'
    return compile_rules(
        {**FILES, "rules.toml": text, "terms/en.toml": terms, "entities/vendor.toml": HUAWEI}
    )


HUAWEI = '[huawei]\nname = "Huawei"\ncountry = "CN"\nfacet = "vendor"\n'


def fired(condition: str, text: str, title: str = "") -> int:
    """In how many passages the rule fires."""
    evidence = collect_evidence(title, text, "en", rules_with(condition), thorough=True)
    return evidence.fired.get("ban", 0)


def apart(words: int) -> str:
    """A sentence with so many words between vendor and ban."""
    return " ".join(["Huawei", *(FILLER.split() * (words // 8 + 1))[:words], "ban"])


@given(st.integers(0, 40), st.integers(1, 45))
@settings(max_examples=60, deadline=None)
def test_within_counts_the_words_from_the_first_term_to_the_last(between: int, limit: int) -> None:
    assert fired(f"within = {limit}", apart(between)) == (between + 2 <= limit)


@given(st.integers(0, 30), st.integers(1, 30), st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_a_wider_reach_never_loses_a_passage(between: int, limit: int, more: int) -> None:
    text = f"{apart(between)}. {apart(between // 2)}."
    assert fired(f"within = {limit}", text) <= fired(f"within = {limit + more}", text)


@pytest.mark.parametrize(
    ("condition", "fires"),
    [
        ('within = "sentence"', True),
        ('within = "28 characters"', True),
        ('within = "27 characters"', False),
        ('within = "1 word"', False),
        ("within = 6", True),
        ("within = 5", False),
    ],
)
def test_within_is_a_sentence_words_or_characters(condition: str, fires: bool) -> None:
    assert fired(condition, "Huawei faces, it says, a ban.") == fires
    assert fired(condition, "A ban, far away. Huawei stays.") == 0


def test_near_terms_are_found_among_far_ones() -> None:
    text = f"Huawei {FILLER * 2} ban {FILLER * 2} Huawei ban"
    assert fired("within = 2", text) == 1
    assert fired("within = 2", text.replace("Huawei ban", "Huawei, said a man, ban")) == 0


def test_two_characters_are_a_word_in_scripts_without_spaces() -> None:
    text = "华为设备将被全面ban"
    assert fired("within = 5", text) == 1
    assert fired("within = 4", text) == 0


@pytest.mark.parametrize(
    ("fields", "title", "lead", "body"),
    [
        ('["title"]', 1, 0, 0),
        ('["lead"]', 0, 1, 0),
        ('["body"]', 0, 0, 1),
        ('["title", "lead"]', 1, 1, 0),
        ('["title", "lead", "body"]', 1, 1, 1),
    ],
)
def test_a_rule_fires_only_in_the_fields_it_names(fields: str, title: int, lead: int, body: int) -> None:
    padding = IDLE * (LEAD_CHARS // len(IDLE) + 2)
    condition = f"fields = {fields}"
    assert fired(condition, IDLE, "A ban on Huawei") == title
    assert fired(condition, "A ban on Huawei is near. " + padding) == lead
    assert fired(condition, padding + "A ban on Huawei is near.") == body


@given(st.integers(1, 6), st.integers(0, 6), st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_rule_with_a_count_fires_in_all_its_passages_or_in_none(need: int, said: int, title: bool) -> None:
    text = (IDLE + "Huawei faces a ban. ") * said + IDLE
    found = fired(f"count = {need}", text, "Huawei ban" if title else "")
    assert found == (said + title if said + title >= need else 0)


@given(st.integers(0, 5), st.integers(0, 12), st.sampled_from([0.1, 0.25, 0.5, 1.0]))
@settings(max_examples=60, deadline=None)
def test_a_rule_with_a_share_fires_when_so_much_of_the_text_says_it(
    said: int, idle: int, share: float
) -> None:
    sentences = ["Huawei faces a ban"] * said + [IDLE.removesuffix(". ")] * idle
    found = fired(f"share = {share}", ". ".join(sentences))
    assert found == (said if said and said >= share * len(sentences) else 0)


def test_a_condition_that_always_holds_changes_no_feature() -> None:
    text = IDLE + "Huawei faces a ban. " + IDLE * 9
    plain = collect_evidence("Huawei ban", text, "en", rules_with(""), thorough=True)
    wide = collect_evidence("Huawei ban", text, "en", rules_with("within = 999"), thorough=True)
    assert plain.features == wide.features and plain.fired == wide.fired


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("within = 0", "number of words"),
        ('within = "near"', "number of words"),
        ("within = true", "number of words"),
        ('within = "opening"\ncount = 2', "fires once"),
        ("least = 2", "least is 2"),
        ('against = ["phone"]', "counts none"),
        ('fields = ["headline"]', "title, lead, body"),
        ("fields = []", "title, lead, body"),
        ("count = 0", "whole number"),
        ("count = 1.5", "whole number"),
        ("share = 1.2", "number from 0 to 1"),
        ('fields = ["title"]\ncount = 2', "never fire"),
        ('fields = ["title"]\nshare = 0.5', "never fire"),
        ('none = ["vendor"]', "never fire"),
    ],
)
def test_a_condition_that_cannot_hold_is_refused_with_file_and_line(condition: str, said: str) -> None:
    with pytest.raises(WatchlistError, match=said) as caught:
        rules_with(condition)
    assert caught.value.file == "rules.toml" and caught.value.line == (12 if said == "never fire" else 17)


OPENING = """
[rules.retold]
all = ["vendor", "restriction!", "phone!"]
within = "opening"
subject = true
"""


@cache
def opening_rules() -> Rules:
    """The small watchlist with a rule that is met in the opening as a whole."""
    return compile_rules({**FILES, "rules.toml": FILES["rules.toml"] + OPENING})


@pytest.mark.parametrize(
    ("title", "text", "fires"),
    [
        ("Huawei ban", "It lost a smartphone. Then more.", True),
        ("A smartphone", "The ban on Huawei holds. Then more.", True),
        ("A smartphone", "Huawei waits. The ban holds.", False),  # its first two legs are in two sentences
        ("Huawei ban", IDLE * 9 + "It lost a smartphone.", False),  # the third leg is not in the opening
        ("Huawei", "It lost a smartphone. Nothing is banned.", False),
    ],
)
def test_a_rule_within_the_opening_meets_over_title_and_lead(title: str, text: str, fires: bool) -> None:
    evidence = collect_evidence(title, text, "en", opening_rules(), thorough=True)
    assert ("retold" in evidence.fired) == fires


def test_a_rule_within_the_opening_counts_where_nothing_else_tells_the_story() -> None:
    plain = collect_evidence("Huawei 5G ban", "It lost a smartphone.", "en", opening_rules())
    assert RETOLD_TOO in plain.features and RETOLD not in plain.features
    rules = FILES["rules.toml"].replace('grade = "strong"', 'grade = "weak"')
    only = compile_rules({**FILES, "rules.toml": rules + OPENING})
    retold = collect_evidence("Huawei ban", "It lost a smartphone.", "en", only)
    assert RETOLD in retold.features and RETOLD_TOO not in retold.features


COUNTING = """
[rules.many]
label = "many kinds"
all = ["vendor", "restriction!", "phone!", "generation!", "restriction!"]
within = "opening"
least = 2
subject = true
"""


@pytest.mark.parametrize(
    ("text", "kinds"),
    [("It was quiet.", False), ("It lost a 5G smartphone.", True)],
)
def test_a_rule_with_least_fires_where_so_many_of_its_other_legs_meet(text: str, kinds: bool) -> None:
    rules = compile_rules({**FILES, "rules.toml": FILES["rules.toml"] + COUNTING})
    evidence = collect_evidence("Huawei ban", text, "en", rules, thorough=True)
    assert ("many" in evidence.fired) == kinds
    assert (RETOLD_MANY in evidence.features) == kinds
    reason = judge(Article(id="x", url="", title="Huawei ban", text=text, language="en"), rules).reason
    assert ("smartphone" in reason) == kinds


AGAINST = """
[rules.many]
all = ["vendor", "restriction!", "phone!", "restriction!", "vendor"]
within = "beginning"
least = 2
against = ["generation!"]
subject = true
"""


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("It waits.", True),
        ("5G waits.", False),  # what speaks against asks for one facet more
        ("5G waits. It lost a smartphone.", True),
        (IDLE * 5 + "5G waits.", False),  # the beginning is longer than the lead
        (IDLE * 8 + "5G waits.", True),
    ],
)
def test_what_speaks_against_asks_for_one_facet_more_in_the_beginning(text: str, fires: bool) -> None:
    rules = compile_rules({**FILES, "rules.toml": FILES["rules.toml"] + AGAINST})
    assert ("many" in collect_evidence("Huawei ban", text, "en", rules, thorough=True).fired) == fires
