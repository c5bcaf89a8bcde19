"""Tables on a terminal."""

from __future__ import annotations

import pytest

from fivegwatch.flows.printing.tables import cell_text, print_table


def test_columns_align_by_display_width_and_numbers_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["name", "n"], [["5G", 1], ["华为", 20]])
    assert capsys.readouterr().out.splitlines() == ["name  n", "----  --", "5G     1", "华为  20", "(2 rows)"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("\x1b[31mred\x1b]0;title\x07", "\N{REPLACEMENT CHARACTER}[31mred\N{REPLACEMENT CHARACTER}]0;title"),
        ("two\nlines", "two lines"),
        (None, ""),
        (0.5, "0.5"),
        (["a", "b"], "a, b"),
    ],
)
def test_control_characters_of_a_value_do_not_reach_the_terminal(value: object, text: str) -> None:
    assert cell_text(value).startswith(text)


def test_a_value_of_more_than_300_characters_is_cut() -> None:
    assert len(cell_text("x" * 10_000)) == 300
