"""A Prefect server with workers for `benchmarks.chaos`: the way of users who do not run `serve`.

The server is started, and the deployment registered by `prefect deploy`, when the first round asks for them. Each round
has a copy of that deployment, with its own directory and schedule, and a worker of its own.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.chaos_field import Field, kill
from benchmarks.forked_runs import clean_environment
from fivegwatch.flows.serving.deployments import deployments_text
from fivegwatch.flows.serving.server import free_port, stop
from fivegwatch.storage.disk.locks import run_at_work
from tests.flows.corpora import descendants
from tests.flows.prefect_stack import BIN, QUICK, Stack, wait_for

EVERY_S = 30
"""Interval of the schedule of a round, in seconds."""
NEXT_RUN_S = 60.0
"""The next run starts within this time after server and worker were started again."""
READY_S = 300.0
CLOSED_S = 300.0
"""No earlier run is open after this time; one that was about to start counts as lost after two minutes."""
OPEN = ("RUNNING", "PENDING", "CANCELLING")
"""States in which a run is shown as at work or about to be."""
COPIED = (
    "flow_id",
    "entrypoint",
    "path",
    "pull_steps",
    "work_pool_name",
    "work_queue_name",
    "job_variables",
    "tags",
)


class PrefectServer:
    """A context manager: a server that is started when it is first asked for, and can be killed and started again."""

    def __enter__(self) -> Self:
        self._temporary = tempfile.TemporaryDirectory(prefix="chaos-prefect-", ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        port = free_port()
        api = f"http://127.0.0.1:{port}/api"
        environment = {
            **clean_environment(),
            **QUICK,
            "PREFECT_HOME": str(self.folder),
            "PREFECT_API_URL": api,
        }
        self.stack = Stack(api=api, environment=environment, home=self.folder)
        self._command = ["server", "start", "--host", "127.0.0.1", "--port", str(port)]
        self._process: subprocess.Popen[bytes] | None = None
        self._model: dict[str, Any] = {}
        self.waits: list[float] = []
        """Seconds after which the next run started, of each round."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process:
            stop(self._process)
        self._temporary.cleanup()

    def start(self) -> None:
        """Start the server, unless it is at work, and wait until it answers."""
        if self._process is None or self._process.poll() is not None:
            self._process = self._started(self._command, "server.log")
            wait_for("Prefect server", READY_S, lambda: self.stack.ask("/health"))
        if not self._model:
            self.stack.run("prefect", "work-pool", "create", "fivegwatch", "--type", "process")
            head, _, rest = deployments_text().partition("\ndeployments:\n")
            by_hand = "  - name: now" + rest.partition("  - name: now")[2].partition("\n  - name: ")[0]
            file = self.folder / "prefect.yaml"
            file.write_text(f"{head}\ndeployments:\n{by_hand}\n", encoding="utf-8")
            self.stack.run("prefect", "deploy", "--all", "--prefect-file", str(file), cwd=self.folder)
            self._model = self.stack.ask("/deployments/name/ingest/now")

    def kill(self) -> None:
        """SIGKILL of the server and its children."""
        if self._process:
            for pid in [self._process.pid, *descendants(self._process.pid)]:
                kill(pid)
            self._process.wait()

    def worker(self) -> subprocess.Popen[bytes]:
        """A worker that has just been started."""
        return self._started(["worker", "start", "--pool", "fivegwatch"], "worker.log")

    def _started(self, command: Sequence[str], log: str) -> subprocess.Popen[bytes]:
        with (self.folder / log).open("ab") as stream:
            return subprocess.Popen(
                [BIN / "prefect", *command],
                cwd=self.folder,
                env=self.stack.environment,
                stdout=stream,
                stderr=stream,
            )

    def scheduled(self, home: Path, *, due_only: bool) -> str:
        """The id of a new deployment that runs an ingest in ``home`` every `EVERY_S` seconds."""
        body = {key: self._model[key] for key in COPIED} | {
            "name": home.name,
            "parameters": {"home": str(home), "due_only": due_only},
            "schedules": [{"schedule": {"interval": EVERY_S}, "active": True}],
        }
        return str(self._ask("/deployments/", body)["id"])

    def _ask(self, path: str, body: dict[str, Any]) -> Any:
        """The answer of the server, which on a busy machine may need more than one request."""
        return wait_for("answer of the server", READY_S, lambda: [self.stack.ask(path, body)])[0]

    def pause(self, deployment: str) -> None:
        """End the schedule of a deployment; runs at work go on."""
        self._ask(f"/deployments/{deployment}/pause_deployment", {})

    def runs(self, deployment: str, states: Sequence[str] = ()) -> list[dict[str, Any]]:
        """The runs of a deployment that began, or those in some states."""
        chosen: dict[str, Any] = {"deployments": {"id": {"any_": [deployment]}}}
        if states:
            chosen["flow_runs"] = {"state": {"type": {"any_": list(states)}}}
        answer: list[dict[str, Any]] = self._ask("/flow_runs/filter", chosen)
        return [run for run in answer if states or run["start_time"]]


