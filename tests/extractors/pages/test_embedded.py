"""Article texts that are only in scripts: which strings are read, and what that costs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import fromstring

from fivegwatch.extractors.pages import embedded
from fivegwatch.extractors.pages.embedded import embedded_text, paragraphs_in
from tests.conftest import examples
from tests.growth import assert_costs_in_proportion

PARAGRAPHS = "".join(
    f"<p>{'The ministry bars the supplier from the core network. ' * 6}</p>" for _ in range(4)
)
STRING = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"')
"""A string of JSON; the definition of the result tries it at every quote."""


def by_definition(source: str) -> Iterator[str]:
    """The strings that are long enough, each quote tried in turn."""
    match = STRING.search(source)
    while match is not None:
        text, end = match.group(1), match.end()
        count = len(re.sub(r"\\.", "e", text)) if len(text) >= embedded.SHORTEST else 0
        if count > embedded.LONGEST:
            end -= 1
        elif count < embedded.SHORTEST:
            end = match.start() + 1
        else:
            yield text
        match = STRING.search(source, end)


@settings(max_examples=examples(600), deadline=None)
@given(
    st.lists(st.sampled_from(['"', '"', "\\", "\n", "a", "bc", '\\"', "\\n", "xxxx"]), max_size=25).map(
        "".join
    )
)
def test_strings_are_the_texts_between_two_quotes(source: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "SHORTEST", 4)
        patch.setattr(embedded, "LONGEST", 9)
        assert list(embedded._long_strings(source)) == list(by_definition(source))


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_paragraphs_are_found_in_strings_of_strings(depth: int) -> None:
    source = PARAGRAPHS
    for _ in range(depth + 1):
        source = json.dumps({"id": 1, "body": source})
    assert paragraphs_in(f"window.state = {source};") == [PARAGRAPHS]


def test_the_longest_run_of_paragraphs_is_the_text_without_its_captions() -> None:
    longer = PARAGRAPHS + "<figcaption>A mast.</figcaption><p>More of it.</p>"
    tree = fromstring(
        f"<html><body><script>a = {json.dumps([PARAGRAPHS, longer])}</script><p>x</p></body></html>"
    )
    assert embedded_text(tree).endswith("More of it.")
    assert "A mast" not in embedded_text(tree)


@pytest.mark.parametrize(
    "unit", ['\\"', '\\"\\\n', '"\\"', '\\\\"', "\\\n", '""', '"a\\"', "\\", '"' + "x" * 700 + "\\\n"]
)
def test_searching_a_script_costs_in_proportion_to_its_length(unit: str) -> None:
    assert_costs_in_proportion(lambda n: lambda: paragraphs_in('"' + unit * (n // len(unit))), 2_000_000)
