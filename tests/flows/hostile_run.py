"""One real ingest over hostile sites, watched from outside: what the corpus then says of each case, and what it cost.

The program runs as a user runs it, in a process of its own. A case is a plain mapping: ``id``, ``url``, ``kind``
(``feed`` or ``page``), ``accept``, ``checks``, ``bounds``. Page cases are announced by a feed of ours (`Announcer`).
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pyarrow.parquet as pq

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.errors import NewsError
from fivegwatch.flows.workers.bounded_pool import Pool
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.page_store import read_page
from fivegwatch.storage.read.queries import run_query
from tests.conftest import ROOT
from tests.flows.stored import write_small_watchlist

Case = Mapping[str, Any]
Row = dict[str, Any]
CONTROLS = ("control-one", "control-two", "control-three")
CONTROL_STORIES = 4
ANNOUNCER = "announced-pages"


class Announcer:
    """A loopback server: a feed that announces the page cases, and three good feeds with good, relevant stories."""

    def __init__(self, pages: Sequence[Case]) -> None:
        self._pages = pages
        self.revised: frozenset[str] = frozenset()
        """Ids of the page cases whose announcement has changed since the first run."""
        announcer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, kind, body = announcer.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Announcer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(300)

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, type and body for ``path``."""
        if path == f"/{ANNOUNCER}.xml":
            return 200, "application/rss+xml", self._announcement()
        name, _, number = path.strip("/").partition("/")
        if name.removesuffix(".xml") in CONTROLS and not number:
            name = name.removesuffix(".xml")
            links = [(f"{self.url}/{name}/{n}", control_title(name, n)) for n in range(CONTROL_STORIES)]
            return 200, "application/rss+xml", rss(links)
        if name in CONTROLS:
            return 200, "text/html", control_page(name, int(number))
        return 404, "text/plain", b"no"

    def _announcement(self) -> bytes:
        return rss(
            (case["url"], f"Page {n}, announced{' again' if case['id'] in self.revised else ''}")
            for n, case in enumerate(self._pages)
        )


def rss(stories: Iterable[tuple[str, str]]) -> bytes:
    """An RSS document of (link, title) pairs."""
    date = format_datetime(datetime.now(UTC).replace(minute=0, second=0))
    items = "".join(
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link><pubDate>{date}</pubDate></item>"
        for link, title in stories
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()
    )


def control_title(name: str, number: int) -> str:
    """The headline of a good story; ``control_text`` is its text."""
    return f"Regulator {name} bars Huawei from 5G core network over security, ruling {number}"


def control_text(name: str, number: int) -> list[str]:
    """The paragraphs of a good story, no two stories alike."""
    return [
        f"The telecoms regulator of the district of {name} has barred Huawei from the 5G core network, in its ruling"
        f" number {number}, citing the risk of espionage to mobile operators and their customers.",
        "Operators must remove the equipment of the Chinese vendor from their 5G networks within three years. A"
        " security review had found that the vendor could be made to hand over data from the radio access network.",
        f"Huawei rejected the 5G ban as baseless and said it would go to court. In district {name} it has equipped most"
        f" of the masts; replacing them will cost {number + 2} billion, by the operators' own reckoning.",
    ]


def control_page(name: str, number: int) -> bytes:
    title, text = (
        control_title(name, number),
        "".join(f"<p>{part}</p>" for part in control_text(name, number)),
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><main><article><h1>{title}</h1>{text}</article></main></body></html>"
    ).encode()


# ---------------------------------------------------------------- running


@dataclass
class Peaks:
    """The most memory seen, in MiB: of the whole process tree at one moment, and of any one process."""

    tree: float = 0.0
    main: float = 0.0
    child: float = 0.0


@dataclass(frozen=True)
class Run:
    """How a run of the program ended, and its cost."""

    db: Path
    code: int
    counts: dict[str, Any]
    err: str
    seconds: float
    peaks: Peaks


def feeds_toml(feeds: Iterable[tuple[str, str]]) -> str:
    """A subscription file of (id, address) pairs."""
    return "".join(f"[{name}]\nurl = {json.dumps(url)}\n" for name, url in feeds)


