"""Tables of the user's files: all faults of all files at once, each once, with its line."""

from __future__ import annotations

import pickle

import pytest

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.extractors.watchlist.tables import Faults
from tests.extractors.watchlist_builder import FILES


def faults_of(files: dict[str, str]) -> list[str]:
    """File and line of each fault of a watchlist."""
    with pytest.raises(WatchlistError) as caught:
        compile_rules(files)
    return [fault.partition(": ")[0] for fault in caught.value.faults]


def test_all_faults_of_all_files_are_reported_at_once() -> None:
    broken = FILES | {
        "terms/en.toml": '[restriction]\nstrong = [\n  "ban",\n  "--",\n  { term = "x", case = 1 },\n  7,\n]\n[x]\n',
        "entities/vendor.toml": '[a]\ncountry = "CN"\n[b]\nname = "B"\nfacet = "x"\nneeds = ["@y"]\n',
        "entities/law.toml": "= 1\n",
        "weights.toml": "[weights]\nbase = inf\nlead = nan\n",
        "rules.toml": FILES["rules.toml"].replace('"restriction!"', '"bans", "mask", "x|vendor"'),
    }
    assert sorted(faults_of(broken)) == [
        "entities/law.toml:1",
        "entities/vendor.toml:1",
        "entities/vendor.toml:5",
        "entities/vendor.toml:6",
        "rules.toml:15",
        "rules.toml:15",
        "terms/en.toml:4",
        "terms/en.toml:5",
        "terms/en.toml:6",
        "terms/en.toml:8",
        "weights.toml:2",
        "weights.toml:3",
    ]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("all = ", "al = ", 15),  # that nothing is asked for follows from it
        ('all = ["vendor", "restriction!"]', "all = 7", 15),
        ('anchors = ["CVE"]', "anchors = [1]", 19),
        ('role = "mask"', "role = 7", 9),
    ],
)
def test_what_follows_from_a_fault_is_not_reported(old: str, new: str, line: int) -> None:
    assert old in FILES["rules.toml"]
    assert faults_of(FILES | {"rules.toml": FILES["rules.toml"].replace(old, new)}) == [f"rules.toml:{line}"]


def test_the_line_is_that_of_the_key_in_its_own_table() -> None:
    text = 'b = 1 # c = 1\n[a]\nb = 2\n[[d]]\n["x.y" . z]\n"c d" = 3\nq.r = { s = 1 }\n'
    faults = Faults()
    top = faults.parse("f.toml", text)
    top.text("b")
    top.table("a").text("b")
    top.items("a")
    top.table("x.y").table("z").text("c d")
    top.table("x.y").table("z").table("q").table("r").text("s")
    assert [fault.line for fault in faults.noted] == [1, 3, 2, 6, 7]


@pytest.mark.slow
def test_a_file_with_very_many_faults_lists_only_the_first_and_takes_no_time() -> None:
    text = "".join(f"k{number} = 1\n" for number in range(100_000))
    assert len(faults_of(FILES | {"rules.toml": FILES["rules.toml"] + "[contexts.x]\n" + text})) <= 50


def test_faults_survive_the_way_out_of_a_child_process() -> None:
    faults = Faults()
    faults.parse("a.toml", "= 1")
    faults.parse("b.toml", "= 2")
    with pytest.raises(WatchlistError) as caught:
        faults.raise_all()
    error = pickle.loads(pickle.dumps(caught.value))
    assert error.faults == caught.value.faults and str(error) == "\n".join(error.faults)
