"""A real Prefect server, deployments and worker for tests, each a process of its own with a home of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fivegwatch.flows.serving.server import free_port, stop
from tests.conftest import ROOT

BIN = Path(sys.executable).parent
BUSY_S = 120
QUICK = {
    "DO_NOT_TRACK": "1",
    "NO_COLOR": "1",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
    "PREFECT_WORKER_QUERY_SECONDS": "3",
}
"""Each question of a worker or a test costs the server 25 ms; a busy machine waits long, and so asks often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The address of the server and the environment its clients need."""

    api: str
    environment: dict[str, str]
    home: Path

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """POST (with a body) or GET; the JSON answer. While the server's database is busy (503) it is asked again,
        as Prefect's own client does."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.api + path, data, {"content-type": "application/json"})
        end = time.monotonic() + BUSY_S
        while True:
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code != 503 or time.monotonic() > end:
                    raise
            time.sleep(1)

    def runs(self, flow: str) -> list[dict[str, Any]]:
        """All runs of a flow that began, oldest first."""
        found: list[dict[str, Any]] = self.ask("/flow_runs/filter", {"flows": {"name": {"any_": [flow]}}})
        return sorted((run for run in found if run["start_time"]), key=lambda run: str(run["start_time"]))

    def run(self, *command: str, cwd: Path = ROOT) -> str:
        """A program of the environment, to its end; its output."""
        done = subprocess.run(
            [BIN / command[0], *command[1:]],
            cwd=cwd,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def wait_for(what: str, seconds: float, condition: Callable[[], Any]) -> Any:
    """The first true value of ``condition``; fails, naming ``what``, when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if found := condition():
                return found
        time.sleep(1)
    raise AssertionError(f"no {what} within {seconds:.0f} s")


@contextlib.contextmanager
def background(command: list[str | Path], environment: dict[str, str], log: Path, cwd: Path) -> Iterator[Any]:
    """A program that runs until the end of the block; its output goes to a file, for a full pipe would block it."""
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=stream, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            stop(process)


@contextlib.contextmanager
def prefect_stack(folder: Path, extra: dict[str, str]) -> Iterator[Stack]:
    """A server that answers, in a fresh Prefect home under ``folder``."""
    port = free_port()
    api = f"http://127.0.0.1:{port}/api"
    environment = {**os.environ, **QUICK, **extra, "PREFECT_HOME": str(folder), "PREFECT_API_URL": api}
    command = [BIN / "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with background(command, environment, folder / "server.log", folder):
        stack = Stack(api=api, environment=environment, home=folder)
        wait_for(f"server ({folder / 'server.log'})", 180, lambda: stack.ask("/health"))
        yield stack
