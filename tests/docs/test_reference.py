"""The reference pages say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import generate
from fivegwatch.flows.settings.settings import FILE_NAME, load_settings


@pytest.mark.parametrize("name", generate.PAGES)
def test_a_reference_page_is_what_the_code_makes_of_it(name: str) -> None:
    text = (generate.FOLDER / name).read_text(encoding="utf-8")
    assert text == generate.PAGES[name](), "write it again: python -m docs.generate"


def test_the_table_of_rooms_is_what_the_packages_say() -> None:
    text = generate.ARCHITECTURE.read_text(encoding="utf-8")
    assert text == generate.architecture_page(), "write it again: python -m docs.generate"


def test_every_reference_page_is_generated() -> None:
    assert {path.name for path in generate.FOLDER.glob("*.md")} == set(generate.PAGES)


def test_the_environment_page_names_the_variables_that_settings_read(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch()
    names = (*generate._ENVIRONMENT, "FIVEGWATCH_WORKERS", "FIVEGWATCH_ENABLED", "FIVEGWATCH_WATCHLIST")
    plain = load_settings({}, tmp_path)
    read = [name for name in names if load_settings({name: "elsewhere"}, tmp_path) != plain]
    assert tuple(read) == generate._ENVIRONMENT


@pytest.mark.parametrize("name", generate.PAGES)
def test_nothing_in_the_reference_lacks_its_meaning(name: str) -> None:
    text = (generate.FOLDER / name).read_text(encoding="utf-8")
    lines = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL).splitlines()
    meaning = 1
    for line in lines:
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if "meaning" in cells:
            meaning = cells.index("meaning")
        elif cells:
            assert cells[meaning], line
