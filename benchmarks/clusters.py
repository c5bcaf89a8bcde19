"""``python -m benchmarks.clusters [--stored 1000000] [--new 5000]``: how long a day's stories take to be clustered.

Fills a corpus with the fingerprints of that many stories from 97 sites (each site's stories share a footer of three
anchors) and a thousand stories with texts, then loads a day: a fifth are copies of these, a fifth are copies of each
other, the rest are new. The same day is loaded into an empty corpus for comparison. Checks that the clusters are those
that were made. Prints a table and one JSON line.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from fivegwatch.extractors.copies.fingerprints import BANDS, fingerprint
from fivegwatch.extractors.copies.version import VERSION
from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.spool.batches import Batch, put_batch
from tests.storage.builders import at, id_of, make_article, make_judged

SITES, WORDS, ORIGINALS = 97, 450, 1_000
HEADS = ("ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo")
TAILS = ("lan", "mer", "nis", "tok", "ruf", "das", "pel", "gim", "hor", "wek")
VOCABULARY = [head + tail for head in HEADS for tail in TAILS]


def prose(seed: int, words: int = WORDS) -> str:
    chance = random.Random(seed)
    return " ".join(chance.choice(VOCABULARY) + chance.choice(VOCABULARY) for _ in range(words))


def footer(site: int) -> str:
    return "\n" + prose(-1 - site, 45)


def batches(layout: Layout, stories: list[tuple[str, str]], minute: float) -> float:
    """Write these (address, text) as batches of 100; returns the seconds a fingerprint takes per story."""
    for first in range(0, len(stories), 100):
        batch = Batch()
        for url, text in stories[first : first + 100]:
            article = make_article(url, text=text, published_at=at(minute))
            batch.add(make_judged(article, entry_id=id_of(url), captured_at=at(minute)))
        put_batch(layout, batch)
    started = time.perf_counter()
    for _, text in stories[:200]:
        fingerprint("", text)
    return (time.perf_counter() - started) / max(1, len(stories[:200]))


def fill(layout: Layout, stored: int) -> None:
    """Rows of ``stored`` stories without texts of their own: random keys, and those of their sites' footers."""
    anchors, shared = len(fingerprint("", prose(0)).anchors), 3  # type: ignore[union-attr]
    columns = """'c' || i as content_id, now() as captured_at, now() as judged_at, 'd' || i as digest,
        now() as first_captured_at, 'run' as run_id, 'https://x.example/' || i as url, 'x.example' as site,
        'T' as title, 'Text ' || i || repeat(' of a story', 40) as text, true as text_kept, now() as published_at,
        'minute' as published_precision, 'meta' as published_source, 'en' as language, 'h' || i as text_hash,
        1 as text_chars, 'm' as method, 'feed' as origin_kind, 'f' as origin_locator, true as relevant,
        false as near_miss, 1 as score, 1 as threshold, 'r' as reason, 'judge' as stage, 'f' as rules_fingerprint"""
    with opened(layout.store, read_only=False) as con:
        con.execute(
            f"""
            insert into base.articles by name
            select sha256(i::varchar) as article_id, md5_number_lower(article_id) as article_key, {columns}
            from range({stored}) t(i);
            insert into base.fingerprints
            select
                sha256(i::varchar) as article_id, 'c' || i, {VERSION}, hash(i)::bit::bigint, {WORDS}, {anchors}, '',
                md5_number_lower(article_id)
            from range({stored}) t(i)
            """
        )
        for site in range(SITES):
            made = fingerprint("", footer(site) * 2)
            assert made is not None
            con.execute(
                "insert into base.bands select 0, unnest(?::uinteger[]), hash(i)::bit::bigint"
                " from range(?::bigint, ?::bigint, ?) t(i)",
                [list(made.anchors[:shared]), site, stored, SITES],
            )
        for band in [*range(1, BANDS + 1), *[0] * (anchors - shared)]:
            con.execute(
                f"insert into base.bands select {band}, (random() * 4294967295)::uinteger, hash(i)::bit::bigint"
                f" from range({stored}) t(i)"
            )


def a_day(number: int) -> list[tuple[str, str]]:
    """The new stories: copies of originals, copies of each other, and others."""
    fifth = number // 5
    pairs = [prose(100_000 + n // 2) for n in range(fifth)]
    texts = [prose(10_000 + n % ORIGINALS)[: 2_600 - n % 400] for n in range(fifth)] + pairs
    texts += [prose(200_000 + n) for n in range(number - len(texts))]
    return [
        (f"https://s{n % SITES}.example/new/{n}", text + footer(n % SITES)) for n, text in enumerate(texts)
    ]


def measure(stored: int, new: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        layout = Layout.for_database(Path(folder, "corpus.duckdb"))
        prepare(layout)
        originals = [
            (f"https://s{n % SITES}.example/old/{n}", prose(10_000 + n) + footer(n % SITES))
            for n in range(ORIGINALS)
        ]
        batches(layout, originals, 0)
        load(layout)
        if stored:
            fill(layout, stored)
        size = layout.store.stat().st_size / 1e6
        cost = batches(layout, a_day(new), 1_440)
        started = time.process_time()
        report = load(layout)
        spent = time.process_time() - started
        with opened(layout.store, read_only=True) as con:
            asked = time.perf_counter()
            con.execute(
                "select cluster_id, members, origin_url from clusters order by members desc limit 20"
            ).fetchall()
            asked = time.perf_counter() - asked
            (members,) = con.execute("select count(*) from base.members").fetchall()[0]
        fifth = new // 5
        expected = fifth + min(ORIGINALS, fifth) + fifth
        return {
            "stored": stored, "new": new, "store held s": report.store_seconds, "cpu s": round(spent, 2),
            "fingerprint ms": round(cost * 1_000, 2), "view s": round(asked, 2),
            "in clusters": members, "expected": expected,
            "store MB": round(size), "grown MB": round(layout.store.stat().st_size / 1e6 - size),
        }  # fmt: skip


def main() -> int:
    """Print the table and the JSON line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clusters", description=__doc__)
    parser.add_argument("--stored", type=int, nargs="+", default=[0, 1_000_000])
    parser.add_argument("--new", type=int, default=5_000)
    given = parser.parse_args()
    results = []
    for stored in given.stored:
        results.append(measure(stored, given.new))
        if len(results) == 1:
            print("".join(f"{name:>15}" for name in results[0]))
        print("".join(f"{value:>15}" for value in results[-1].values()), flush=True)
    print(json.dumps(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
