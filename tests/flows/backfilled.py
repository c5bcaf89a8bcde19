"""What backfills left behind, for comparison, and runs of them that are killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fivegwatch.storage.disk.layout import Layout
from tests.conftest import ROOT
from tests.fakes.service import Answer, Asked
from tests.fakes.serving import Fake
from tests.fakes.sitemaps import index, urlset
from tests.flows.cli_runner import fivegwatch, fivegwatch_process
from tests.flows.corpora import descendants, left_alive
from tests.flows.press import old_pages, write_warc
from tests.storage.contents import ask

HTML = (("Content-Type", "text/html; charset=utf-8"),)
XML = (("Content-Type", "application/xml"),)

FACTS = {
    "stories": "select id, title, verdict, url, published_at, captured_at from ledger order by id",
    "sightings": "select entry_id, origin_kind, origin_locator, first_seen_at from sightings order by all",
    "entries": "select id, state, story_id from entries order by id",
    "decisions": "select story_id, verdict, score, captured_at from decisions order by all",
    "units": "select locator, state, position, counts from backfill_units order by all",
    "failures": "select url, kind, stage, origin_locator from failures order by all",
}
LISTED = {
    "ledger": "select id, verdict, title from ledger order by id",
    "entries": "select id, state from entries order by id",
    "sightings": "select entry_id, origin_kind, origin_locator from sightings order by all",
    "units": "select locator, state, counts from backfill_units order by all",
}
"""The same of pages asked for one by one, whose times are those of the asking."""


def facts(home: Path, queries: dict[str, str] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """All that a backfill left behind, but not when and by which run."""
    layout = Layout.for_database(home / "corpus.duckdb")
    return {name: ask(layout, sql) for name, sql in (queries or FACTS).items()}


def backfill(home: Path, *arguments: str | Path, apart: bool = False) -> dict[str, Any]:
    """The account of ``fivegwatch backfill ARGUMENTS``, which must go well.

    ``apart`` runs it in a process of its own: readers inherit the environment of the moment the first of them began.
    """
    run = fivegwatch_process if apart else fivegwatch
    ran = run("backfill", *arguments, "--json", cwd=home)
    assert ran.code == 0, ran.err
    answer: dict[str, Any] = json.loads(ran.out)
    return answer


def seconds_of(home: Path, *arguments: str | Path) -> float:
    """How long ``fivegwatch backfill ARGUMENTS`` takes as a process of its own, like those that a `Killer` kills."""
    began = time.monotonic()
    ran = fivegwatch_process("backfill", *arguments, "--quiet", cwd=home, timeout_s=400)
    assert ran.code == 0, ran.err
    return time.monotonic() - began


def write_archives(folder: Path, *, files: int, copies: int) -> Path:
    """A folder of archives in which each page of the press stands ``copies`` times, under addresses of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = [
        replace(page, url=f"{page.url}?copy={copy}", body=page.body + b"<!-- %d -->" % copy)
        for copy in range(copies)
        for page in old_pages()
    ]
    for number in range(files):
        write_warc(folder / f"{number}.warc.gz", pages[number::files])
    return folder


class PressFake(Fake):
    """The press of the past, still on line, with a sitemap of two parts."""

    def __init__(self) -> None:
        super().__init__()
        self.gone: set[str] = set()
        """Paths that are there no more."""

    def answer(self, asked: Asked) -> Answer:
        pages = {urlsplit(page.url).path: page for page in old_pages(self.url)}
        if asked.path == "/robots.txt":
            return Answer(200, f"User-agent: *\nDisallow:\nSitemap: {self.url}/sitemap.xml\n".encode())
        if asked.path == "/sitemap.xml":
            return Answer(200, index((f"{self.url}/part-{n}.xml", "") for n in (0, 1)), XML)
        if asked.path in ("/part-0.xml", "/part-1.xml"):
            rows = [(page.url, "2023-10-20") for page in old_pages(self.url)]
            return Answer(200, urlset(rows[int(asked.path[6]) :: 2]), XML)
        page = pages.get(asked.path)
        if page is None or asked.path in self.gone:
            return Answer(410, b"<h1>Gone</h1>", HTML)
        return Answer(200, page.body, (("Content-Type", page.content_type),))


@dataclass(slots=True, kw_only=True)
class Killer:
    """Starts a backfill again and again, and kills the run, one of its readers or its loader at random instants."""

    home: Path
    arguments: Sequence[str | Path]
    chance: random.Random
    hits: Counter[str] = field(default_factory=Counter)
    """What was killed how often."""

    def strikes(self, times: int, longest_s: float) -> None:
        """``times`` runs with one kill each within ``longest_s`` seconds; half of that once a run was over before."""
        while times:
            if self.strike(longest_s):
                times -= 1
            else:
                longest_s /= 2

    def strike(self, longest_s: float) -> bool:
        """One run with one kill within ``longest_s`` seconds; False when it was over before."""
        command = [
            sys.executable,
            "-m",
            "fivegwatch.flows.cli.start",
            "backfill",
            *map(str, self.arguments),
            "--quiet",
        ]
        run = subprocess.Popen(
            command, cwd=self.home, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(self.chance.uniform(0.05, 1) * longest_s)
        if run.poll() is not None:
            return False
        what, pid = self._victim(run.pid)
        children = descendants(run.pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.hits[what] += 1
        if what != "run":
            with suppress(subprocess.TimeoutExpired):
                run.wait(self.chance.uniform(0.05, 1) * longest_s)
            run.kill()
        run.wait()
        assert not left_alive(children, within_s=120), "children outlived their run"
        return True

    def _victim(self, run: int) -> tuple[str, int]:
        found = {"run": [run]}
        for pid in descendants(run):
            with suppress(OSError):
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
                if b"fivegwatch.storage.load.loader" in command:
                    found.setdefault("loader", []).append(pid)
                elif b"forkserver" in command:
                    found.setdefault("reader", []).append(pid)
        # A loader lives for a second of a run's minute: when there is one, it is the one.
        what = "loader" if "loader" in found else self.chance.choice(sorted(found))
        return what, self.chance.choice(found[what])