def ingest(
    home: Path, feeds: str, allow: Iterable[int], *options: str, limits: str = "", timeout_s: float = 240
) -> Run:
    """``fivegwatch ingest`` in ``home`` over the subscription file text ``feeds``, its process tree watched."""
    file = home / "feeds.toml"
    file.write_text(feeds, encoding="utf-8")
    settings = home / "fivegwatch.toml"
    if not settings.exists():
        # Due at once, so that a second run need not be one by hand, which would try every failed page again.
        settings.write_text(
            'contact = "tests"\n[limits]\npoll_min_s = 0.0\npoll_max_s = 60\n' + limits, encoding="utf-8"
        )
        # Many children die here, and each new one compiles the watchlist.
        write_small_watchlist(home / "watchlist")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("FIVEGWATCH", "PREFECT"))}
    command = [
        sys.executable,
        "-m",
        "fivegwatch.flows.cli.start",
        "ingest",
        "--home",
        str(home),
        "--feeds",
        str(file),
    ]
    command += ["--db", str(home / "corpus.duckdb"), "--json", "--new", *options]
    for port in allow:
        command += ["--allow-address", f"127.0.0.1:{port}"]
    started = time.monotonic()
    process = subprocess.Popen(
        command, cwd=home, env=environment | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process, watched(process.pid) as peaks:
        try:
            out, err = process.communicate(timeout=timeout_s)
        except BaseException:
            process.kill()
            raise
    seconds = time.monotonic() - started
    return Run(
        home / "corpus.duckdb",
        process.returncode,
        json.loads(out) if out.startswith("{") else {},
        err,
        seconds,
        peaks,
    )


@contextmanager
def watched(pid: int, every_s: float = 0.1) -> Iterator[Peaks]:
    """Sample the memory of a process and all that descend from it."""
    peaks, stop = Peaks(), threading.Event()

    def sample() -> None:
        while not stop.wait(every_s):
            sizes = tree_sizes(pid)
            peaks.tree = max(peaks.tree, sum(sizes.values()))
            peaks.main = max(peaks.main, sizes.pop(pid, 0.0))
            peaks.child = max(peaks.child, *sizes.values(), 0.0)

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield peaks
    finally:
        stop.set()
        thread.join(5)


def tree_sizes(root: int) -> dict[int, float]:
    """MiB of resident memory by process id, for ``root`` and its descendants; empty where there is no /proc."""
    parents, sizes = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            pages = (folder / "statm").read_text().split()[1]
        except (OSError, IndexError):
            continue
        parents[int(folder.name)], sizes[int(folder.name)] = int(parent), int(pages) * 4 / 1024
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return {pid: size for pid, size in sizes.items() if pid in family}


# ---------------------------------------------------------------- reading the corpus


@dataclass
class Corpus:
    """What is stored after a run, as rows by table; ``announced`` are the entry records as each feed gave them.

    The table of entries has one row an address, whoever announced it first; many cases announce the same ones.
    """

    db: Path
    tables: dict[str, list[Row]] = field(default_factory=dict)
    announced: list[Row] = field(default_factory=list)
    run_ids: list[str] = field(default_factory=list)
    """Ids of the runs so far, the first first."""

    TABLES = ("polls", "feed_states", "entries", "articles", "failures", "sightings")

    @classmethod
    def read(cls, db: Path) -> Corpus:
        corpus = cls(db)
        for table in cls.TABLES:
            corpus.tables[table] = corpus.rows(f"select * from base.{table}")
        corpus.run_ids = [
            row["run_id"] for row in corpus.rows("select run_id from base.runs order by started_at")
        ]
        for batch in sorted(Layout.for_database(db).done.glob("*.parquet")):
            content = pq.read_table(batch).to_pylist()
            corpus.announced += [row["entry"] for row in content if row["kind"] == "entry"]
        return corpus

    def rows(self, sql: str) -> list[Row]:
        """The rows of a query on the published corpus, as mappings."""
        answer = run_query(self.db, sql)
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]

    def where(self, table: str, **values: object) -> list[Row]:
        """The rows of a table with these values."""
        return [row for row in self.tables[table] if all(row[k] == v for k, v in values.items())]


def slowdown() -> float:
    """How many times as long as alone a process takes on this machine now: its time by the clock over its CPU time."""
    began, used = time.monotonic(), time.process_time()
    while time.process_time() - used < 0.2:
        sum(range(10_000))
    return max(1.0, (time.monotonic() - began) / (time.process_time() - used))


async def texts_of_rejected(corpus: Corpus) -> dict[str, str]:
    """Texts, by article id, of articles that were not worth keeping, extracted again from the archived pages.

    Hostile pages have little to do with 5G security: without this, nothing could be said about their texts.
    """
    layout, texts = Layout.for_database(corpus.db), {}

    async def extract(row: Row) -> None:
        page = read_page(layout, row["raw_ref"])
        try:
            article = await pool.run(extract_article, page, timeout_s=30, url=row["url"])
        except NewsError as error:
            texts[row["article_id"]] = f"not extracted again: {error}"
        else:
            texts[row["article_id"]] = article.text

    rows = [row for row in corpus.tables["articles"] if not row["text_kept"] and row["raw_ref"]]
    with Pool(2) as pool:
        await asyncio.gather(*map(extract, rows))
    return texts


def harmed_controls(corpus: Corpus) -> list[str]:
    """What is wrong with the good stories, all of which must be kept with every paragraph."""
    wrong = []
    stories = corpus.rows("select url, title, body from stories")
    for name in CONTROLS:
        for number in range(CONTROL_STORIES):
            found = [row for row in stories if row["url"].endswith(f"/{name}/{number}")]
            whole = found and all(part in found[0]["body"] for part in control_text(name, number))
            if not whole or found[0]["title"] != control_title(name, number):
                wrong.append(f"{name}/{number}: {found}")
    return wrong


def feed_id(case: Case) -> str:
    """The id under which a feed case is subscribed to."""
    return str(case["id"]).replace("/", "-").replace("_", "-").lower()
