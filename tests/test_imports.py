"""The layout is the architecture: imports point one way, also between sub-packages; each library has one room."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from fivegwatch.extractors.watchlist.automaton import uncollected
from tests.conftest import ROOT

ROOMS = ("extractors", "sources", "storage", "desk", "flows", "watchlist")
MAY_IMPORT = {
    "extractors": set(),
    "sources": {"extractors", "watchlist"},
    "storage": {"extractors"},
    "desk": {"extractors", "storage"},
    "flows": {"extractors", "sources", "storage", "desk"},
    "watchlist": set(),
}
ONLY_IN = {
    "prefect": "flows",
    "duckdb": "storage",
    "httpx2": "sources",
    "h11": "sources",
    "pebble": "flows",
    "starlette": "desk",
    "jinja2": "desk",
    "mcp": "desk",
}
IMPURE = {"os.environ", "os.getenv", "open", "datetime.now", "datetime.utcnow", "time.time"}


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def tree(path: Path) -> ast.Module:
    """The collector of garbage waits: it would take two thirds of the time and find nothing."""
    with uncollected():
        return ast.parse(path.read_text(encoding="utf-8"))


def statements(node: ast.AST) -> Iterator[ast.stmt]:
    """All statements below ``node``, at any depth."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        if isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            yield from statements(child)


@cache
def imports(path: Path) -> tuple[tuple[str, tuple[str, ...], int], ...]:
    """The imports of a module as they are written: the module, the names taken from it, the line."""
    found: list[tuple[str, tuple[str, ...], int]] = []
    for node in statements(tree(path)):
        if isinstance(node, ast.Import):
            found += [(alias.name, (), node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append((node.module, tuple(alias.name for alias in node.names), node.lineno))
    return tuple(found)


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """What a module imports, with the line; our own modules without the package's name: ``storage.connections``."""
    for module, names, line in imports(path):
        name = module.removeprefix("fivegwatch.")
        yield name, line
        yield from ((f"{name}.{taken}", line) for taken in names)


def our_modules() -> dict[str, Path]:
    """Every module of the rooms, by its name without the package's: ``storage.connections``."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for room in ROOMS
        for path in modules(room)
    }


def assert_no_circle(graph: Mapping[str, set[str]]) -> None:
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above[above.index(name) :], name))
        if name not in done:
            for target in graph[name] - {name}:
                visit(target, (*above, name))
            done.add(name)

    for name in graph:
        visit(name, ())


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    """An arrow never points back: flows -> desk, sources, storage, extractors; desk -> storage, extractors."""
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
        for node in ast.walk(tree(path)):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if name in IMPURE or (isinstance(node, ast.Attribute) and ast.unparse(node) in IMPURE):
                wrong.append(
                    f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', '?')} uses {name or 'os.environ'}"
                )
    assert wrong == []


def test_there_is_no_circle_of_imports_between_our_modules() -> None:
    """A module can be read after the ones it imports, always (imports inside functions count too)."""
    ours = our_modules()
    assert_no_circle(
        {name: {target for target, _ in imported(path) if target in ours} for name, path in ours.items()}
    )


def test_there_is_no_circle_of_imports_between_the_parts_of_the_rooms() -> None:
    """A folder can be read after the ones it imports. A module at the top of a room is a part of its own."""
    ours = our_modules()

    def part(name: str) -> str:
        folder = ours[name].parent.relative_to(ROOT)
        return str(folder) if len(folder.parts) > 1 else name

    graph: dict[str, set[str]] = {}
    for name, path in ours.items():
        targets = {part(target) for target, _ in imported(path) if target in ours}
        graph.setdefault(part(name), set()).update(
            targets - {part(name), *(t for t in targets if t in ROOMS)}
        )
    assert_no_circle({name: graph[name] for name in graph})


def test_no_module_is_imported_under_two_names() -> None:
    """Always ``fivegwatch.storage``, never ``storage``: the top-level folders are importable in a checkout."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for folder in (*ROOMS, "tests", "benchmarks")
        for path in modules(folder)
        for name, _, line in imports(path)
        if name.split(".")[0] in ROOMS
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_package_says_in_one_sentence_what_it_is(room: str) -> None:
    for path in modules(room):
        if path.name == "__init__.py":
            text = ast.get_docstring(tree(path)) or ""
            assert text.split("\n\n")[0].endswith("."), path
