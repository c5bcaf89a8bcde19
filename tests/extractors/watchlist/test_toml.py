"""TOML texts: whatever stands in them ends in values that can be handled, or in one fault of ours."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.extractors.watchlist.subscriptions import parse_subscriptions
from fivegwatch.extractors.watchlist.toml import TomlFault, read_toml

HOSTILE = {
    "lists": "a = " + "[" * 5_000 + "]" * 5_000,
    "tables": "a = " + "{a=" * 3_000 + "1" + "}" * 3_000,
    "dotted": "a" + ".a" * 5_000 + " = 1",
    "header": "[a" + ".a" * 500 + "]",
    "shallow but too deep": "a = " + "[" * 40 + "]" * 40,
    "decimal": "[a]\nurl = " + "9" * 5_000,
    "hexadecimal": "[a]\nurl = 0x" + "F" * 5_000,
    "beyond 64 bits": "[a]\nurl = 99999999999999999999",
    "in a list": "a = [1, 9999999999999999999999]",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_values_too_deep_or_too_large_are_a_fault_that_names_the_file(text: str) -> None:
    with pytest.raises(TomlFault, match=r"nested|64 bits"):
        read_toml(text)
    with pytest.raises(WatchlistError, match=r"terms/en\.toml:(\d+:)? .*(nested|64 bits)"):
        compile_rules({"terms/en.toml": text, "rules.toml": "= 1"})
    with pytest.raises(WatchlistError, match=r"^mine\.toml:(\d+:)? .*(nested|64 bits)"):
        parse_subscriptions(text, file="mine.toml")


def test_text_that_is_not_toml_is_a_fault_with_its_line() -> None:
    with pytest.raises(TomlFault) as caught:
        read_toml("a = 1\nb = \n")
    assert caught.value.line == 2 and "line" not in str(caught.value)


@pytest.mark.parametrize("value", ["[" * 5_000 + "]" * 5_000, "{a=" * 3_000 + "1" + "}" * 3_000, "9" * 5_000])
def test_a_value_the_parser_cannot_handle_is_a_fault_with_its_key_and_line(value: str) -> None:
    with pytest.raises(TomlFault, match="'workers': ") as caught:
        read_toml(f"a = 1\n[limits]\nworkers = {value}\n")
    assert caught.value.line == 3


def test_what_people_write_is_read() -> None:
    text = "a = -9223372036854775808\nb = [[{c = [1.5, true]}]]\n[d.e.f]\ng = 2026-01-01"
    assert read_toml(text)["b"] == [[{"c": [1.5, True]}]]