def kill_worker(where: Field, prefect: PrefectServer) -> None:
    """SIGKILL of a worker, of the run it started, or of both, at random of the server too; then all start again.

    The next run must start within `NEXT_RUN_S`, and no earlier run may stay open. Faults are added to the messages of
    ``where``.
    """
    prefect.start()
    worker = prefect.worker()
    deployment = prefect.scheduled(where.home, due_only=where.chance.random() < 0.25)
    try:
        end = time.monotonic() + READY_S
        while not run_at_work(where.layout) and time.monotonic() < end:
            time.sleep(0.05)
        if not run_at_work(where.layout):
            where.aloud.append("HANGS: the worker started no run")
        time.sleep(where.chance.uniform(0.0, 1.0) * where.took_s)
        # Those that the worker has taken, but not begun, included: the schedule goes on until they are closed.
        before = {run["id"] for run in [*prefect.runs(deployment), *prefect.runs(deployment, OPEN)]}
        family = [*descendants(worker.pid)]
        who = where.chance.choice(("worker", "run", "both"))
        if where.chance.random() < 0.25:
            prefect.kill()
        for pid in {"worker": [worker.pid], "run": family, "both": [worker.pid, *family]}[who]:
            kill(pid)
        prefect.start()
        if who != "run":
            worker.wait()
            worker = prefect.worker()
        _check_next_run(where, prefect, deployment, before, who)
        prefect.pause(deployment)
        if not _wait_until_closed(prefect, deployment, set()):
            where.aloud.append(f"HANGS: a later run stays open after a kill of {who}")
    finally:
        stop(worker)


def _check_next_run(
    where: Field, prefect: PrefectServer, deployment: str, before: set[str], who: str
) -> None:
    began = time.monotonic()
    while not {run["id"] for run in prefect.runs(deployment)} - before:
        if time.monotonic() - began > READY_S:
            where.aloud.append(f"HANGS: no run started after a kill of {who}")
            return
        time.sleep(0.2)
    prefect.waits.append(time.monotonic() - began)
    if prefect.waits[-1] > NEXT_RUN_S:
        where.aloud.append(f"HANGS: the next run started after {prefect.waits[-1]:.0f} s")
    if not _wait_until_closed(prefect, deployment, before):
        where.aloud.append(f"HANGS: a run stays open after a kill of {who}")


def _wait_until_closed(prefect: PrefectServer, deployment: str, chosen: set[str]) -> bool:
    """Whether none of these runs of a deployment (all, if empty) is open any more within `CLOSED_S`."""
    end = time.monotonic() + CLOSED_S
    while open_runs := {run["id"] for run in prefect.runs(deployment, OPEN)}:
        if chosen and not open_runs & chosen:
            return True
        if time.monotonic() > end:
            return False
        time.sleep(0.5)
    return True
