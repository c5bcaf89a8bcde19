"""Documents that once crashed a reader stay read or refused; a short campaign of new ones finds no crash."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from benchmarks.fuzz import Target, crash_of, fixtures, fuzz, targets
from benchmarks.mutations import json_tree
from fivegwatch.extractors.errors import NewsError

TARGETS = targets()


@pytest.mark.parametrize(("name", "path"), list(fixtures()), ids=lambda value: getattr(value, "name", value))
def test_a_document_that_crashed_a_reader_is_read_or_refused(name: str, path: Path) -> None:
    with suppress(NewsError):
        assert crash_of(TARGETS[name].read, path.read_bytes()) is None


@pytest.mark.parametrize("name", TARGETS)
def test_each_reader_reads_its_undamaged_document(name: str) -> None:
    assert crash_of(TARGETS[name].read, TARGETS[name].seeds[0]) is None


@pytest.mark.slow
def test_damaged_documents_crash_no_reader_and_a_crash_is_noticed() -> None:
    account = fuzz(TARGETS, 3.0, Random(5))
    assert set(account.tried) == set(TARGETS) and not account.crashes, account.crashes

    def careless(data: bytes) -> object:
        return data.decode("ascii")["".index("x") if b"null" in data else 0 :]

    found = fuzz(
        {"careless": Target(read=careless, seeds=[b'{"a": [1, {"b": "c"}]}'], mutations=[json_tree])},
        0.5,
        Random(1),
    )
    assert any("ValueError" in where for where in found.crashes)
