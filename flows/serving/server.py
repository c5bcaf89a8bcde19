"""The Prefect server that ``serve`` starts for itself, on loopback.

take the port -> start the server with that socket -> wait until it answers -> ... -> stop it

The parent opens the port and passes the open socket to the server, so whatever answers there is this server. If another
program has the port, such as a Prefect server of somebody else, that is noticed before anything is started.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.storage.disk.files import disk_errors

MODULE = "fivegwatch.flows.serving.server"
SERVER_READY_S = 180.0
STOP_S = 15.0
LOG_BYTES = 10_000_000
"""A log larger than this is renamed at the next start, and replaces the one renamed before."""
PORT_FREE_S = 20.0
"""How many seconds to wait until the server of a killed ``serve``, which ends by itself, releases the port."""
SERVER_ENVIRONMENT = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLI_PROMPT": "false",
    # By default task runs are recorded one by one, which takes ten times the processor time.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    # Leases kept in memory are lost when the server dies, and their slot stays taken for ever.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    # A run costs about 80 kB in Prefect's database. Runs are kept for 14 days (in seconds), events for 2.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "1209600",
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P2D",
}


@contextmanager
def prefect_server(folder: Path, *, port: int = 0) -> Iterator[str]:
    """Yield the API address of a Prefect server of our own, on loopback, with its database in ``folder``.

    With ``port`` 0 a free port is used. The server is stopped at the end of the block; on Linux it also ends if this
    process is killed.

    Raises:
        SettingsError: another program has the port, or the server does not start; the message names its log.
        StorageError: the folder cannot be written to.
    """
    with disk_errors(folder, "keep the Prefect server's database"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "server.log").open("ab").close()
        if (folder / "server.log").stat().st_size > LOG_BYTES:
            (folder / "server.log").replace(folder / "server.log.1")
    _end_former_server(folder / "server.pid")
    with _taken_port(port) as listener, (folder / "server.log").open("ab") as log:
        api = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        os.environ.update({name: os.environ.get(name, value) for name, value in SERVER_ENVIRONMENT.items()})
        os.environ |= {"PREFECT_HOME": str(folder), "PREFECT_API_URL": api}
        server = _start_server(listener, log, folder)
        listener.close()
        try:
            (folder / "server.pid").write_text(str(server.pid))
            _wait_until_ready(server, api, folder / "server.log")
            yield api
        finally:
            stop(server)
            (folder / "server.pid").unlink(missing_ok=True)


def _taken_port(port: int) -> socket.socket:
    """A listening socket on loopback.

    Raises:
        SettingsError: another program has the port.
    """
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except (OSError, OverflowError) as exc:
        listener.close()
        raise SettingsError(
            f"--port: port {port} of 127.0.0.1 cannot be taken ({getattr(exc, 'strerror', None) or exc}); another"
            f" program may use it. Name a free one, such as --port {port % 60_000 + 1}; or, to use a Prefect server"
            f" that runs there, set PREFECT_API_URL=http://127.0.0.1:{port}/api.",
            key="--port",
        ) from exc
    return listener


def _end_former_server(file: Path) -> None:
    """End the server that a killed ``serve`` of this directory left behind, if there is one; ``file`` holds its process
    id.
    """
    try:
        number = int(file.read_text())
        # Only a process that runs this very module: after a restart of the machine the number may be anybody's.
        ours = MODULE.encode() in Path(f"/proc/{number}/cmdline").read_bytes()
    except (OSError, ValueError):
        return
    end = time.monotonic() + PORT_FREE_S
    while ours and time.monotonic() < end:
        try:
            os.kill(number, signal.SIGTERM if end - time.monotonic() > STOP_S / 3 else signal.SIGKILL)
        except OSError:
            return
        time.sleep(0.5)


def _start_server(listener: socket.socket, log: IO[bytes], folder: Path) -> subprocess.Popen[bytes]:
    # -P: a folder "fivegwatch" in the current directory must not be imported instead of ours.
    command = [sys.executable, "-P", "-m", MODULE, str(listener.fileno())]
    return subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
        command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=folder,
        pass_fds=[listener.fileno()], start_new_session=True, preexec_fn=_die_with_parent(),
    )  # fmt: skip


def _die_with_parent() -> Callable[[], None] | None:
    """A function that makes a child process end when this one does, to be called first in the child; None if the kernel
    has no such call.
    """
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
    """A TCP port on loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main(descriptor: int) -> None:
    """Run the server on the listening socket with the file descriptor ``descriptor``; its settings are in the
    environment.
    """
    import uvicorn
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    with socket.socket(fileno=descriptor) as listener:
        config = uvicorn.Config(
            create_app(final=True),
            log_level="warning",
            timeout_keep_alive=get_current_settings().server.api.keepalive_timeout,
            timeout_graceful_shutdown=5,
        )
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(int(sys.argv[1]))
