"""The walks of docs/architecture.md are true: each function is where the page says, and the step above calls it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

ARCHITECTURE = ROOT / "docs" / "architecture.md"
WALKS = (
    "One ingest run",
    "One feed",
    "One article",
    "One page of an archive",
    "One backfill source",
    "One load",
)
HELPERS = 2
"""How many helpers may stand between a step and the one below it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One line of a walk."""

    file: str
    name: str
    """A function, or ``Class.method``."""
    depth: int


def walks() -> dict[str, list[Call]]:
    """The lists below the headings of the section on walks."""
    section = re.search(
        r"^## Walks$(.*?)(?=^## |\Z)", ARCHITECTURE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    parts = re.split(r"^### (.+)$", section[1] if section else "", flags=re.MULTILINE)[1:]
    line = re.compile(r"^( *)- `([\w/]+\.py)` `([\w.]+)`", re.MULTILINE)
    return {
        title: [Call(file, name, len(indent) // 2) for indent, file, name in line.findall(body)]
        for title, body in zip(parts[::2], parts[1::2], strict=True)
    }


@cache
def definitions(file: str) -> dict[str, ast.AST]:
    """Functions and classes of a file; methods by ``Class.method`` and by their bare name."""
    found: dict[str, ast.AST] = {}
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            inside = [item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)]
            found |= {f"{node.name}.{item.name}": item for item in inside}
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.setdefault(node.name, node)
    return found


@cache
def imports(file: str) -> dict[str, tuple[str, str]]:
    """What a file imports of ours: name there -> (file, name in it)."""
    found: dict[str, tuple[str, str]] = {}
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fivegwatch."):
            path = Path(*str(node.module).split(".")[1:])
            target = (
                path.with_suffix(".py") if (ROOT / path.with_suffix(".py")).exists() else path / "__init__.py"
            )
            found |= {alias.asname or alias.name: (str(target), alias.name) for alias in node.names}
    return found


def names(node: ast.AST) -> set[str]:
    """Everything a function names, called or handed on."""
    found = {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}
    return found | {item.attr for item in ast.walk(node) if isinstance(item, ast.Attribute)}


def calls(file: str, name: str, wanted: str, helpers: int = HELPERS) -> bool:
    """Whether a function names ``wanted``, itself or in one of the functions it names."""
    node = definitions(file).get(name)
    if node is None:
        return False
    named = names(node)
    if wanted in named:
        return True
    ours = [(file, item) for item in sorted(named & set(definitions(file)) - {name})]
    ours += [imports(file)[item] for item in sorted(named & set(imports(file)))]
    return helpers > 0 and any(
        calls(*item, wanted, helpers - 1) for item in ours if (ROOT / item[0]).exists()
    )


def test_there_is_a_walk_for_each_way_through_the_code() -> None:
    assert tuple(walks()) == WALKS
    assert all(len(steps) >= 4 for steps in walks().values())


@pytest.mark.parametrize("title", WALKS)
def test_a_walk_names_functions_that_call_one_another(title: str) -> None:
    above: list[Call] = []
    for step in walks()[title]:
        assert step.name in definitions(step.file), f"{step.file} has no {step.name}"
        assert step.depth <= len(above), f"{step.name} is indented under nothing"
        above = [*above[: step.depth], step]
        if step.depth:
            caller = above[-2]
            wanted = step.name.rpartition(".")[2]
            if wanted in ("__init__", "__enter__", "__aenter__"):
                wanted = step.name.partition(".")[0]
            assert calls(caller.file, caller.name, wanted), (
                f"{caller.file} {caller.name} does not reach {step.name}"
            )
