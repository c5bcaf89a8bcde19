"""CPU seconds and memory of processes while they run, from ``/proc``."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.flows.corpora import descendants

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
SAMPLE_S, LOOK_S = 0.05, 0.5


@dataclass(slots=True)
class Process:
    """One process at its last sample."""

    reader: bool
    cpu_s: float = 0.0
    peak_mb: int = 0
    busy: int = 0
    """Samples in which it ran or waited for a core."""


@dataclass(slots=True)
class Watch:
    """A run's processes, sampled."""

    processes: dict[int, Process] = field(default_factory=dict)
    first_s: float = 0.0
    last_s: float = 0.0
    """When readers were first and last seen at work."""
    samples: int = 0

    def sample(self, now: float) -> None:
        """Take one sample of every process."""
        working = 0
        for pid, process in self.processes.items():
            with suppress(OSError, IndexError, ValueError):
                process.cpu_s = cpu_of(pid)
                if process.reader and _runs(pid):
                    working += 1
                    process.busy += 1
        if working:
            self.first_s, self.last_s = self.first_s or now, now
        if self.first_s:
            self.samples += 1

    def weigh(self) -> None:
        """Record the peak memory of every process."""
        for pid, process in self.processes.items():
            with suppress(OSError, IndexError):
                process.peak_mb = memory_kb(pid, "VmHWM") // 1024

    def readers(self) -> list[Process]:
        return [process for process in self.processes.values() if process.reader]


def _runs(pid: int) -> bool:
    """Whether any of its threads runs or waits for a core; workers of a cluster do not read in their first thread."""
    for thread in Path(f"/proc/{pid}/task").glob("*/stat"):
        with suppress(OSError, IndexError):
            if thread.read_text().rpartition(")")[2].split()[0] == "R":
                return True
    return False


@contextmanager
def watched(roots: Sequence[int], is_reader: Callable[[int, bytes], bool]) -> Iterator[Watch]:
    """A watch on ``roots`` and all their descendants for the length of the block."""
    watch, stop = Watch(), threading.Event()

    def look() -> None:
        for pid in [pid for root in roots for pid in (root, *descendants(root))]:
            if pid not in watch.processes:
                with suppress(OSError):
                    watch.processes[pid] = Process(is_reader(pid, Path(f"/proc/{pid}/cmdline").read_bytes()))

    def keep_on() -> None:
        looked = 0.0
        while not stop.wait(SAMPLE_S):
            now = time.monotonic()
            if now - looked > LOOK_S:
                look()
                watch.weigh()
                looked = now
            watch.sample(now)

    thread = threading.Thread(target=keep_on, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        thread.join()


def cpu_of(pid: int) -> float:
    """CPU seconds of a process. Raises: OSError or IndexError when it has ended."""
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(state[11]) + int(state[12])) * TICK_S


def memory_kb(pid: int | str, name: str) -> int:
    """Memory of a process, by its name in ``/proc``. Raises: OSError or IndexError when it has ended."""
    return int(Path(f"/proc/{pid}/status").read_text().partition(f"{name}:")[2].split()[0])
