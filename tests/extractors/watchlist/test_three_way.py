"""A release's changes come into a user's edited file; nothing of the user's is lost, conflicts are named."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.watchlist.three_way import merge_texts
from tests.conftest import examples

BASE = """# Terms of de.
language = "de"

[network]
strong = [
  "Funknetz",
  "Kernnetz",
]
weak = [
  "Mast",
]

# Vendors.

[acme]
name = "Acme"
country = "US"
aliases = ["Acme Inc", "ACME"]

[old]
name = "Old"
country = "FR"
"""


def edited(*changes: tuple[str, str]) -> str:
    text = BASE
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return text


OLD = BASE[BASE.index("\n[old]") :]


@pytest.mark.parametrize(
    ("mine", "new", "expected"),
    [
        # Both add a term at the end of one list, and a table at the end of the file.
        (
            [('  "Kernnetz",\n', '  "Kernnetz",\n  "Mein Wort",\n'), (OLD, OLD + '\n[mine]\nname = "Mine"\n')],
            [('  "Kernnetz",\n', '  "Kernnetz",\n  "Neues Wort",\n'), (OLD, OLD + '\n[new]\nname = "New"\n')],
            {"Mein Wort", "Neues Wort", "[mine]", "[new]"},
        ),
        # One list on one line, changed by both: an item added here, one removed there.
        ([('"ACME"]', '"ACME", "A.C.M.E."]')], [('["Acme Inc", ', "[")], {'aliases = ["ACME", "A.C.M.E."]'}),
        # Neighbouring lines of one table; a key that the release adds above a line that the user changed.
        ([('"Acme"', '"Acme Corp"')], [('country = "US"', 'country = "GB"')], {"Acme Corp", '"GB"'}),
        ([('country = "US"', 'country = "GB"')], [('country = "US"', 'case = ["ACME"]\ncountry = "US"')],
         {'case = ["ACME"]\ncountry = "GB"'}),
        # What the user removed stays removed; what the release removed goes; the user's comments stay.
        ([(OLD, "")], [('  "Funknetz",\n', "")], {"[acme]"}),
        ([("# Vendors.", "# Vendors, mine.")], [(OLD, "")], {"# Vendors, mine."}),
    ],
)  # fmt: skip
def test_changes_of_both_sides_come_together(
    mine: list[tuple[str, str]], new: list[tuple[str, str]], expected: set[str]
) -> None:
    merged = merge_texts(BASE, edited(*mine), edited(*new))
    assert not merged.conflicts and all(text in merged.text for text in expected), merged.text
    tomllib.loads(merged.text)
    for before, after in (*mine, *new):
        if not after:
            assert before not in merged.text


@pytest.mark.parametrize(
    ("mine", "new", "table", "stays"),
    [
        (('country = "US"', 'country = "GB"'), ('country = "US"', 'country = "CA"'), "[acme]", '"GB"'),
        (('name = "Old"', 'name = "Older"'), (OLD, ""), "[old]", '"Older"'),
    ],
)
def test_where_both_changed_the_same_the_users_lines_stay_and_the_place_is_named(
    mine: tuple[str, str], new: tuple[str, str], table: str, stays: str
) -> None:
    merged = merge_texts(BASE, edited(mine), edited(new))
    (conflict,) = merged.conflicts
    assert conflict.table == table and stays in conflict.mine and stays in merged.text
    assert merged.text.splitlines()[conflict.line - 1] == conflict.mine.splitlines()[0]


LINES = st.lists(
    st.sampled_from([f'k{n} = "{v}"\n' for n in range(3) for v in "ab"] + ["# note\n", "\n"]), max_size=5
)
TEXTS = st.lists(
    st.tuples(st.sampled_from(["[a]\n", "[b]\n", "[c]\n"]), LINES), max_size=4, unique_by=lambda t: t[0]
).map(lambda blocks: "".join(header + "".join(lines) for header, lines in blocks))


@settings(max_examples=examples(100), deadline=None)
@given(base=TEXTS, mine=TEXTS, new=TEXTS)
def test_laws_of_merging(base: str, mine: str, new: str) -> None:
    assert merge_texts(base, base, new).text == new
    assert merge_texts(base, mine, base).text == mine
    assert merge_texts(base, new, new).text == new
    merged = merge_texts(base, mine, new)
    # A line of the user's goes only if the release removed it; a line appears only if one side has it.
    lines = set(merged.text.splitlines())
    assert set(mine.splitlines()) - set(base.splitlines()) <= lines
    assert lines <= {*mine.splitlines(), *new.splitlines(), ""}
    # Merging the same release once more changes nothing.
    assert merge_texts(new, merged.text, new).text == merged.text
