"""Shared fixtures. Tests that need the developers' shared data say so and are skipped where it is absent."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import pytest

ROOT = Path(__file__).resolve().parent.parent
T = TypeVar("T")


def sample(items: Iterable[T], every: int) -> list[T]:
    """Every so manieth, which a change that does harm would hardly get past; FIVEGWATCH_CAMPAIGN=all takes all of
    them, which takes many minutes."""
    return list(items)[:: 1 if os.environ.get("FIVEGWATCH_CAMPAIGN") == "all" else every]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared research data (pages, feeds, labelled texts, the hostile server)."""
    folder = Path(os.environ.get("FIVEGWATCH_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"no shared data at {folder}; set FIVEGWATCH_SHARED to run this test")
    return folder
