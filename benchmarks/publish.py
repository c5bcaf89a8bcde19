"""``python -m benchmarks.publish [--stories N]``: cost of a site of N stories: first time, unchanged, a day later.

The corpus is made (`tests/desk/made.py`); a day adds 60 stories, which touch every country, nearly every topic and
two thirds of the outlets. Prints CPU seconds, files and bytes.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

from fivegwatch.desk.site.freeze import publish_site
from fivegwatch.storage.disk.layout import Layout
from tests.desk.made import NOW, add_stories, make_corpus

A_DAY = 60


def measure(layout: Layout, stories: int, site: Path) -> dict[str, dict[str, float]]:
    """CPU seconds and files written of three runs on a corpus of ``stories`` made stories, which gets a day more."""
    results: dict[str, dict[str, float]] = {}
    for step in ("first time", "unchanged", "a day later"):
        if step == "a day later":
            add_stories(layout, range(stories, stories + A_DAY), stories)
        began = time.process_time()
        done = publish_site(layout.link, site, now=NOW)
        results[step] = {"cpu_s": round(time.process_time() - began, 1), "written": done.written}
        print(f"{step:12} {results[step]['cpu_s']:6} CPU s  {done.written:7,} files written", flush=True)
    return results


def bytes_of(site: Path) -> int:
    """The size of all files of a site."""
    return sum(path.stat().st_size for path in site.rglob("*") if path.is_file())


def main() -> None:
    """Make the corpus, publish it three times, print a table and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=10_000)
    stories = parser.parse_args().stories
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        results = measure(make_corpus(Path(folder), stories), stories, site)
        print(json.dumps({"stories": stories, "bytes": bytes_of(site), "runs": results}))


if __name__ == "__main__":
    main()
