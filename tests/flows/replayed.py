"""Recorded pages and feeds of the real press, served on loopback by the developers' shared data."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.flows.cli_runner import fivegwatch
from tests.flows.press import make_home


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A server at work."""

    port: int
    feeds: tuple[dict[str, Any], ...]
    """``url``, ``title``, ``kind`` (made, capture, fixture), ``language`` and ``items`` of each feed."""

    def of_kind(self, *kinds: str) -> tuple[dict[str, Any], ...]:
        """The feeds of these kinds, in the server's order."""
        return tuple(feed for feed in self.feeds if feed["kind"] in kinds)

    def ask(self, path: str, *, method: str = "GET") -> bytes:
        """The body of an answer."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        with opener.open(request, timeout=60) as answer:
            body: bytes = answer.read()
        return body

    def stats(self) -> dict[str, int]:
        """Answers so far, by status."""
        counts: dict[str, int] = json.loads(self.ask("/_stats"))
        return counts


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def replaying(shared: Path, *options: str, port: int = 0) -> Iterator[Replay]:
    """The server, in a process of its own, for the length of the block."""
    port = port or free_port()
    command = [sys.executable, str(shared / "data" / "replay.py"), "--port", str(port), *options]
    listed = subprocess.run([*command, "--list", "json"], capture_output=True, check=True)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None and process.stdout.readline().startswith(b"http://")
            yield Replay(port=port, feeds=tuple(json.loads(listed.stdout)))
        finally:
            process.kill()


def write_feeds(file: Path, feeds: Sequence[dict[str, Any]]) -> Path:
    """``feeds.toml`` of these feeds; the ids depend on the addresses' paths alone."""
    tables = []
    for number, feed in enumerate(feeds):
        rows = {"url": feed["url"], "title": feed["title"], "language": feed["language"] or "und"}
        lines = [f"{key} = {json.dumps(value)}" for key, value in rows.items()]
        tables.append("\n".join([f"[{feed['kind']}-{number}]", *lines, "on = true"]))
    file.write_text("\n\n".join(tables) + "\n", encoding="utf-8")
    return file


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The account of one run."""

    counts: dict[str, Any]
    seconds: float


def ingest(feeds: Path, database: Path, port: int) -> Run:
    """One whole run, under a small watchlist; its counts add up."""
    make_home(database.parent)
    began = time.monotonic()
    ran = fivegwatch(
        "ingest", "--feeds", feeds, "--db", database, "--allow-address", f"127.0.0.1:{port}", "--json", "--new",
        cwd=database.parent,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    counts = json.loads(ran.out)
    asked = counts["feeds_unchanged"] + counts["feeds_new"] + counts["feeds_failed"]
    assert counts["feeds"] == asked + counts["feeds_resting"] + counts["feeds_off"]
    assert counts["announced"] == counts["entries_new"] + counts["entries_known"]
    ends = ("kept", "near_miss", "rejected", "unchanged", "retry", "gone")
    assert counts["pages"] == sum(counts[f"pages_{end}"] for end in ends)
    return Run(counts=counts, seconds=time.monotonic() - began)
