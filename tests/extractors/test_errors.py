"""The vocabulary of problems: one table, complete and without entries that nobody uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fivegwatch.extractors.errors import KINDS
from tests.conftest import ROOT

LISTED = [kind for kinds in KINDS.values() for kind in kinds.split()]
FIRST_ARGUMENT = ("error", "skip")
SECOND_ARGUMENT = ("refusal", "_error")
OTHER_CALLS = ("_log.error", "logger.error")


def strings(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def kinds_in(call: ast.Call) -> Iterator[str]:
    """The kinds that a call names literally: ``FeedError(..., kind="entity")``, ``head.error("decode", ...)``."""
    name = ast.unparse(call.func)
    if name.endswith("Error"):
        yield from (kind for word in call.keywords if word.arg == "kind" for kind in strings(word.value))
    last = name.rpartition(".")[2]
    position = 0 if last in FIRST_ARGUMENT else 1 if last in SECOND_ARGUMENT else len(call.args)
    if name not in OTHER_CALLS and position < len(call.args):
        yield from strings(call.args[position])


def modules(*rooms: str) -> Iterator[tuple[str, str]]:
    """(path, source text) of every module in some rooms."""
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_every_kind_of_error_that_a_document_can_cause_is_in_the_table() -> None:
    missing = [
        f"{path}:{node.lineno} {kind}"
        for path, text in modules("extractors", "sources")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        for kind in kinds_in(node)
        if kind not in LISTED and not kind.startswith("http_")
    ]
    assert missing == []


def test_every_kind_in_the_table_is_used_and_listed_once() -> None:
    texts = [
        text for path, text in modules("extractors", "sources", "flows") if path != "extractors/errors.py"
    ]
    unused = [kind for kind in LISTED if not any(f'"{kind}' in text for text in texts)]
    assert unused == []
    assert len(set(LISTED)) == len(LISTED)
