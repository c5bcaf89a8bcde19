"""Every hostile feed costs at most itself: outcome, facts and bounds as the hostile server states them."""

from __future__ import annotations

import asyncio
import csv
import json
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from fivegwatch.extractors.errors import FeedError
from fivegwatch.extractors.feeds.parse import parse_feed
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Entry, Feed, Origin, Page, ParsedFeed
from fivegwatch.flows.workers.bounded_pool import Pool

pytestmark = pytest.mark.shared

# What a parser can get right or wrong; fetching is tested with the fetcher.
AREAS = {"xml", "body", "size", "encoding", "entry"}
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(shared: Path) -> Iterator[str]:
    """The address of a hostile server, in a process of its own."""
    command = [sys.executable, str(shared / "hostile" / "server.py"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}"
        process.terminate()


def page(url: str, body: bytes, content_type: str) -> Page:
    return Page(
        requested_url=url,
        final_url=url,
        status=200,
        content_type=content_type,
        body=body,
        captured_at=NOW,
        origin=Origin(kind="feed", locator="hostile"),
    )


def parse_measured(document: Page, allow: frozenset[tuple[str, int]]) -> tuple[ParsedFeed, int]:
    """Run in a child: what parsing gives, and how many MiB the child grew while it did."""
    before = high_water(reset=True)
    parsed = parse_feed(document, feed=Feed(id="hostile", url=document.final_url, title="h"), allow=allow)
    return parsed, high_water() - before


def high_water(*, reset: bool = False) -> int:
    if not Path("/proc/self/clear_refs").exists():
        return 0
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def fetch(url: str) -> tuple[bytes, str]:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=60) as answer:
        return answer.read(LIMITS.feed_body + 1), answer.headers.get("content-type", "")


def test_each_hostile_feed_ends_as_it_should_within_its_bounds(server: str) -> None:
    index = json.loads(fetch(server + "/index.json")[0])
    cases = [case for case in index["cases"] if case["kind"] == "feed" and case["area"] in AREAS]
    allow = frozenset({("127.0.0.1", index["ports"]["http"])})
    wrong: list[str] = []
    with Pool(1) as pool:
        for case in cases:
            document = page(case["url"], *fetch(case["url"]))
            faults = faults_of(case, document, allow, pool)
            # The machine may have been busy with something else; what the case itself takes, it takes each time.
            if any(fault.startswith("took ") for fault in faults):
                faults = faults_of(case, document, allow, pool)
            wrong += [f"{case['id']}: {fault}" for fault in faults]
    assert len(cases) > 80
    assert wrong == []
    assert json.loads(fetch(server + "/_canary")[0])["hits"] == 0


def faults_of(
    case: dict[str, Any], document: Page, allow: frozenset[tuple[str, int]], pool: Pool
) -> list[str]:
    """What is wrong with how a case ends."""
    began = time.monotonic()
    call = pool.run(
        parse_measured,
        document,
        allow,
        timeout_s=LIMITS.feed_parse_s,
        url=case["url"],
        memory=LIMITS.feed_parse_memory,
        error=FeedError,
    )
    try:
        parsed, grown = asyncio.run(call)
    except FeedError as error:
        outcome, faults = "error", [] if "error" in case["accept"] else [str(error)]
    else:
        usable = parsed.entries or "skip" not in case["accept"]
        outcome, faults = "keep" if usable else "skip", list(broken_facts(case["checks"], parsed))
        if grown > case["bounds"]["max_rss_growth_mb"]:
            faults.append(f"grew by {grown} MiB")
    if outcome not in case["accept"]:
        faults.append(f"{outcome} instead of {case['expect']}")
    if (took := time.monotonic() - began) > case["bounds"]["max_seconds"]:
        faults.append(f"took {took:.0f} s")
    return faults


def broken_facts(checks: dict[str, Any], parsed: ParsedFeed) -> Iterator[str]:
    """Yield each of the case's checks that does not hold; checks of fetching and storing are not for us."""
    entries = parsed.entries
    links = [entry.url for entry in entries]
    titles = [entry.title for entry in entries]
    stored = "\n".join(stored_text(entry) for entry in entries)
    tests: dict[str, Any] = {
        "entries": lambda n: len(entries) == n,
        "entries_min": lambda n: len(entries) >= n,
        "entries_max": lambda n: len(entries) <= n,
        "distinct_entries": lambda n: len({entry.id for entry in entries}) == n,
        "distinct_links": lambda n: len(set(links)) == n,
        "titles": lambda wanted: titles == wanted,
        "titles_any": lambda wanted: any(title.replace("\u00a0", " ") in wanted for title in titles),
        "links": lambda wanted: links == wanted,
        "links_include": lambda wanted: set(wanted) <= set(links),
        "link_paths": lambda wanted: [urlsplit(link).path for link in links] == wanted,
        "link_hosts": lambda wanted: [urlsplit(link).hostname for link in links] == wanted,
        "never_in_links": lambda bad: not any(part in link for part in bad for link in links),
        "bad_links": lambda bad: not set(bad) & set(links),
        "never_contains": lambda bad: not any(part in stored for part in bad),
        "never_contains_markup": lambda bad: not any(part in stored for part in bad),
        "never_in_title": lambda bad: not any(part in title for part in bad for title in titles),
        "max_title_chars": lambda n: all(len(title) <= n for title in titles),
        "no_mojibake": lambda _: not any(part in stored for part in ("\ufffd", "Ã", "»ª", "Î", "ÐÂ")),
        "dates_utc": lambda wanted: [utc(e.published_at) for e in entries] == [text or "" for text in wanted],
        "dates_day_or_null": lambda day: all(
            entry.published_at is None or utc(entry.published_at).startswith(day) for entry in entries
        ),
        "no_date_after_now_hours": lambda _: all(
            entry.published_at is None or (entry.published_at - NOW).total_seconds() <= 86_400
            for entry in entries
        ),
        "partial": lambda wanted: parsed.partial == wanted,
    }
    for name, wanted in checks.items():
        if name in tests and not tests[name](wanted):
            yield f"{name} {wanted!r:.80} does not hold for {titles!r:.80} {links!r:.80}"


def stored_text(entry: Entry) -> str:
    parts = (
        entry.title,
        entry.summary,
        entry.content,
        entry.guid,
        *entry.authors,
        *entry.categories,
        entry.url,
    )
    return "\n".join(parts)


def utc(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def test_every_recorded_feed_gives_entries_or_a_clear_reason(shared: Path) -> None:
    folder = shared / "data" / "feeds"
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as lines:
        rows = [
            r for r in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if r["kind"] == "capture"
        ]
    outcomes: Counter[str] = Counter()
    for row in rows:
        url = row["url"] if row["url"].startswith("http") else f"https://feeds.example/{row['id']}"
        try:
            parsed = parse_feed(
                page(url, (folder / row["file"]).read_bytes(), ""), feed=Feed(id=row["id"], url=url, title="")
            )
        except FeedError as error:
            assert str(error).startswith(url) and error.kind
            outcomes["error"] += 1
        else:
            # Nothing is silently lost: what the document has is an entry or has a reason.
            assert parsed.entries or parsed.skipped or parsed.partial or row["items"] in ("", "0"), row["id"]
            outcomes["entries" if parsed.entries else "empty"] += 1
    assert outcomes["entries"] >= 0.95 * len(rows)
