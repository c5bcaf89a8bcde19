"""Gaps filled end to end: what feeds dropped between two runs is fetched and judged by the second one."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.service import Answer, Asked
from tests.fakes.serving import Fake, reply
from tests.fakes.sitemaps import XML, urlset
from tests.flows.cli_runner import fivegwatch
from tests.flows.stored import write_small_watchlist

pytestmark = pytest.mark.slow
RSS = {"Content-Type": "application/rss+xml"}
OLD, MISSED, NEW = ("old-1", "old-2"), ("missed-1", "missed-2"), ("new-1", "new-2")


class Outlet(Fake):
    """A site whose feed shows two items; ``older``: where else its items are listed."""

    def __init__(self, older: str) -> None:
        super().__init__()
        self.older = older
        self.items: tuple[str, ...] = OLD
        self.dates = dict.fromkeys(OLD, datetime.now(UTC) - timedelta(hours=30))

    def roll_over(self) -> None:
        """Four items appear at once, of which the feed shows the last two."""
        now = datetime.now(UTC)
        self.items, self.dates = NEW, self.dates | dict.fromkeys((*MISSED, *NEW), now)

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/feed":
            page = int(asked.get("paged", "1"))
            shown = {1: self.items, 2: MISSED, 3: OLD}.get(page, ()) if self.older == "paged" else self.items
            return (
                self._feed(shown) if shown and (page == 1 or self.older == "paged") else reply(b"none", 404)
            )
        if asked.path == "/robots.txt":
            names = f"Sitemap: {self.url}/map.xml\n" if self.older.startswith("sitemap") else ""
            return reply(
                f"User-agent: *\nDisallow:\n{names}".encode(), headers={"Content-Type": "text/plain"}
            )
        if asked.path == "/map.xml":
            form = "%Y-%m-%d" if self.older == "sitemap of days" else "%Y-%m-%dT%H:%M:%SZ"
            return reply(
                urlset((f"{self.url}/{name}", f"{at:{form}}") for name, at in self.dates.items()), headers=XML
            )
        name = asked.path.strip("/")
        if name not in self.dates:
            return reply(b"nothing", 404)
        title = f"Ministers ban Huawei from the 5G network, report {name} of {self.older}"
        text = "".join(
            f"<p>Huawei faces a ban from the 5G network over security risks, {name}, {n}.</p>"
            for n in range(8)
        )
        head = f"<html lang=en><head><title>{title}</title></head>"
        page = f"{head}<body><article><h1>{title}</h1>{text}</article></body></html>"
        return reply(page.encode(), headers={"Content-Type": "text/html"})

    def _feed(self, names: tuple[str, ...]) -> Answer:
        items = "".join(
            f"<item><title>Ban {name}</title><link>{self.url}/{name}</link>"
            f"<pubDate>{self.dates[name]:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for name in names
        )
        return reply(
            f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode(), headers=RSS
        )


def rows(home: Path, query: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in fivegwatch("sql", "--json", query, cwd=home).out.splitlines()]


def test_what_a_feed_dropped_is_found_elsewhere_fetched_and_judged(tmp_path: Path) -> None:
    ways = ("paged", "sitemap", "sitemap of days", "nowhere")
    with ExitStack() as stack:
        outlets = {way.replace(" ", "-"): stack.enter_context(Outlet(way)) for way in ways}
        fivegwatch("init", ".", cwd=tmp_path)
        write_small_watchlist(tmp_path / "watchlist")
        feeds = "".join(f'[{name}]\nurl = "{outlet.url}/feed"\n' for name, outlet in outlets.items())
        (tmp_path / "watchlist" / "feeds.toml").write_text(feeds)
        hosts = json.dumps([outlet.url.partition("//")[2] for outlet in outlets.values()])
        (tmp_path / "fivegwatch.toml").write_text(f"allow_addresses = {hosts}\n[limits]\npoll_min_s = 60\n")
        assert fivegwatch("ingest", "--quiet", cwd=tmp_path).code == 0
        for outlet in outlets.values():
            outlet.roll_over()
        ran = fivegwatch("ingest", "--quiet", cwd=tmp_path)
        assert ran.code == 0, ran.err
        asked = {name: len(outlet.requests) for name, outlet in outlets.items()}
        assert fivegwatch("ingest", "--quiet", cwd=tmp_path).code == 0
        # A gap is tried once: the third run asks each feed, and nothing else.
        assert {
            name: len(outlet.requests) - asked[name] for name, outlet in outlets.items()
        } == dict.fromkeys(outlets, 1)
    gaps = {
        row["feed_id"]: row
        for row in rows(tmp_path, "select feed_id, state, filled, method, at_most from gaps")
    }
    assert {name: (gap["state"], gap["filled"], gap["method"]) for name, gap in gaps.items()} == {
        "paged": ("filled", 2, "paged feed"),
        "sitemap": ("filled", 2, "sitemap"),
        "sitemap-of-days": ("filled", 2, "sitemap"),
        "nowhere": ("failed", 0, ""),
    }
    kept = rows(
        tmp_path,
        "select string_split(url, '/')[-1] as name, count(*) as outlets from ledger where relevant group by 1",
    )
    assert {row["name"]: row["outlets"] for row in kept} == (
        dict.fromkeys(OLD, 4) | dict.fromkeys(NEW, 4) | dict.fromkeys(MISSED, 3)
    )
