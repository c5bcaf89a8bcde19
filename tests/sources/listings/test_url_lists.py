"""Lists of addresses in every shape people keep them; bad lines are named, good ones never lost."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.errors import ExtractionError, SettingsError
from fivegwatch.sources.listings.url_lists import plan_url_list, read_url_list
from tests.sources.listed import Outcome, collect

A, B, C = "https://outlet.example/a", "https://outlet.example/b?x=1,2&y=3", "https://outlet.example/%E5%8D%8E"


def read(path: Path, column: str = "", cursor: str = "", at_most: int = 10**6) -> Outcome:
    return collect(read_url_list(plan_url_list(path, column), cursor), at_most=at_most)


LISTS: dict[str, tuple[str, str]] = {
    "lines.txt": (f"# mine\n\n{A}\n  {B}  \r\n<{C}>", ""),
    "titled.txt": (f"{A} A title\n{B}\tanother\n'{C}'\n", ""),
    "old-mac.txt": (f"{A}\r{B}\r{C}\r", ""),
    "named.csv": (f'title,URL,date\n"One, two",{A},2023\nTwo,"{B}",\n"Three\nlines",{C},x\n', "url"),
    "guessed.csv": (f'id;Link;note\n1;{A};"a;b"\n2;{B};\n3;"{C}"\n', ""),
    "bare.csv": (f'1,{A}\n2,"{B}"\n3,{C}\n', ""),
    "counted.csv": (f'n,where\n1,{A}\n2,"{B}"\n3,{C}\n', "2"),
    "tabs.tsv": (f"url\ttitle\n{A}\tx\n{B}\t\n{C}\n", "url"),
    "table.txt": (f'a|page\n1|{A}\n2|"{B}"\n3|{C}\n', "page"),
    "flat.jsonl": (f'{{"url": "{A}"}}\n\n{{"url": "{B}", "n": 1}}\n{{"url": "{C}"}}\n', ""),
    "deep.jsonl": ("".join(f'{{"page": {{"at": "{url}"}}}}\n' for url in (A, B, C)), "page.at"),
    "strings.ndjson": ("".join(f'"{url}"\n' for url in (A, B, C)), ""),
    "unlabelled.log": (f'{{"link": "{A}"}}\n{{"link": "{B}"}}\n{{"link": "{C}"}}\n', ""),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", LISTS)
def test_every_shape_gives_its_addresses(tmp_path: Path, name: str, encoding: str) -> None:
    text, column = LISTS[name]
    (tmp_path / name).write_bytes(text.encode(encoding))
    outcome = read(tmp_path / name, column)
    assert (outcome.urls, outcome.skipped, outcome.error) == ([A, B, C], [], None)
    assert outcome.done
    assert {entry.origin.locator for entry in outcome.entries} == {name}


BAD: dict[str, tuple[bytes, str, list[tuple[str, str]]]] = {
    "lines.txt": (
        f"{A}\nwww.outlet.example/x\n\nftp://x.example/\nhttp://10.0.0.1/\nhttps://x.example/\xe9\n{B}\n".encode("latin-1"),
        "",
        [
            ("bad_url", "line 2: www.outlet.example/x"),
            ("scheme", "line 4: ftp://x.example/"),
            ("blocked_address", "line 5: http://10.0.0.1/"),
            ("bad_encoding", "line 6: https://x.example/\ufffd"),
        ],
    ),
    "quotes.csv": (
        f'url,title\n{A},ok\nx.example,"never closed\n"{B}",ok\nno,"a\nb"\n,empty\n'.encode(),
        "url",
        [("bad_record", 'line 3: x.example,"never closed'), ("bad_record", 'line 5: no,"a'),
         ("bad_url", 'line 6: b'), ("no_link", "line 7: ,empty")],
    ),
    "broken.jsonl": (
        f'{{"url": "{A}"}}\n{{"url": \n{{"url": 3}}\n[1]\n{"[" * 5000}\n{{"url": "{B}"}}\n'.encode(),
        "",
        [("bad_json", 'line 2: {"url":'), ("no_link", 'line 3: {"url": 3}'), ("no_link", "line 4: [1]"),
         ("bad_json", "line 5: " + "[" * 300)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_line_is_skipped_with_its_number(tmp_path: Path, name: str) -> None:
    body, column, skipped = BAD[name]
    (tmp_path / name).write_bytes(body)
    outcome = read(tmp_path / name, column)
    assert outcome.urls == [A, B]
    assert outcome.skipped == skipped


def test_a_quote_never_closed_does_not_swallow_the_rest_of_the_table(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = "".join(f"https://outlet.example/{number},title\n" for number in range(5_000))
    path.write_text(f'url,title\n"{A},never closed\n{rows}')
    outcome = read(path)
    assert len(outcome.urls) == 5_000
    assert outcome.skipped == [("bad_record", f'line 2: "{A},never closed')]


def test_a_record_swallowed_by_another_one_s_open_quote_is_read_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f'url,title\n{A},"never closed\n{B.replace(",", "")},"closed"\n{C},"two\nlines"\n')
    outcome = read(path)
    assert (outcome.urls, outcome.skipped) == ([A, B.replace(",", ""), C], [])


def make_lines(numbers: list[int]) -> str:
    return "".join(
        f"https://outlet.example/{number}\n" if number % 7 else f"bad {number}\n" for number in numbers
    )


def make_table(numbers: list[int]) -> str:
    return "title,url\n" + "".join(f'"t\n{number}",https://outlet.example/{number}\n' for number in numbers)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "make"), [("list.txt", make_lines), ("list.csv", make_table)])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_killed_at_any_portion_a_list_goes_on_without_loss(
    tmp_path: Path, name: str, make: Callable[[list[int]], str], encoding: str
) -> None:
    path = tmp_path / name
    path.write_bytes(make(list(range(3_500))).encode(encoding))
    whole = read(path)
    assert len(whole.urls) >= 3_000
    assert len(whole.listings) == 4
    for portions in range(1, len(whole.listings)):
        before = read(path, at_most=portions)
        after = read(path, cursor=before.listings[-1].cursor)
        assert before.urls + after.urls == whole.urls
        assert before.skipped + after.skipped == whole.skipped
    positions = [listing.position for listing in whole.listings]
    assert positions == sorted(positions)
    assert positions[-1] == path.stat().st_size


@example([A, "\n", A, ","])
@given(st.lists(st.sampled_from([A, B, C, '"', ",", "\n", "\r\n", "x", "{", "\u2028", " "]), max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_no_line_is_lost_or_read_for_ever(tmp_path: Path, parts: list[str]) -> None:
    path = tmp_path / "list.csv"
    path.write_text("url,title\n" + "".join(parts), newline="")
    outcome = read(path)
    assert outcome.done
    alone = [line for line in "".join(parts).replace("\r\n", "\n").split("\n") if line in (A, C)]
    quoted = '"' in "".join(parts)
    # Lines of several cells may hold the same addresses: they come in between.
    rest = iter(outcome.urls)
    assert quoted or all(url in rest for url in alone)


def test_a_list_is_its_content_and_its_column(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"url,amp\n{A},{B}\n")
    first = plan_url_list(path)
    assert first.id == plan_url_list(path).id
    assert first.id != plan_url_list(path, "amp").id
    assert first.size == path.stat().st_size
    path.write_text(f"url,amp\n{A},{C}\n")
    assert first.id != plan_url_list(path).id


@pytest.mark.parametrize(
    ("name", "body", "column", "kind", "words"),
    [
        ("a.csv", b"id,title\n1,x\n", "", "no_column", "'id', 'title'"),
        ("a.csv", b"id,title\n1,x\n", "url", "no_column", "'id', 'title'"),
        ("a.json", b'[\n{"url": "https://x.example/"}\n]', "", "json_array", "jq"),
        ("a.txt", b"\x1f\x8b\x08\x00", "", "packed", "unpack"),
        ("a.txt", b"https://x.example/\x00\x00", "", "not_text", "UTF-8"),
    ],
)
def test_a_file_that_is_no_list_is_refused_when_it_is_named_and_says_what_it_is(
    tmp_path: Path, name: str, body: bytes, column: str, kind: str, words: str
) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(SettingsError, match=re.escape(words)) as refused:
        plan_url_list(tmp_path / name, column)
    assert isinstance(refused.value.__cause__, ExtractionError)
    assert refused.value.__cause__.kind == kind


def test_headings_of_any_language_are_seen_through_by_the_first_record(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"Titel,Adresse\nx,{A}\ny,{C}\n")
    assert read(path).urls == [A, C]


def test_a_list_that_changed_since_it_was_planned_is_not_read_in_the_wrong_place(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text(A)
    unit = plan_url_list(path)
    path.write_text(A + "\n" + B)
    outcome = collect(read_url_list(unit))
    assert outcome.error is not None
    assert outcome.error.kind == "changed"


def test_standard_input_is_kept_so_that_it_can_be_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = []
    for _ in range(2):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{A}\n{B}\n".encode())))
        units.append(plan_url_list("-", spool=tmp_path / "spool"))
    assert units[0] == units[1]
    assert collect(read_url_list(units[0])).urls == [A, B]
    assert len(list((tmp_path / "spool").iterdir())) == 1


def test_standard_input_without_a_folder_and_files_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="folder"):
        plan_url_list("-")
    with pytest.raises(SettingsError, match="No such file"):
        plan_url_list(tmp_path / "none.txt")


def test_a_line_without_end_fills_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("x" * 3_500_000 + f"\n{A}\n")
    outcome = read(path)
    assert outcome.urls == [A]
    assert {reason for reason, _ in outcome.skipped} == {"url_too_long"}
    assert all(len(text) < 400 for _, text in outcome.skipped)
