"""A pool of child processes with bounds on time and memory, in which documents are parsed.

A document that hangs, crashes or takes too much memory ends its own child and no other. When the parent dies, for
whatever reason, its children die too.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import importlib.util
import math
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import Pipe, forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self, TypeVar, TypeVarTuple

from pebble import ProcessExpired, ProcessPool

from fivegwatch.extractors.errors import ExtractionError, NewsError, StorageError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.flows.workers.prepared import handed_over

Ts = TypeVarTuple("Ts")
R = TypeVar("R")

# Loaded once by the fork server, so that a new child starts in milliseconds.
_PRELOAD = ("fivegwatch.flows.workers.bounded_pool", "fivegwatch.flows.workers.warm")
_UNKNOWN = 255
"""The exit code that multiprocessing reports for a child whose fork server has died too."""
_KILLED = frozenset({-signal.SIGKILL, -signal.SIGTERM, _UNKNOWN})
_EXIT_MEMORY = 86
_EXIT_ORPHAN = 87
_PR_SET_PDEATHSIG = 1
# A document is bounded in processor time, so that a busy machine does not count against it. The bound on elapsed
# time, this many times longer, is for documents that wait instead of work.
_WALL_FACTOR = 4
_STOP_S = 5.0
_LOOK_S = 2.0
"""Seconds between two checks whether a pool with an unfinished call is still active."""
_STARTS = 3
"""Attempts to start children, after which the run ends: one of them may be killed while it starts."""
_MAIN_LOCK = threading.Lock()
# The error of a failed initializer, in its child. It is raised for each document; pebble would go on starting such
# children for ever.
_BROKEN: list[Exception] = []


class Pool:
    """A context manager over ``workers`` child processes, each replaced by a new one after `Limits.documents_per_child`
    documents.

    ``initializer(*initargs)`` is called once in each child, before its first document, for example to compile rules.
    Both must be picklable, and the function importable by name.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        initializer: Callable[..., object] | None = None,
        initargs: tuple[object, ...] = (),
    ) -> None:
        self.workers = workers or max(1, min(4, os.cpu_count() or 1))
        self._initializer, self._initargs = initializer, initargs
        self._pool: Any = None  # pebble is not fully typed
        self._life: tuple[Connection, Connection] | None = None
        self._prepared = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self._prepared.enter_context(handed_over(self._initializer, self._initargs))
        # Only this process holds the writing end; when this process ends, its children read end-of-file.
        self._life = Pipe(duplex=False)
        self._pool = self._new_pool(self._life[0])
        return self

    def _new_pool(self, life: Connection) -> Any:
        context = _Context()
        context.set_forkserver_preload([name for name in _PRELOAD if _exists(name)])
        return ProcessPool(
            self.workers,
            max_tasks=LIMITS.documents_per_child,
            context=context,
            initializer=_start_child,
            initargs=(life, self._initializer, self._initargs),
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            _stop(self._pool)
            self._pool = None
        self._prepared.close()
        if self._life is not None:
            for end in self._life:
                end.close()
            self._life = None

    async def run(
        self,
        function: Callable[[*Ts], R],
        *args: *Ts,
        timeout_s: float,
        url: str,
        memory: int = LIMITS.page_extract_memory,
        error: type[NewsError] = ExtractionError,
    ) -> R:
        """The result of ``function(*args)``, called in a child; cancelling the call kills the child.

        ``timeout_s`` limits the processor time, in whole seconds; the elapsed time may be four times as long, from the
        moment the child begins. ``memory`` limits how much its address space may grow, in bytes. ``url`` names the
        document in errors. If the child is killed from outside (by the kernel when memory is short, or by a person),
        the call is made once more. If it ends while it starts, other children are started in its place.

        Raises: ``error`` (`ExtractionError` or `FeedError`) of kind ``parse_timeout`` (transient only if the elapsed
        time was exceeded, not the processor time), ``parse_memory`` or ``parse_crash``; each NewsError that the
        function itself raises; StorageError of kind ``no_children`` if no child can be started.
        """
        if self._pool is None:
            raise RuntimeError("the pool is not open: use it in a with statement")
        call = (memory, timeout_s, function, args)
        try:
            try:
                result = await self._schedule(call, timeout_s)
            except ProcessExpired as exc:
                if exc.exitcode not in _KILLED:
                    raise
                result = await self._schedule(call, timeout_s)
        except (FutureTimeoutError, TimeoutError) as exc:
            message = f"{url}: not parsed within {timeout_s * _WALL_FACTOR:g} s"
            raise error(message, url=url, kind="parse_timeout", transient=True) from exc
        except ProcessExpired as exc:
            if exc.exitcode == _EXIT_MEMORY:
                message = f"{url}: parsing needs more than {memory // 2**20} MiB"
                raise error(message, url=url, kind="parse_memory") from exc
            if exc.exitcode == -signal.SIGXCPU:
                message = f"{url}: parsing needs more than {timeout_s:g} s of processor time"
                raise error(message, url=url, kind="parse_timeout") from exc
            message = f"{url}: the parser crashed ({_death(exc.exitcode)})"
            raise error(message, url=url, kind="parse_crash") from exc
        return result

    async def _schedule(self, call: tuple[int, float, Callable[[*Ts], R], tuple[*Ts]], timeout_s: float) -> R:
        for _ in range(_STARTS):
            pool = self._pool
            try:
                result: R = await _answer(pool, _put(pool, call, timeout_s * _WALL_FACTOR))
            except BrokenProcessPool:
                await self._replace(pool)
            else:
                return result
        raise StorageError(
            f"no process could be started to read documents in: {_STARTS} times one ended while it started. Is the"
            " memory short? Free some, or set fewer workers, and run again; nothing is lost.",
            kind="no_children",
            transient=True,
        )

    async def _replace(self, broken: Any) -> None:
        """Open a new pool in place of ``broken``, which starts no more children; only once, however many calls wait."""
        if self._pool is broken and self._life is not None:
            self._pool = self._new_pool(self._life[0])
            await asyncio.to_thread(_stop, broken)


async def _answer(pool: Any, future: Future[Any]) -> Any:
    """The result of a call. A call passed to Pebble at the instant its pool breaks would never be answered."""
    waiting = asyncio.wrap_future(future)
    try:
        while not (await asyncio.wait({waiting}, timeout=_LOOK_S))[0]:
            if not pool.active and not (await asyncio.wait({waiting}, timeout=_LOOK_S))[0]:
                raise BrokenProcessPool("the pool broke as the call was handed in")
        return waiting.result()
    finally:
        waiting.cancel()


def _put(pool: Any, call: tuple[object, ...], timeout_s: float) -> Future[Any]:
    try:
        return pool.schedule(_guarded, args=call, timeout=timeout_s)  # type: ignore[no-any-return]
    except RuntimeError as exc:  # the pool broke while it was idle
        raise BrokenProcessPool(str(exc)) from exc


def _stop(pool: Any) -> None:
    pool.stop()
    with contextlib.suppress(FutureTimeoutError, TimeoutError):
        pool.join(timeout=_STOP_S)


class _Child(ForkServerProcess):
    """A child process that does not import the parent's main module: importing it may take seconds, or start the run
    again.
    """

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:
        with _MAIN_LOCK:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                return ForkServerProcess._Popen(process_obj)
            finally:
                sys.modules["__main__"] = main


class _Context(ForkServerContext):
    """A fork server whose children are of the class `_Child`."""

    Process = _Child


def _exists(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _death(code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"


# ---- in the child ----


def _start_child(
    life: Connection, initializer: Callable[..., object] | None, initargs: tuple[object, ...]
) -> None:
    """In a new child: make it end with its parent, switch off proxies and core dumps, and call the caller's
    initializer.
    """
    _die_with_parent(life)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The parent handles Ctrl-C and stops the pool.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    if initializer is not None:
        try:
            initializer(*initargs)
        except Exception as exc:  # raised again with each document, where it is reported
            _BROKEN.append(exc)


def _die_with_parent(life: Connection) -> None:
    """End this process when its parent ends: through the kernel where that is possible, and through a thread."""
    if sys.platform == "linux":
        # For the kernel, our parent is the fork server. It ends when the last copy of its alive pipe is closed, and
        # each child inherits a copy: without this, children and server would keep each other alive.
        alive = getattr(forkserver._forkserver, "_forkserver_alive_fd", None)
        if isinstance(alive, int):
            with contextlib.suppress(OSError):
                os.close(alive)
            forkserver._forkserver._forkserver_alive_fd = None  # type: ignore[attr-defined]
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    threading.Thread(target=_watch, args=(life,), name="parent-watch", daemon=True).start()


def _watch(life: Connection) -> None:
    with contextlib.suppress(OSError, EOFError):
        life.poll(None)  # nothing is ever written: readable means closed
    os._exit(_EXIT_ORPHAN)


def _guarded(memory: int, timeout_s: float, function: Callable[..., R], args: tuple[object, ...]) -> R:
    """The result of ``function``, with limits on memory and processor time; if memory runs out, the process exits."""
    if _BROKEN:
        raise _BROKEN[0]
    # Address space that the libraries have mapped already does not count against the document.
    _limit(resource.RLIMIT_AS, _mapped_bytes() + memory)
    _limit(resource.RLIMIT_CPU, _cpu_seconds() + math.ceil(timeout_s))
    try:
        return function(*args)
    except MemoryError:
        # The state of this process cannot be trusted any more.
        os._exit(_EXIT_MEMORY)
    finally:
        _limit(resource.RLIMIT_AS, resource.RLIM_INFINITY)
        _limit(resource.RLIMIT_CPU, resource.RLIM_INFINITY)


def _mapped_bytes() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:  # no /proc: not Linux
        return 0
    return pages * resource.getpagesize()


def _cpu_seconds() -> int:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return int(used.ru_utime + used.ru_stime) + 1


def _limit(what: int, value: int) -> None:
    # macOS refuses some values; there only the elapsed time is bounded.
    with contextlib.suppress(ValueError, OSError):
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
