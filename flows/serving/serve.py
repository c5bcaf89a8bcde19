"""The embedded scheduler: a Prefect server of our own on loopback, the deployments of ``prefect.yaml`` in one process.

start a server (unless PREFECT_API_URL names one) -> mark lost runs as crashed -> serve until SIGTERM or Ctrl-C
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from fivegwatch.extractors.errors import SettingsError

SERVER_READY_S = 180.0
STOP_S = 15.0
SERVER_ENVIRONMENT = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLI_PROMPT": "false",
    # By default task runs are recorded one by one, which takes ten times the processor time.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    # Leases kept in memory are lost when the server dies, and their slot stays taken for ever.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "1209600",
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P2D",
}


@contextmanager
def prefect_server(folder: Path, *, port: int = 0) -> Iterator[str]:
    """The API address of a Prefect server of our own, on loopback, with its database in ``folder``.

    The server is stopped at the end of the block; on Linux it also ends if this process is killed.

    Raises:
        SettingsError: the server does not start; the message names its log.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    api, log = f"http://127.0.0.1:{port}/api", folder / "server.log"
    os.environ.update({name: os.environ.get(name, value) for name, value in SERVER_ENVIRONMENT.items()})
    os.environ |= {"PREFECT_HOME": str(folder), "PREFECT_API_URL": api}
    with log.open("ab") as stream:
        server = _start_server(port, stream)
        try:
            _wait_until_ready(server, api, log)
            yield api
        finally:
            stop(server)


def _start_server(port: int, log: IO[bytes]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    return subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
        command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent()
    )


def _die_with_parent() -> Callable[[], None] | None:
    """A function for the child to run first, so that it ends when we do; None where the kernel has no such call."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    library = ctypes.CDLL(None)
    return lambda: library.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _wait_until_ready(server: subprocess.Popen[bytes], api: str, log: Path) -> None:
    end = time.monotonic() + SERVER_READY_S
    while time.monotonic() < end:
        if server.poll() is not None:
            raise SettingsError(
                f"the Prefect server ended at once with code {server.returncode}; its log is {log}"
            )
        try:
            with urllib.request.urlopen(f"{api}/health", timeout=2):  # noqa: S310 - our own loopback address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SettingsError(f"the Prefect server did not answer within {SERVER_READY_S:.0f} s; its log is {log}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a child process: terminate it, wait, then kill it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A TCP port on loopback that is free at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def serve_deployments(*, every_s: float | None = None, note: Callable[[str], None] = print) -> None:
    """Serve the shipped deployments until SIGTERM or Ctrl-C. ``PREFECT_API_URL`` must name a server."""
    from prefect import serve

    from fivegwatch.flows.serving.deployments import deployments_text, read_deployments, to_runner

    deployments = read_deployments(deployments_text())
    gone = crash_lost_runs([f"{item.entrypoint.rpartition('.')[2]}/{item.name}" for item in deployments])
    if gone:
        note(f"{gone} runs of an earlier process that has ended are marked as crashed")
    serve(*(to_runner(item, every_s=every_s) for item in deployments), pause_on_shutdown=False, limit=3)


def crash_lost_runs(names: Sequence[str]) -> int:
    """Mark the open runs of these deployments as crashed; returns how many.

    The serving process executes these runs itself, so none can be alive when it starts. A dead run would hold the
    deployment's only slot, and every later run would be cancelled without an error.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
    from prefect.client.schemas.objects import StateType
    from prefect.exceptions import ObjectNotFound
    from prefect.states import Crashed

    with get_client(sync_client=True) as client:
        ours = set()
        for name in names:
            try:
                ours.add(client.read_deployment_by_name(name).id)
            except ObjectNotFound:
                continue
        kinds = FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING, StateType.CANCELLING])
        runs = client.read_flow_runs(flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=kinds)))
        lost = [run for run in runs if run.deployment_id in ours]
        for run in lost:
            client.set_flow_run_state(
                run.id, Crashed(message="the process that executed it has ended"), force=True
            )
    return len(lost)
