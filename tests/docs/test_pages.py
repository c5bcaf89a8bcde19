"""The pages hold together: each is found from the index, each link leads somewhere, each word has one meaning."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

INDEX = ROOT / "docs" / "README.md"
PAGES = [
    *(
        ROOT / name
        for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
        if (ROOT / name).exists()
    ),
    *sorted((ROOT / "docs").rglob("*.md")),
]
TERMS = {
    "announced", "claimed", "corroborated", "gate", "passage", "facet", "unit", "listing", "cursor", "batch", "spool",
    "publish", "verdict", "ledger", "near miss", "given up", "sighting", "cluster", "gap", "capture", "fold", "lead",
    "contested",
}  # fmt: skip
README_LINES = 200
_LINK = re.compile(r"(?<!!)\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)


def prose(page: Path) -> str:
    return _FENCED.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    made: set[str] = set()
    for heading in re.findall(r"^#{1,6} (.+?) *$", prose(page), re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        number = 1
        while (name := anchor if number == 1 else f"{anchor}-{number - 1}") in made:
            number += 1
        made.add(name)
    return made


def targets(page: Path) -> list[tuple[str, Path, str]]:
    """Every relative link: as written, the file it leads to, the anchor."""
    links = []
    for link in _LINK.findall(prose(page)):
        if not re.match(r"\w+:", link):
            file, _, anchor = link.partition("#")
            links.append((link, (page.parent / file).resolve() if file else page, anchor))
    return links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_of_a_page_is_dead(page: Path) -> None:
    for link, file, anchor in targets(page):
        assert file.exists(), link
        assert not anchor or anchor in anchors(file), link


def test_the_index_links_every_page_of_the_docs() -> None:
    linked = {file for _, file, _ in targets(INDEX)}
    assert [page for page in (ROOT / "docs").rglob("*.md") if page not in linked and page != INDEX] == []


def test_the_readme_is_read_in_a_few_minutes() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < README_LINES


def test_the_glossary_defines_the_words_of_the_field_and_no_more() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = re.search(r"^## Glossary$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section
    assert set(re.findall(r"^\| \*\*(.+?)\*\* \|", section[1], re.MULTILINE)) == TERMS


def test_every_make_target_that_a_page_names_is_there() -> None:
    defined = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        named = re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(named) <= defined, page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_in_the_repository_that_a_page_names_is_there(page: Path) -> None:
    rooms = "extractors|sources|storage|flows|tests|benchmarks|docs"
    named = re.findall(rf"`((?:{rooms})/[a-z0-9_/]*(?:\.\w+)?)`", prose(page))
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_defence_is_where_the_page_on_security_says() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:flows|sources|storage|extractors|tests)/[\w/.]+)`", text)
    assert len(named) > 20 and [path for path in named if not (ROOT / path).exists()] == []
