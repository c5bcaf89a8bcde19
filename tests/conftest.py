"""Shared fixtures. Tests that need the developers' shared data say so and are skipped where it is absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared research data (pages, feeds, labelled texts, the hostile server)."""
    folder = Path(os.environ.get("FIVEGWATCH_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"no shared data at {folder}; set FIVEGWATCH_SHARED to run this test")
    return folder
