"""Loads in the tests' own process, for rooms whose laws are not about the loader's process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fivegwatch.storage.load import loader


def _answer_here(arguments: list[str]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(json.dumps(loader.answer_to(arguments)))
    return answer


@pytest.fixture(scope="package", autouse=True)
def loads_here() -> Iterator[None]:
    """Starting Python and importing DuckDB is half of what a small load costs, and these tests make hundreds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "_answer_of_process", _answer_here)
        yield
