"""Runs the program as a user does, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What the program said and how it ended."""

    code: int
    out: str
    err: str


def fivegwatch(*arguments: str | Path, cwd: Path, stdin: str | None = None, timeout_s: float = 120) -> Ran:
    """``fivegwatch ARGUMENTS`` in ``cwd``, with no settings from outside; never a traceback."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("FIVEGWATCH", "PREFECT"))
    }
    environment |= {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "fivegwatch.flows.cli.main", *map(str, arguments)],
        cwd=cwd, env=environment, input=stdin, capture_output=True, text=True, timeout=timeout_s,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return Ran(code=done.returncode, out=done.stdout, err=done.stderr)
