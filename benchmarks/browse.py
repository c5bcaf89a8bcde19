"""``python -m benchmarks.browse [--stories 10000]``: what the pages of `browse` cost on a corpus of that many stories.

The corpus is made by `tests.desk.made`, or given by --db. The first page is asked of an app that has just started, as
the reader's browser does; then every kind of page three times, of which the quickest counts. Prints CPU seconds (of
all threads), seconds by the clock, bytes before compression; then one JSON line.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from fivegwatch.desk.web.app import make_app
from fivegwatch.storage.read.corpus import Corpus
from tests.desk.made import make_corpus

if TYPE_CHECKING:
    from starlette.testclient import TestClient

PAGES = {
    "today": "/", "bans": "/bans", "incidents": "/incidents", "search, a word": "/search?q={word}",
    "search, two facets": "/search?q={word}&lang={language}&topic=T01", "search, all": "/search",
    "event": "/event/{event}", "story": "/story/{event}", "countries": "/countries", "country": "/country/{country}",
    "topic": "/topic/T01", "outlets": "/outlets", "near misses": "/near-misses", "feeds": "/feeds", "about": "/about",
}  # fmt: skip


Cost = tuple[float, float, int]
"""CPU seconds of all threads, seconds by the clock, bytes before compression."""


def browser_of(db: Path) -> TestClient:
    """A client of an app that has just started."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from starlette.testclient import TestClient
    return TestClient(make_app(db), base_url="http://127.0.0.1")


def cost_of(browser: TestClient, address: str) -> Cost:
    """CPU seconds, seconds by the clock and bytes of one page. Raises: SystemExit when it fails."""
    cpu, clock = time.process_time(), time.perf_counter()
    answer = browser.get(address)
    cost = time.process_time() - cpu, time.perf_counter() - clock, len(answer.content)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code} {answer.text[:500]}")
    return cost


def measure(db: Path) -> tuple[int, dict[str, Cost]]:
    """The number of stories, and the cost of each page by its name; the first page comes first."""
    with Corpus(db) as corpus:
        row = next(iter(corpus.sql(
            """select id, countries[1] as country, split_part(language, '-', 1) as language,
                   regexp_extract(title, '\\w{4,}') as word, (select count(*) from stories) as stories
               from stories where len(countries) > 0 and regexp_matches(title, '\\w{4,}')
               order by published_at desc nulls last limit 1"""
        )))  # fmt: skip
    values = {
        "event": row["id"],
        "country": row["country"],
        "language": row["language"],
        "word": row["word"],
    }
    costs = {"first page after the start": cost_of(browser_of(db), "/")}
    browser = browser_of(db)
    for name, address in PAGES.items():
        costs[name] = min(cost_of(browser, address.format(**values)) for _ in range(3))
    return row["stories"], costs


def main() -> int:
    """Make the corpus, ask the pages, print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.browse", description=__doc__)
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--db", type=Path, help="a corpus to ask instead of a made one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stories, costs = measure(given.db or make_corpus(Path(folder), given.stories).link)
    print(f"{stories:,} stories")
    for name, (cpu, clock, size) in costs.items():
        print(f"{name:28} {cpu:6.3f} CPU s {clock:6.3f} s {size / 1000:7.1f} kB")
    print(json.dumps({"benchmark": "browse", "stories": stories, "pages": costs}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
