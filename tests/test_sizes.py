"""Nothing is too long to be read at once: files, functions and lists of parameters have a bound, tests included."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT
from tests.test_imports import ROOMS, modules, statements, tree

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 60
PARAMETERS = 7
FOLDERS = (*ROOMS, "tests", "benchmarks", "docs")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def parameters(function: Function) -> int:
    """The number of parameters, without ``self`` and ``cls``."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    rest = [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
    return len([one for one in named if one.arg not in ("self", "cls")]) + len(rest)


def is_prefect_form(function: Function) -> bool:
    """Whether Prefect shows the parameters as a form: it wants each by itself."""
    return any("flow" in ast.unparse(decorator).split("(")[0] for decorator in function.decorator_list)


def too_large(path: Path) -> Iterator[tuple[str, str]]:
    """What is over a bound in a file: its name, and by how much."""
    name = path.relative_to(ROOT)
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if lines > LINES_OF_A_FILE:
        yield str(name), f"{lines} lines"
    for node in statements(tree(path)):
        if isinstance(node, Function):
            assert node.end_lineno is not None
            lines = node.end_lineno - node.lineno + 1
            if lines > LINES_OF_A_FUNCTION:
                yield f"{name}: {node.name}", f"{lines} lines"
            if parameters(node) > PARAMETERS and not is_prefect_form(node):
                yield f"{name}: {node.name}", f"{parameters(node)} parameters"


def test_no_file_function_or_list_of_parameters_is_over_its_bound() -> None:
    assert [fault for folder in FOLDERS for path in modules(folder) for fault in too_large(path)] == []
