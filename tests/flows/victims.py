"""What documents do to the process that parses them; run in children of the pool."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import time

from fivegwatch.extractors.errors import FeedError, FetchError

_COMPILED: list[str] = []


def double(number: int) -> int:
    return 2 * number


def hang() -> None:
    time.sleep(600)


def hang_in_c() -> None:
    """Hold the interpreter lock inside one C call, as a quadratic regular expression does."""
    re.search(r"(a+)+$", "a" * 64 + "b")


def segfault() -> None:
    ctypes.string_at(0)


def killed_by_others(marks: str, times: int) -> int:
    """What the kernel does to the largest process when memory runs out; ``times`` times, counted in a file."""
    with open(marks, "ab+") as file:
        file.write(b".")
        file.seek(0)
        if len(file.read()) <= times:
            file.flush()
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)
    return 1


def fork_server_killed(mark: str) -> int:
    """Kill the process that children are forked from, the first time; all children die with it."""
    if not os.path.exists(mark):
        open(mark, "wb").close()
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    return 1


def killed_while_starting(marks: str, times: int) -> None:
    """An initializer whose first ``times`` processes are killed in it."""
    killed_by_others(marks, times)


def leave() -> None:
    os._exit(3)


def eat_memory() -> int:
    return len(bytearray(4 * 1024**3))


def eat_memory_in_steps() -> int:
    held = []
    while True:
        held.append(bytearray(64 * 1024**2))


def refuse() -> None:
    raise FeedError("https://a.example/: not a feed", url="https://a.example/", kind="not_a_feed")


def refuse_fetch() -> None:
    raise FetchError(
        "no", url="https://a.example/", kind="http_429", transient=True, status=429, retry_after_s=60.0
    )


def bug() -> None:
    raise ZeroDivisionError("ours")


def compile_rules(name: str) -> None:
    _COMPILED.append(name)


def compiled() -> tuple[str, ...]:
    return tuple(_COMPILED)


def pid() -> int:
    return os.getpid()


def proxies() -> list[str]:
    return [name for name in os.environ if name.lower().endswith("_proxy")]
