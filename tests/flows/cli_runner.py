"""Runs a command as a user does: here in this process, which is a second quicker, or in a process of its own."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from fivegwatch.flows.cli.main import main
from tests.conftest import ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command printed and its exit code."""

    code: int
    out: str
    err: str


def clean_environment() -> dict[str, str]:
    """Our environment variables without any setting of fivegwatch or Prefect, for plain output of 200 columns."""
    outside = {
        name: value for name, value in os.environ.items() if not name.startswith(("FIVEGWATCH", "PREFECT"))
    }
    return outside | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200"}


def fivegwatch(*arguments: str | Path, cwd: Path, stdin: str | None = None) -> Ran:
    """``fivegwatch ARGUMENTS`` in ``cwd``, called in this process; children and loader are processes as always."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        mock.patch.dict(os.environ, clean_environment(), clear=True),
        contextlib.chdir(cwd),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO((stdin or "").encode()), "utf-8")),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            code = main(list(map(str, arguments)))
        except SystemExit as left:  # argparse: help, and wrong usage
            code = left.code if isinstance(left.code, int) else int(left.code is not None)
    return Ran(code=code, out=printed(out), err=printed(err))


def printed(stream: io.TextIOWrapper) -> str:
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


def fivegwatch_process(
    *arguments: str | Path, cwd: Path, stdin: str | None = None, timeout_s: float = 300
) -> Ran:
    """``fivegwatch ARGUMENTS`` in ``cwd``, in a process of its own; never a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "fivegwatch.flows.cli.start", *map(str, arguments)],
        cwd=cwd, env=clean_environment(), input=stdin, capture_output=True, text=True, timeout=timeout_s,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return Ran(code=done.returncode, out=done.stdout, err=done.stderr)
