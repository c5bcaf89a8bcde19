"""One table of exit codes, the same for every command."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from fivegwatch.extractors.errors import (
    CorpusBusyError,
    NewsError,
    SettingsError,
    StorageError,
    WatchlistError,
    is_interrupt,
)
from fivegwatch.flows.cli.main import COMMANDS, EXIT_CODES, exit_code_of
from fivegwatch.storage.disk.files import hold, prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish
from tests.conftest import ROOT
from tests.flows.cli_runner import fivegwatch

PROGRAM = EntryPoint(
    "fivegwatch",
    tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["fivegwatch"],
    "console_scripts",
)
"""What the installed program calls."""
READERS = [("status",), ("sql", "select 1"), ("explain", "https://a.example/1"), ("backfill", "status")]
WRITERS = [("ingest",), ("refilter",), ("backfill", "urls", "list.txt")]
HOME_READERS = [("feeds", "list"), ("watchlist", "check"), ("serve",), ("judge", "list.txt")]


@pytest.mark.parametrize("command", READERS + WRITERS, ids=" ".join)
def test_no_corpus_there_is_2_for_every_command(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("https://a.example/1\n")
    ran = fivegwatch(*command, "--db", "nowhere.duckdb", cwd=tmp_path)
    assert ran.code == 2 and "no corpus" in ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.txt"], "nothing was made"


@pytest.mark.parametrize("command", READERS + WRITERS + HOME_READERS, ids=" ".join)
def test_a_wrong_setting_is_2_for_every_command(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("https://a.example/1\n")
    (tmp_path / "fivegwatch.toml").write_text("enabled = 'perhaps'\n")
    ran = fivegwatch(*command, cwd=tmp_path)
    assert ran.code == 2 and "fivegwatch.toml:1" in ran.err


@pytest.mark.parametrize("command", WRITERS, ids=" ".join)
def test_a_corpus_at_work_is_3_for_every_command_that_writes(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    layout = Layout.for_database(tmp_path / "c.duckdb")
    prepare(layout)
    load(layout)
    publish(layout)
    (tmp_path / "list.txt").write_text("https://a.example/1\n")
    with hold(layout.run_lock, "a run"), hold(layout.backfill_lock, "a backfill"):
        ran = fivegwatch(*command, "--db", layout.link, cwd=tmp_path)
    assert ran.code == 3 and "already at work" in ran.err


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_wrong_usage_is_2_for_every_command(command: str, tmp_path: Path) -> None:
    assert fivegwatch(command, "--no-such-option", cwd=tmp_path).code == 2


def test_every_kind_of_error_has_a_code_of_the_table() -> None:
    codes = {
        exit_code_of(error)
        for error in (
            NewsError("x"),
            StorageError("x"),
            StorageError("x", kind="no_corpus"),
            CorpusBusyError("x"),
            SettingsError("x"),
            WatchlistError("x", file="f"),
        )
    }
    assert codes == {1, 2, 3} and codes <= set(EXIT_CODES)


@pytest.mark.parametrize(
    ("module", "struck"),
    {
        "before our handlers are set up": ("argparse", "os.kill(os.getpid(), signal.SIGINT)"),
        "in code made from text": ("argparse", "exec('os.kill(os.getpid(), signal.SIGINT)')"),
        "in a library that makes another error of it": (
            "duckdb",
            "raise ImportError('initialization failed') from KeyboardInterrupt()",
        ),
    }.values(),
)
def test_ctrl_c_while_the_program_is_still_imported_is_130(tmp_path: Path, module: str, struck: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import builtins, os, signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be ignored where the tests were started\n"
        "real = builtins.__import__\n"
        "def interrupted(name, *rest, **named):\n"
        f"    if name == {module!r}:\n"
        f"        {struck}\n"
        "    return real(name, *rest, **named)\n"
        "builtins.__import__ = interrupted\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", PROGRAM.module, "status"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 130, done.stderr
    assert "interrupted" in done.stderr and "Traceback" not in done.stderr


def test_an_error_while_an_interrupt_is_handled_is_no_interrupt() -> None:
    for raised, expected in (
        (ImportError("of a library"), True),
        (ValueError("a bug in the clean-up"), False),
    ):
        try:
            try:
                raise KeyboardInterrupt
            except KeyboardInterrupt as interrupt:
                if expected:
                    raise raised from interrupt
                raise raised  # noqa: B904
        except (ImportError, ValueError) as error:
            assert is_interrupt(error) == expected


def test_an_interrupt_while_a_finished_command_clears_its_memory_does_not_change_its_exit_code(
    tmp_path: Path,
) -> None:
    script = (
        "import os, signal, sys\n"
        "class Last:\n"
        "    def __del__(self, kill=os.kill, process=os.getpid(), number=signal.SIGINT): kill(process, number)\n"
        "last = Last()\n"
        f"from {PROGRAM.module} import {PROGRAM.attr} as main\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "watchlist", "--help"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.returncode
    assert "usage:" in done.stdout and done.stderr == ""


def test_closed_streams_are_no_error_and_their_numbers_are_given_to_no_file(tmp_path: Path) -> None:
    code = (
        "import os, sys; from fivegwatch.flows.cli.start import open_standard_streams as run\n"
        "run(); print('out'); print('err', file=sys.stderr); assert not sys.stdin.read()\n"
        f"number = os.open({str(tmp_path / 'file')!r}, os.O_CREAT | os.O_WRONLY)\n"
        "os._exit(number)"
    )
    command = f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} <&- >&- 2>&-"
    done = subprocess.run(command, shell=True, cwd=ROOT, check=False, timeout=600)
    assert done.returncode > 2 and (tmp_path / "file").read_bytes() == b""
