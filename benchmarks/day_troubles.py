"""The working directory of `benchmarks.operator_day`, its accelerated clock, and the troubles by the hour."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chaos_field import kill
from benchmarks.forked_runs import clean_environment
from fivegwatch.flows.demo.newsroom import Newsroom, subscriptions
from fivegwatch.flows.serving.deployments import deployments_text
from fivegwatch.flows.serving.server import free_port, stop
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.locks import run_at_work
from tests.flows.corpora import descendants
from tests.flows.prefect_stack import QUICK
from tests.flows.press import make_home

DISK_BYTES = 400_000_000
DAY_S = 86_400.0
HALF_HOUR_S = 1800.0
OUTLETS = ("harbour-ledger", "switchyard", "kurier-sieci", "netzblatt", "le-relais", "signalbladet")
SITECUSTOMIZE = """
import json, os, time
from datetime import UTC, datetime
from fivegwatch.flows.runs import clock

def utc_now():
    with open(os.environ["OPERATOR_DAY_CLOCK"]) as file:
        day = json.load(file)
    passed = (time.time() - day["began"]) * day["speed"]
    return datetime.fromtimestamp(day["began"] - day["behind"] + passed + day["jump"], UTC)

clock.utc_now = utc_now
"""


class Desk:
    """A working directory on a small disk, its newsroom and its `serve`.

    The day begins 24 hours before the present, so that no record of it is in the future.
    """

    def __init__(self, folder: Path, newsroom: Newsroom, *, step_s: float, start_h: float = 0.0) -> None:
        self.start_h = start_h
        self.folder, self.newsroom, self.step_s, self.speed = folder, newsroom, step_s, 1.0
        self.home = folder / "5g"
        self.layout = Layout.for_database(self.home / "corpus.duckdb")
        self.port = free_port()
        self.began = time.time()
        self.environment = clean_environment() | QUICK | {"OPERATOR_DAY_CLOCK": str(folder / "clock.json")}
        self.environment["PYTHONPATH"] = f"{folder}:{self.environment['PYTHONPATH']}"
        self._served: subprocess.Popen[bytes] | None = None
        self._mounted = False
        self._handler = newsroom._server.RequestHandlerClass

    def hour(self) -> float:
        """The hour of the day."""
        return (time.time() - self.began) * self.speed / 3600

    def set_clock(self, jump_s: float = 0.0) -> None:
        """Set the accelerated clock that all processes read; ``jump_s`` seconds are added to it."""
        text = json.dumps({"began": self.began, "speed": self.speed, "behind": DAY_S, "jump": jump_s})
        part = self.folder / "clock.part"
        part.write_text(text, encoding="utf-8")
        part.replace(self.folder / "clock.json")

    def prepare(self) -> None:
        """Make the directory with one run; start `serve` with one ingest each half hour; then the day begins."""
        (self.folder / "sitecustomize.py").write_text(SITECUSTOMIZE, encoding="utf-8")
        self.home.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(self.home)]
        self._mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
        make_home(self.home, allow=[("127.0.0.1", self.newsroom.port)], limits={"retry_base_s": 0.1})
        tables = subscriptions(self.newsroom.url).strip().split("\n\n")
        feeds = [table for table in tables if table[1:].partition("]")[0] in OUTLETS]
        (self.home / "watchlist" / "feeds.toml").write_text("\n\n".join(feeds), encoding="utf-8")
        head, _, rest = deployments_text().partition("\ndeployments:\n")
        ingest = rest.partition("  - name: now")[0].replace(
            'cron: "*/15 * * * *"\n        timezone: UTC', f"interval: {self.step_s}"
        )
        assert "interval: " in ingest, ingest
        (self.home / "prefect.yaml").write_text(f"{head}\ndeployments:\n{ingest}", encoding="utf-8")
        self.set_clock()
        first = [sys.executable, "-m", "fivegwatch.flows.cli.start", "ingest", "--quiet"]
        subprocess.run(first, cwd=self.home, env=self.environment, check=True)
        self.serve()
        while "stop with Ctrl-C" not in (self.folder / "serve.log").read_text(encoding="utf-8"):
            if self._served is None or self._served.poll() is not None:
                raise RuntimeError((self.folder / "serve.log").read_text(encoding="utf-8"))
            time.sleep(0.5)
        self.speed = HALF_HOUR_S / self.step_s
        self.began = time.time() - self.start_h * 3600 / self.speed
        self.set_clock()

    def serve(self) -> None:
        """Start `serve`."""
        command = [sys.executable, "-m", "fivegwatch.flows.cli.start", "serve", "--port", str(self.port)]
        with (self.folder / "serve.log").open("ab") as log:
            self._served = subprocess.Popen(
                command, cwd=self.home, env=self.environment, stdout=log, stderr=log
            )

    def family(self) -> list[int]:
        """The process ids of `serve` and of all it started."""
        return [self._served.pid, *descendants(self._served.pid)] if self._served else []

    def signal_all(self, number: signal.Signals) -> None:
        """Send a signal to `serve` and to all it started."""
        for pid in self.family():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def close(self) -> None:
        """Stop `serve`, and unmount the small disk."""
        if self._served:
            self.signal_all(signal.SIGCONT)
            stop(self._served)
        if self._mounted:
            copy = self.folder / "copy"
            shutil.copytree(self.home, copy, symlinks=True, ignore_dangling_symlinks=True)
            subprocess.run(["umount", "-l", str(self.home)], check=False)

    def cut_network(self, only: str = "") -> None:
        """Close every connection without an answer; with ``only``, those that ask for an address that contains it."""
        handler = self._handler

        class Silent(handler):  # type: ignore[misc,valid-type]
            def do_GET(self) -> None:
                if only in self.path:
                    self.close_connection = True
                else:
                    super().do_GET()

        self.newsroom._server.RequestHandlerClass = Silent

    def restore_network(self) -> None:
        """Let the newsroom answer as before `cut_network`."""
        self.newsroom._server.RequestHandlerClass = self._handler


@dataclass(frozen=True, slots=True)
class DayTrouble:
    """One trouble of the day."""

    name: str
    begins_h: float
    ends_h: float
    begin: Callable[[Desk], None]
    end: Callable[[Desk], None]
    kinds: tuple[str, ...]
    """The reasons of which `status` must name one; none: it must stay at 0."""
    seen_within_h: float = 1.9


def _nothing(desk: Desk) -> None:
    """Does nothing: the trouble ends by itself, with the next run."""


def _kill_serve(desk: Desk) -> None:
    family = desk.family()
    for pid in family:
        kill(pid)
    if desk._served:
        desk._served.wait()


def _fill_disk(desk: Desk) -> None:
    with suppress(OSError), (desk.home / "filler").open("wb") as file:
        while file.write(b"\0" * 1_000_000):
            pass


def _free_disk(desk: Desk) -> None:
    (desk.home / "filler").unlink(missing_ok=True)


def _kill_run(desk: Desk) -> None:
    """Wait until the next run is at work, and kill it (SIGKILL)."""
    end = time.monotonic() + 4 * desk.step_s
    while time.monotonic() < end:
        if number := run_at_work(desk.layout):
            kill(int(number))
            return
        time.sleep(0.02)


def _bad_batch(desk: Desk) -> None:
    (desk.layout.incoming / "20200101T000000Z-cut.parquet").write_bytes(b"PAR1 cut short")


def _move_bad_batch(desk: Desk) -> None:
    for path in desk.layout.bad.iterdir():
        shutil.move(path, desk.folder)


def _break_feeds(desk: Desk) -> None:
    with (desk.home / "watchlist" / "feeds.toml").open("a", encoding="utf-8") as file:
        file.write("\n[typed wrongly\n")


def _mend_feeds(desk: Desk) -> None:
    file = desk.home / "watchlist" / "feeds.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("[typed wrongly\n", ""), encoding="utf-8")


def _lose_store(desk: Desk) -> None:
    shutil.rmtree(desk.layout.store.parent, ignore_errors=True)


def _switch(desk: Desk, *, on: bool) -> None:
    file = desk.home / "fivegwatch.toml"
    text = file.read_text(encoding="utf-8").replace("enabled = false\n", "")
    file.write_text(text if on else f"enabled = false\n{text}", encoding="utf-8")


TROUBLES = (
    DayTrouble("no connection is answered", 2, 3, Desk.cut_network, Desk.restore_network,
               ("feeds_failing", "network")),
    DayTrouble("one outlet answers nothing", 5, 6.5, lambda d: d.cut_network("kurier-sieci"), Desk.restore_network,
               ()),
    DayTrouble("serve and its children killed (-9)", 8, 10, _kill_serve, Desk.serve, ("no_recent_run", "dead_run")),
    DayTrouble("disk full", 11.5, 13, _fill_disk, _free_disk, ("failed_run", "no_recent_run", "dead_run")),
    DayTrouble("a run killed (-9)", 14.5, 14.6, _kill_run, _nothing, ("dead_run",)),
    DayTrouble("a batch cut short", 16, 17, _bad_batch, _move_bad_batch, ("bad_batches",)),
    DayTrouble("feeds.toml typed wrongly", 18.5, 19.5, _break_feeds, _mend_feeds, ("failed_run", "no_recent_run")),
    DayTrouble("store lost", 21, 21.1, _lose_store, _nothing, ()),
    DayTrouble("enabled = false", 22.5, 23, lambda d: _switch(d, on=False), lambda d: _switch(d, on=True),
               ("switched_off",), 0.3),
    DayTrouble("clock three days back", 24.5, 25.5, lambda d: d.set_clock(-3 * DAY_S), Desk.set_clock,
               ("failed_run", "clock")),
    DayTrouble("serve stands still (SIGSTOP)", 27, 29.5, lambda d: d.signal_all(signal.SIGSTOP),
               lambda d: d.signal_all(signal.SIGCONT), ("no_recent_run",)),
)  # fmt: skip
