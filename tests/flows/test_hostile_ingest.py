"""A real ingest over every case of the developers' hostile server: each ends as it should, and harms nobody else."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extractors.articles import extract_article
from extractors.errors import NewsError
from extractors.rules import compile_rules
from flows.pool import Pool
from sources.watchlist_files import read_watchlist
from storage.archive import read_page
from storage.layout import Layout
from tests.flows.hostile_run import (
    ANNOUNCER,
    CONTROLS,
    CONTROL_STORIES,
    Announcer,
    Case,
    Corpus,
    Run,
    control_text,
    feed_id,
    feeds_toml,
    ingest,
)
from tests.flows.hostile_verdicts import Context, Seen, broken_checks, seen_feed, seen_page

pytestmark = pytest.mark.shared
TWICE = {"second_poll", "idempotent", "remember_new_url", "disable"}


class Server:
    """The hostile server as a process of its own."""

    def __init__(self, shared: Path) -> None:
        command = [sys.executable, "-B", "-W", "ignore", str(shared / "hostile" / "server.py"), "--port", "0"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        self._base = json.loads(self._process.stdout.readline())["url"]

    def ask(self, path: str) -> Any:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self._base + path) as answer:
            return json.load(answer)

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=20)


class Walk:
    """Both runs, and what is known after each."""

    def __init__(self, server: Server, home: Path) -> None:
        index = server.ask("/index.json")
        self.cases: list[Case] = sorted(index["cases"], key=lambda case: not case["slow"])
        self.feeds = [case for case in self.cases if case["kind"] == "feed"]
        self.pages = [case for case in self.cases if case["kind"] == "page"]
        again = [case for case in self.cases if TWICE & set(case["checks"])]
        self.again = {case["id"] for case in again}
        self.home, self.db = home, home / "corpus.duckdb"
        ports = [port for name, port in index["ports"].items() if name != "canary"]
        with Announcer(self.pages) as announcer:
            own = [(name, f"{announcer.url}/{name}.xml") for name in (ANNOUNCER, *CONTROLS)]
            allow = [*ports, announcer.port]
            first = [(feed_id(case), case["url"]) for case in self.feeds]
            self.run = ingest(home, feeds_toml([*own, *first]), allow, "--due")
            assert self.run.code == 0, self.run.err
            self.stats = server.ask("/_stats")
            self.corpus = Corpus.read(self.db)
            announcer.revised = frozenset(self.again)
            second = [(feed_id(case), case["url"]) for case in again if case["kind"] == "feed"]
            self.rerun = ingest(home, feeds_toml([*own, *second]), allow, "--due")
            assert self.rerun.code == 0, self.rerun.err
            self.restats = server.ask("/_stats")
            self.recorpus = Corpus.read(self.db)
        self.canary = server.ask("/_canary")["hits"]
        self.texts = texts_of_rejected(self.corpus)
        self.rules = compile_rules(read_watchlist(None))

    def run_id(self, number: int) -> str:
        rows = self.recorpus.rows("select run_id from base.runs order by started_at")
        return str(rows[number]["run_id"])

    def faults(self, case: Case) -> list[str]:
        """What is wrong with how a case ended."""
        look = seen_feed if case["kind"] == "feed" else seen_page
        seen = look(case, self.corpus, self.run_id(0))
        self.fill(seen)
        context = Context(self.canary, self.restats.get(case["path"], {}), self.rules)
        if case["id"] in self.again and not seen.state.get("disabled_reason"):
            context.second = look(case, self.recorpus, self.run_id(1))
        faults = []
        if not seen.outcomes & set(case["accept"]):
            faults.append(f"{sorted(seen.outcomes)} ({seen.reason:.120}), not {case['accept']}")
        return [*faults, *broken_checks(case, seen, context), *self.costs(case, seen)]

    def costs(self, case: Case, seen: Seen) -> Iterator[str]:
        bounds, stats = case["bounds"], self.stats.get(case["path"], {})
        if case["id"] not in ("feed/body/ok", "page/body/ok") and stats.get("requests", 0) > bounds["max_requests"]:
            yield f"{stats['requests']} requests"
        # Socket buffers hold what the server sent and nobody read.
        if stats.get("bytes_sent", 0) > bounds["max_wire_bytes"] + 8 * 2**20:
            yield f"{stats['bytes_sent']} bytes"
        if max(seen.seconds, stats.get("max_seconds", 0)) > bounds["max_seconds"]:
            yield f"{seen.seconds:.1f} s polling, {stats.get('max_seconds')} s at the server"

    def fill(self, seen: Seen) -> None:
        if seen.article is not None:
            seen.text = seen.article["text"] or self.texts.get(seen.article["article_id"], "")


def texts_of_rejected(corpus: Corpus) -> dict[str, str]:
    """The texts of articles that were not worth keeping, extracted again from the archived pages.

    The hostile pages have little to do with 5G security: without this, nothing could be said about their texts.
    """
    layout, texts = Layout.for_database(corpus.db), {}
    with Pool(2) as pool:

        async def extract(row: dict[str, Any]) -> None:
            page = read_page(layout, row["raw_ref"])
            try:
                article = await pool.run(extract_article, page, timeout_s=30, url=row["url"])
            except NewsError as error:
                texts[row["article_id"]] = f"not extracted again: {error}"
            else:
                texts[row["article_id"]] = article.text

        async def extract_all() -> None:
            rows = [row for row in corpus.tables["articles"] if not row["text_kept"] and row["raw_ref"]]
            await asyncio.gather(*map(extract, rows))

        asyncio.run(extract_all())
    return texts


@pytest.fixture(scope="module")
def walk(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    if not (shared / "hostile" / "server.py").is_file():
        pytest.skip(f"no hostile server in {shared}")
    server = Server(shared)
    try:
        yield Walk(server, tmp_path_factory.mktemp("hostile"))
    finally:
        server.close()
