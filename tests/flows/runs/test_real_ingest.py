"""The real ingest over recorded pages and feeds: every entry accounted for, nothing asked for twice, nothing lost.

A short form, of samples (all with FIVEGWATCH_CAMPAIGN=all), of ``python -m benchmarks.campaign``, which also kills
runs and measures.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.web.urls import canonical_url, url_id, vet_url
from tests.conftest import sample
from tests.flows.corpora import ask, differences, says, unaccounted
from tests.flows.replayed import Replay, free_port, ingest, replaying, write_feeds

pytestmark = pytest.mark.shared

FAULTY_RUNS = 6
PUBLISHERS = 15


def chosen_of(replay: Replay) -> list[dict[str, Any]]:
    """Of the publishers' pages every twelfth, of the recorded feeds every third; FIVEGWATCH_CAMPAIGN=all takes all."""
    return [*sample(replay.of_kind("made"), 12), *sample(replay.of_kind("capture"), 3)]


@pytest.fixture(scope="module")
def replay(shared: Path) -> Iterator[Replay]:
    with replaying(shared) as server:
        yield server


def announced(replay: Replay) -> Iterator[tuple[str, str]]:
    """(address, id) of every link in the made feeds, and in some of the recorded ones as feedparser reads them."""
    allow = frozenset({("127.0.0.1", replay.port)})
    links: list[tuple[str, str]] = []
    chosen = chosen_of(replay)
    for feed in [feed for feed in chosen if feed["kind"] == "made"]:
        body = replay.ask(feed["url"].split("/", 3)[3].join(("/", ""))).decode()
        links += [
            (html.unescape(link), feed["url"]) for link in re.findall(r"<item>.*?<link>(.*?)</link>", body)
        ]
    for feed in [feed for feed in chosen if feed["kind"] == "capture"][::4]:
        parsed = feedparser.parse(replay.ask("/" + feed["url"].split("/", 3)[3]))
        links += [
            (entry.get("feedburner_origlink") or entry.link, feed["url"])
            for entry in parsed.entries
            if "link" in entry
        ]
    for link, base in links:
        try:
            yield link, url_id(canonical_url(vet_url(link, base=base, allow=allow)))
        except FetchError:
            continue  # not to be followed: it is in `failures`, and in the count of unusable entries


def test_all_pages_and_recorded_feeds_are_accounted_for_and_not_requested_again(
    replay: Replay, tmp_path: Path
) -> None:
    chosen = chosen_of(replay)
    feeds, database = write_feeds(tmp_path / "feeds.toml", chosen), tmp_path / "c.duckdb"
    first = ingest(feeds, database, replay.port).counts
    assert first["pages_left"] == 0 and first["pages"] == first["entries_new"] > 250
    known = {row[0] for row in ask(database, "select id from entries")}
    assert len(known) == first["entries_new"]
    assert [link for link, id_ in announced(replay) if id_ not in known] == []
    assert unaccounted(database) == {}
    polls = Counter(dict(ask(database, "select outcome, count(*) from polls group by 1")))
    assert polls == {"new": first["feeds_new"], "failed": first["feeds_failed"]}
    unusable = ask(database, "select sum(repeats) from failures where stage = 'parse'")[0][0]
    assert unusable == first["announced_skipped"]
    pages = ask(database, "select count(*) from entries where state = 'done'")[0][0]
    assert pages > 0.95 * sum(feed["items"] for feed in chosen if feed["kind"] == "made")

    before = replay.stats()
    second = ingest(feeds, database, replay.port).counts
    asked = Counter(replay.stats())
    asked.subtract(before)
    # Validators of half a document would hide the other half, so a feed cut short is asked for whole.
    torn = ask(database, "select count(*) from polls where outcome = 'new' and message like 'cut short%'")
    assert second["feeds_new"] <= torn[0][0] and second["entries_new"] == 0
    assert second["pages"] == second["pages_retry"] + second["pages_gone"]
    # /_stats itself, robots.txt, and the feeds without validators or with half a document.
    assert asked["200"] <= 2 + second["feeds_new"] + second["feeds_failed"]
    assert asked["304"] == second["feeds_unchanged"]
    assert unaccounted(database) == {}


def test_a_feed_with_more_entries_adds_only_the_new_stories(shared: Path, tmp_path: Path) -> None:
    with replaying(shared, "--reveal", "1") as replay:
        several = [feed for feed in replay.of_kind("made") if feed["items"] > 1][:20]
        feeds, database = write_feeds(tmp_path / "feeds.toml", several), tmp_path / "c.duckdb"
        assert ingest(feeds, database, replay.port).counts["entries_new"] == len(several)
        replay.ask("/_tick?n=1", method="POST")
        second = ingest(feeds, database, replay.port).counts
    assert second["entries_new"] == second["pages"] == len(several)
    assert second["feeds_new"] == len(several) and second["entries_known"] == len(several)
    assert unaccounted(database) == {}


def test_nothing_is_lost_if_a_fifth_of_all_addresses_fails_at_first(shared: Path, tmp_path: Path) -> None:
    port = free_port()  # the same for both: addresses are identity
    sound, faulty = tmp_path / "sound.duckdb", tmp_path / "faulty.duckdb"
    with replaying(shared, port=port) as replay:
        feeds = write_feeds(tmp_path / "feeds.toml", replay.of_kind("made")[::3][:PUBLISHERS])
        ingest(feeds, sound, port)
    with replaying(shared, "--fault-rate", "0.2", "--late", "0.5", port=port):
        first = ingest(feeds, faulty, port).counts
        assert first["feeds_failed"] > 0, "else this proves nothing"
        for _ in range(FAULTY_RUNS):
            ingest(feeds, faulty, port)
            if not differences(faulty, says(sound)):
                break
    assert differences(faulty, says(sound)) == {}
    assert unaccounted(faulty) == {}
