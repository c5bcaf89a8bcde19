"""The layout is the architecture: imports point one way, and each outside library has one room."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

ROOMS = ("extractors", "sources", "storage", "flows", "watchlist")
MAY_IMPORT = {
    "extractors": set(),
    "sources": {"extractors", "watchlist"},
    "storage": {"extractors"},
    "flows": {"extractors", "sources", "storage"},
    "watchlist": set(),
}
ONLY_IN = {
    "prefect": "flows",
    "duckdb": "storage",
    "httpx2": "sources",
    "httpcore2": "sources",
    "pebble": "flows",
}
IMPURE = {"os.environ", "os.getenv", "open", "datetime.now", "datetime.utcnow", "time.time"}


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """What a module imports, with the line; our own modules without the package's name: ``storage.corpus``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name.removeprefix("fivegwatch."), node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            name = node.module.removeprefix("fivegwatch.")
            yield name, node.lineno
            yield from ((f"{name}.{alias.name}", node.lineno) for alias in node.names)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    """An arrow never points back: flows -> sources, storage, extractors; both of those -> extractors."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(room)
        for name, line in imported(path)
        if name.split(".")[0] in set(ROOMS) - {room} - MAY_IMPORT[room]
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_each_outside_library_has_one_room(room: str) -> None:
    """Prefect only in flows, DuckDB only in storage, the HTTP client only in sources."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(room)
        for name, line in imported(path)
        if ONLY_IN.get(name.split(".")[0], room) != room
    ]
    assert wrong == []


def test_extractors_touch_no_file_clock_or_environment() -> None:
    """Bytes and values in, values out: the same input gives the same output on any machine, any day."""
    wrong = []
    for path in modules("extractors"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if name in IMPURE or (isinstance(node, ast.Attribute) and ast.unparse(node) in IMPURE):
                wrong.append(
                    f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', '?')} uses {name or 'os.environ'}"
                )
    assert wrong == []


def test_there_is_no_import_cycle_between_our_modules() -> None:
    """A module can be read after the ones it imports, always (imports inside functions count too)."""
    names = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for room in ROOMS
        for path in modules(room)
    }
    graph = {
        name: {target for target, _ in imported(path) if target in names} for name, path in names.items()
    }
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above[above.index(name) :], name))
        if name not in done:
            for target in graph[name] - {name}:
                visit(target, (*above, name))
            done.add(name)

    for name in names:
        visit(name, ())
