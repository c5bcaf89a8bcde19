"""Runs of `fivegwatch` forked from one process that has imported everything, for campaigns of many short runs.

    campaign -> launcher (imports once) -> run -> spawner -> loaders, and the server of its reading children

A run that starts as a program spends 3 of its 4 CPU seconds on importing: itself, the server of its reading children,
and each loader. Here the same processes exist, with the same parents and pipes, and run the same code; each is forked
where the program would start an interpreter. All are named, since their command lines are those of the launcher.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import json
import multiprocessing.util
import os
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any, Self

from fivegwatch.storage.no_pandas import block_pandas
from tests.conftest import ROOT

_PR_SET_NAME, _PR_SET_CHILD_SUBREAPER = 15, 36
_LONGEST = 1024 * 1024
LOADER, READERS = "fw-loader", "fw-readers"
"""Names of forked processes, as ``/proc/PID/comm`` has them: a loader, and the reading children and their server."""


class ForkedRun:
    """A run that was forked, with those methods of `subprocess.Popen` that campaigns use."""

    def __init__(self, pid: int, status: int, errors: Any) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._status, self._errors, self._text = status, errors, ""

    def poll(self) -> int | None:
        """The exit code; None while the run works."""
        return self._await(0)

    def _await(self, wait_s: float | None) -> int | None:
        if self.returncode is None and select.select([self._status], [], [], wait_s)[0]:
            self.returncode = int(os.read(self._status, 100) or b"-9")
            os.close(self._status)
        return self.returncode

    def kill(self) -> None:
        """SIGKILL, if it still works."""
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        """Send a signal, if it still works."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Nothing, and what the run wrote to its error output, once it has ended.

        Raises: TimeoutExpired after ``timeout`` seconds.
        """
        if self._await(timeout) is None:
            raise subprocess.TimeoutExpired("a forked run", timeout or 0.0)
        if not self._errors.closed:
            with self._errors as errors:
                errors.seek(0)
                self._text = errors.read().decode(errors="replace")
        return "", self._text


class Launcher:
    """A context manager: the process that has imported everything."""

    def __enter__(self) -> Self:
        self._gate, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.forked_runs", str(theirs.fileno())],
            pass_fds=[theirs.fileno()], cwd=ROOT, env=clean_environment(),
        )  # fmt: skip
        theirs.close()
        return self

    def start(self, arguments: Sequence[str], cwd: Path, ahead_s: float = 0.0) -> ForkedRun:
        """``fivegwatch ARGUMENTS`` in ``cwd``, its clock ``ahead_s`` ahead; ``hand-in FOLDER PARTS`` is `hand_in`."""
        errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the run's value
        ours, theirs = os.pipe()
        request = {"arguments": list(arguments), "cwd": str(cwd), "ahead_s": ahead_s}
        socket.send_fds(self._gate, [json.dumps(request).encode()], [errors.fileno(), theirs])
        os.close(theirs)
        pid = int(os.read(ours, 100))
        return ForkedRun(pid, ours, errors)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._gate.close()
        self._process.wait(timeout=30)


def clean_environment() -> dict[str, str]:
    """The environment without settings of fivegwatch and Prefect; `fivegwatch` is imported from this checkout."""
    outside = {k: v for k, v in os.environ.items() if not k.startswith(("FIVEGWATCH", "PREFECT"))}
    return outside | {"PYTHONPATH": str(ROOT)}


# ---- in the launcher ----


def main(gate: socket.socket) -> int:
    """Fork a run for each request, until the campaign closes the gate; returns the exit code of each process."""
    import fivegwatch.flows.alerts.watched_run
    import fivegwatch.flows.cli.ingest
    import fivegwatch.flows.printing.progress
    import fivegwatch.flows.runs.ingest
    import fivegwatch.flows.workers.warm
    import fivegwatch.storage.load.loader  # noqa: F401

    block_pandas()  # as each program does at its beginning
    gc.freeze()  # collections in forked processes would copy all of it
    while True:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        payload, fds, *_ = socket.recv_fds(gate, _LONGEST, 2)
        if not payload:
            return 0
        if os.fork() == 0:
            gate.close()
            return _supervise(json.loads(payload), *fds)
        for fd in fds:
            os.close(fd)


def _supervise(request: dict[str, Any], errors: int, status: int) -> int:
    """Start a run; write its process id to ``status``, and its exit code once it has ended."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    pid = os.fork()
    if pid == 0:
        os.close(status)
        _set_clock(request["ahead_s"])
        return _run(request["arguments"], request["cwd"], errors)
    os.write(status, str(pid).encode())
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.write(status, str(code).encode())
    os.close(status)
    with suppress(ChildProcessError):  # what the run left behind, so that its time is counted here
        while True:
            os.wait()
    os._exit(0)


def _set_clock(ahead_s: float) -> None:
    """Set the clock of an ingest forward."""
    from fivegwatch.flows.alerts import watched_run
    from fivegwatch.flows.runs import clock

    real, ahead = clock.utc_now, timedelta(seconds=ahead_s)
    clock.utc_now = watched_run.utc_now = lambda: real() + ahead  # type: ignore[attr-defined]


