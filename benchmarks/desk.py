"""``python -m benchmarks.desk [--stories N]``: what the desk promises beside what it does, in one run.

The corpus is made (`tests/desk/made.py`). The first page counts with its style
sheet and script, by the clock and before compression; the search is for the word in most titles. A day adds 60 stories,
which touch every country, nearly every topic and two thirds of the outlets. Prints a table and a line of JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks import browse, publish
from fivegwatch.desk.web.app import ASSETS
from tests.desk.made import make_corpus


def main() -> int:
    """Make the corpus, ask the pages, publish three times, print figures beside aims."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("--stories", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        layout = make_corpus(folder, given.stories)
        _, pages = browse.measure(layout.link)
        runs = publish.measure(layout, given.stories, folder / "site")
        size = publish.bytes_of(folder / "site")
    assets = sum((ASSETS / name).stat().st_size for name in ("desk.css", "desk.js"))
    cpu, clock, first = pages["first page after the start"]
    rows = [
        ("first page, seconds by the clock", clock, 1.0),
        ("first page, CPU seconds", cpu, 1.0),
        ("first page, kB with style and script", (first + assets) / 1000, 200.0),
        ("search of a common word, ms by the clock", 1000 * pages["search, a word"][1], 100.0),
        ("search of a common word, CPU ms", 1000 * pages["search, a word"][0], None),
        (
            "slowest page, CPU ms",
            1000 * max(cost[0] for name, cost in pages.items() if "first" not in name),
            None,
        ),
        ("publish, CPU s", runs["first time"]["cpu_s"], 60.0),
        ("publish a day's change, CPU s", runs["a day later"]["cpu_s"], 5.0),
        ("publish again without a change, CPU s", runs["unchanged"]["cpu_s"], None),
        ("site, MB", size / 1e6, None),
    ]
    for name, figure, aim in rows:
        print(f"{name:40} {figure:9.2f}" + (f"   (aim {aim:g})" if aim else ""))
    print(
        json.dumps(
            {"benchmark": "desk", "stories": given.stories, "figures": {row[0]: row[1] for row in rows}}
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
