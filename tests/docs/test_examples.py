"""Every command and every query of README and docs does what the page says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fivegwatch.flows.demo.newsroom import Newsroom
from tests.conftest import ROOT
from tests.docs.examples import KINDS, OPENED, Session, blocks, copied, fits, pages

pytestmark = pytest.mark.slow

README, *PAGES = pages()
WITH_EXAMPLES = [
    page for page in PAGES if any("tested by" not in block.notes for block in blocks(page.read_text()))
]


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(now=OPENED, slow_s=0.2) as opened:
        yield opened


def faults(page: Path, home: Path, newsroom: Newsroom) -> list[str]:
    session = Session(home, newsroom)
    return [
        f"{page.relative_to(ROOT)}:{block.line}: {wrong}"
        for block in blocks(page.read_text(encoding="utf-8"))
        if "tested by" not in block.notes and (wrong := session.run(block))
    ]


@pytest.fixture(scope="module")
def after_readme(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The home folder of somebody who did what README says, and what did not go as it says."""
    home = tmp_path_factory.mktemp("readme") / "home"
    home.mkdir()
    return home, faults(README, home, newsroom)


def test_the_examples_of_the_readme_do_what_it_says(after_readme: tuple[Path, list[str]]) -> None:
    assert after_readme[1] == []


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_do_what_it_says(
    page: Path, after_readme: tuple[Path, list[str]], newsroom: Newsroom, tmp_path: Path
) -> None:
    assert faults(page, copied(after_readme[0], tmp_path / "home"), newsroom) == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_an_example_that_is_not_run_here_names_a_test_that_exists(page: Path) -> None:
    for block in blocks(page.read_text(encoding="utf-8")):
        for named in block.notes.get("tested by", "").split():
            file, _, test = named.partition("::")
            text = (ROOT / file).read_text(encoding="utf-8")
            assert re.search(rf"^(async )?def {test}\(", text, re.MULTILINE), f"{page}:{block.line}: {named}"


@pytest.mark.parametrize(
    "page", [page for page in pages() if page.stem != "backfill"], ids=lambda page: page.stem
)
def test_no_command_hides_in_a_block_of_another_kind(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    others = [body for kind, body in fenced if kind not in KINDS]
    commands = re.compile(r"^ *(\$ |fivegwatch |prefect |pip |make |dask )", re.MULTILINE)
    assert [body for body in others if commands.search(body)] == []
    assert not re.search(r"^ +```", text, re.MULTILINE), "an indented block is not read"
    assert all(block.commands for block in blocks(text))


def test_three_dots_and_times_fit_anything_and_other_words_themselves_alone() -> None:
    assert fits("2 stories, ... kept\n", "2 stories, all of them\nand all kept\n")
    assert fits("at 2026-03-02 09:00\n", "at 2027-01-31 11:12\n")
    assert not fits("2 stories\n", "3 stories\n")