def _run(arguments: list[str], cwd: str, errors: int) -> int:
    from fivegwatch.flows.cli.start import main as start
    from fivegwatch.storage.load import loader

    nowhere = os.open(os.devnull, os.O_RDWR)
    for number, fd in enumerate((nowhere, nowhere, errors)):
        os.dup2(fd, number)
    os.closerange(3, 256)
    os.sched_setaffinity(
        0, {random.choice(sorted(os.sched_getaffinity(0)))}
    )  # DuckDB's idle threads wait actively
    os.chdir(cwd)
    sys.argv = ["fivegwatch", *arguments]
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        ours.close()
        return _spawn(theirs)
    theirs.close()
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    spawner = _Spawner(ours)
    multiprocessing.util.spawnv_passfds = spawner.start_readers  # type: ignore[assignment]
    loader.subprocess = SimpleNamespace(run=spawner.run_loader)  # type: ignore[assignment,attr-defined]
    if arguments[0] == "hand-in":
        return hand_in(Path(cwd), Path(arguments[1]), int(arguments[2]))
    return start()


def hand_in(home: Path, folder: Path, parts: int) -> int:
    """What an ingest of the batches in ``folder`` does to the corpus of ``home``, in one or two loads; the exit code.

    Under the lock of runs: batches into the spool, load, the others, load and publish. A batch that was handed in
    before is handed in again unless the spool has it, as a run would ask again for a page that was not recorded.
    """
    from fivegwatch.extractors.errors import CorpusBusyError, NewsError
    from fivegwatch.storage.disk.files import put_file
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.disk.locks import run_lock
    from fivegwatch.storage.load.loader import run_loader

    layout = Layout.for_database(home / "corpus.duckdb")
    batches = sorted(folder.glob("*.parquet"))
    half = len(batches) // 2
    try:
        with run_lock(layout):
            for part in (batches,) if parts == 1 else (batches[:half], batches[half:]):
                for batch in part:
                    if (
                        not (layout.done / batch.name).exists()
                        and not (layout.incoming / batch.name).exists()
                    ):
                        layout.incoming.mkdir(parents=True, exist_ok=True)
                        put_file(layout.incoming / batch.name, batch.read_bytes())
                run_loader(layout.link, publish=part[-1] == batches[-1])
    except NewsError as error:
        print(error, file=sys.stderr)
        return 3 if isinstance(error, CorpusBusyError) else 1
    return 0


class _Spawner:
    """The run's end of the socket to its spawner, which forks a process where a run would start an interpreter."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._lock = threading.Lock()
        self._exec = multiprocessing.util.spawnv_passfds

    def _ask(self, request: dict[str, Any], fds: Sequence[int] = ()) -> int:
        with self._lock:
            socket.send_fds(self._end, [json.dumps(request).encode()], fds)
            return int(self._end.recv(100) or b"0")

    def start_readers(self, path: str, arguments: Sequence[str], fds: Sequence[int]) -> int:
        """In place of `multiprocessing.util.spawnv_passfds`: the process id of the fork server."""
        if "forkserver" not in arguments[-1]:
            return self._exec(path, arguments, fds)  # type: ignore[arg-type]
        return self._ask({"server": arguments[-1], "fds": list(fds), "environment": dict(os.environ)}, fds)

    def run_loader(self, command: Sequence[str], env: dict[str, str], **_: Any) -> Any:
        """In place of `subprocess.run`: what a loader printed, and its exit code."""
        arguments = command[command.index("fivegwatch.storage.load.loader") + 1 :]
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            fds = [out.fileno(), errors.fileno()]
            pid = self._ask({"loader": arguments, "environment": env}, fds)
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            texts = []
            for file in (out, errors):
                file.seek(0)
                texts.append(file.read().decode())
        return SimpleNamespace(stdout=texts[0], stderr=texts[1], returncode=code)


# ---- in the spawner of a run ----


def _spawn(end: socket.socket) -> int:
    """Fork loaders and the fork server as the run asks, until the run has ended."""
    while True:
        try:
            payload, fds, *_ = socket.recv_fds(end, _LONGEST, 4)
        except ConnectionResetError:  # the run was killed before it read the last answer
            os._exit(0)
        if not payload:
            os._exit(0)
        request = json.loads(payload)
        # Its parent ends at once, so that it becomes a child of the run, which may wait for it.
        pids, number = os.pipe()
        parent = os.fork()
        if parent == 0:
            os.close(pids)
            if pid := os.fork():
                os.write(number, str(pid).encode())
                os._exit(0)
            os.close(number)
            end.close()
            os.environ.clear()
            os.environ.update(request["environment"])
            return _load(request["loader"], fds) if "loader" in request else _serve(request, fds)
        os.close(number)
        os.waitpid(parent, 0)
        with suppress(BrokenPipeError):  # the run was killed meanwhile
            end.send(os.read(pids, 100))
        for fd in (*fds, pids):
            os.close(fd)


def _load(arguments: list[str], fds: list[int]) -> int:
    from fivegwatch.storage.load import loader

    _set_name(LOADER)
    os.dup2(fds[0], 1)
    os.dup2(fds[1], 2)
    return loader.main(arguments)


def _serve(request: dict[str, Any], fds: list[int]) -> int:
    """The fork server: what its command line says, with the modules imported and the rules compiled here."""
    from fivegwatch.flows.workers.prepared import prepare

    _set_name(READERS)
    aside = [os.dup2(fd, 200 + number) for number, fd in enumerate(fds)]
    for fd in fds:
        os.close(fd)
    for fd, number in zip(aside, request["fds"], strict=True):
        os.dup2(fd, number)
        os.close(fd)
    prepare()
    exec(request["server"], {})
    return 0


def _set_name(name: str) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)


def _ended(process: Callable[[], int]) -> int:
    """Exit code of ``process``, after what an interpreter does at its end, except taking its modules apart."""
    try:
        code = process()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    os._exit(_ended(lambda: main(socket.socket(fileno=int(sys.argv[1])))))
