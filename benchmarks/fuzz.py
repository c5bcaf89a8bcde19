"""``python -m benchmarks.fuzz [--seconds N] [--target NAME]``: our readers of foreign bytes on damaged documents.

The documents are our own fixtures, mutated by their form (`benchmarks.mutations`). A reader may refuse a document with
one of its own errors; any other exception is a crash, and more than 10 s of processor time is one, too. Each crash is
written to a file, to become a fixture in ``tests/data/crashes/TARGET/``. The seed is printed; it repeats the run.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random, SystemRandom

from benchmarks import mutations
from fivegwatch.extractors.errors import NewsError
from fivegwatch.extractors.feeds.parse import parse_feed
from fivegwatch.extractors.limits import Limits
from fivegwatch.extractors.listings.cdx import parse_cdx
from fivegwatch.extractors.listings.gdelt import parse_articles
from fivegwatch.extractors.listings.sitemaps import SitemapReader, robots_sitemaps
from fivegwatch.extractors.listings.wordpress import read_posts
from fivegwatch.extractors.model import Feed, Origin, Page, Unit
from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.extractors.watchlist.subscriptions import parse_subscriptions
from fivegwatch.flows.serving.deployments import deployments_text, read_deployments
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.sources.warc.pages import read_pages
from tests.conftest import ROOT
from tests.fakes.sitemaps import urlset
from tests.sources.captures import PACKINGS, numbered

SLOW_S = 10.0
NOW = datetime(2026, 11, 1, tzinfo=UTC)
URL = "https://outlet.example/document"
CRASHES = ROOT / "tests" / "data" / "crashes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One reader, documents for it, and how they are damaged."""

    read: Callable[[bytes], object]
    seeds: Sequence[bytes]
    mutations: Sequence[mutations.Mutation]


def page(body: bytes, content_type: str = "") -> Page:
    """The document as a page that a server sent."""
    return Page(requested_url=URL, final_url=URL, status=200, content_type=content_type, body=body, captured_at=NOW,
                origin=Origin(kind="feed", locator="x"))  # fmt: skip


def targets() -> dict[str, Target]:
    """All readers by name."""
    return {**feed_targets(), **listing_targets(), **own_targets()}


def feed_targets() -> dict[str, Target]:
    """Readers of feeds; the documents are those of tests/data/feeds."""
    texts = {
        path.name: path.read_bytes()
        for path in sorted((ROOT / "tests" / "data" / "feeds").glob("*.[xj][ms]*"))
    }
    texts = {name: text for name, text in texts.items() if ".expected." not in name}
    feed = Feed(id="x", url=URL, title="x")
    xml, as_json = ([text for name, text in texts.items() if name.endswith(end)] for end in ("xml", "json"))
    return {
        "feed": Target(
            read=lambda data: parse_feed(page(data), feed=feed), seeds=xml, mutations=[mutations.markup]
        ),
        "json_feed": Target(
            read=lambda data: parse_feed(page(data, "application/feed+json"), feed=feed),
            seeds=as_json,
            mutations=[mutations.json_tree],
        ),
    }


def listing_targets() -> dict[str, Target]:
    """Readers of sitemaps, of services' answers and of archives."""
    unit = Unit(source="sitemap", kind="sitemap", locator=URL, options=())
    sitemap = urlset((f"https://outlet.example/{n}?a=1&amp;b=2", "2023-10-05") for n in range(5))
    robots = b"User-agent: *\nDisallow: /x\nSitemap: https://outlet.example/sitemap.xml\n"
    cdx = [["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]]
    cdx += [["com,a)/b", "20231005101112", "https://a.example/b", "text/html", "200", "A2B3", "1234"]] * 3
    article = {"url": URL, "title": "x", "seendate": "20231005T101112Z"}
    post = {"link": URL, "date_gmt": "2023-10-05T10:00:00", "title": {"rendered": "A &amp; B"}}
    as_json = [mutations.json_tree]
    return {
        "sitemap": Target(
            read=lambda data: list(SitemapReader(page(data), unit)),
            seeds=[sitemap],
            mutations=[mutations.markup],
        ),
        "robots": Target(
            read=lambda data: robots_sitemaps(data.decode("utf-8", "replace")),
            seeds=[robots],
            mutations=[mutations.table],
        ),
        "cdx": Target(
            read=lambda data: parse_cdx(data, url=URL),
            seeds=[json.dumps(cdx).encode(), "\n".join(" ".join(row) for row in cdx).encode()],
            mutations=[mutations.json_tree, mutations.table],
        ),
        "gdelt": Target(
            read=lambda data: parse_articles(data, url=URL),
            seeds=[json.dumps({"articles": [article] * 2}).encode()],
            mutations=as_json,
        ),
        "wordpress": Target(
            read=lambda data: read_posts(page(data), locator=URL),
            seeds=[json.dumps([post] * 3).encode()],
            mutations=as_json,
        ),
        "warc": Target(
            read=lambda data: list(read_pages(io.BytesIO(data), name="x.warc.gz", now=NOW, limits=Limits())),
            seeds=[b"".join(map(pack, numbered(4))) for pack in PACKINGS.values()],
            mutations=[mutations.records],
        ),
    }


def own_targets() -> dict[str, Target]:
    """Readers of files that a user edits, which may come from anybody."""
    rules = small_watchlist()
    names = ("rules.toml", "weights.toml", "terms/sv.toml", "entities/agency.toml")
    feeds = read_watchlist(None)["feeds.toml"][:9_000].rpartition("\n[")[0]

    def compiled(data: bytes) -> object:
        text = data.decode("utf-8", "replace")
        name = text.partition("\n")[0].removeprefix("# ").strip()
        return compile_rules({**rules, name if name in rules else "rules.toml": text})

    return {
        "watchlist": Target(
            read=compiled,
            seeds=[f"# {name}\n{rules[name]}".encode() for name in names],
            mutations=[mutations.toml],
        ),
        "feeds.toml": Target(
            read=lambda data: parse_subscriptions(data.decode("utf-8", "replace"), file="feeds.toml"),
            seeds=[feeds.encode()],
            mutations=[mutations.toml],
        ),
        "prefect.yaml": Target(
            read=lambda data: read_deployments(data.decode("utf-8", "replace")),
            seeds=[deployments_text().encode()],
            mutations=[mutations.table],
        ),
    }


def small_watchlist() -> dict[str, str]:
    """The shipped rules with the words of one language and one kind of entities, which compile quickly."""
    kept = ("rules.toml", "weights.toml", "terms/sv.toml", "entities/agency.toml")
    shipped = read_watchlist(None)
    words = {name: f'language = "{name[6:-5]}"\n' for name in shipped if name.startswith("terms/")}
    return {**words, **{name: shipped[name] for name in kept}}


@dataclass(slots=True)
class Account:
    """What was tried and what crashed."""

    tried: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    crashes: dict[str, tuple[str, bytes, str]] = field(default_factory=dict)
    """Target, document and traceback of each kind of crash, by where it happened."""


def crash_of(read: Callable[[bytes], object], data: bytes) -> tuple[str, str] | None:
    """Where the reader crashes on the document, and the traceback; None if it reads or refuses it.

    Raises: NewsError when the reader refuses the document.
    """
    started = time.process_time()
    try:
        read(data)
    except NewsError:
        raise
    except Exception as exc:  # anything else is what is looked for
        frames = traceback.extract_tb(exc.__traceback__)
        ours = [frame for frame in frames if "fivegwatch" in frame.filename] or frames
        return (
            f"{type(exc).__name__} {Path(ours[-1].filename).name}:{ours[-1].lineno}",
            traceback.format_exc(),
        )
    if (took := time.process_time() - started) > SLOW_S:
        return "slow", f"{took:.1f} s of processor time\n"
    return None


def fuzz(chosen: dict[str, Target], seconds: float, chance: Random) -> Account:
    """Try damaged documents on the readers for ``seconds`` of wall time, each with the same share of processor time."""
    account, end = Account(), time.monotonic() + seconds
    spent = dict.fromkeys(chosen, 0.0)
    while time.monotonic() < end:
        name = min(spent, key=spent.__getitem__)
        target, started = chosen[name], time.process_time()
        data = mutations.mutated(chance.choice(target.seeds), target.seeds, target.mutations, chance)
        account.tried[name] = account.tried.get(name, 0) + 1
        try:
            crash = crash_of(target.read, data)
        except NewsError:
            crash = None
            account.refused[name] = account.refused.get(name, 0) + 1
        spent[name] += time.process_time() - started
        if crash:
            account.crashes.setdefault(f"{name} {crash[0]}", (name, data, crash[1]))
    return account


def fixtures() -> Iterator[tuple[str, Path]]:
    """Every document that once crashed a reader, with the name of the reader."""
    for path in sorted(CRASHES.glob("*/*")):
        yield path.parent.name, path


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz; returns 1 if a reader crashed."""
    known = targets()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument(
        "--target", choices=sorted(known), action="append", help="only this reader (repeatable)"
    )
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    parser.add_argument(
        "--crashes", type=Path, default=Path("crashes"), help="folder for documents that crash"
    )
    given = parser.parse_args(arguments)
    chosen = {name: target for name, target in known.items() if not given.target or name in given.target}
    print(f"seed {given.seed}", flush=True)
    with contextlib.redirect_stderr(io.StringIO()):
        account = fuzz(chosen, given.seconds, Random(given.seed))
    for name, number in account.tried.items():
        print(f"{name:13} {number:7,} documents, {account.refused.get(name, 0):7,} refused")
    for where, (name, data, trace) in account.crashes.items():
        file = given.crashes / name / hashlib.sha256(data).hexdigest()[:12]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        print(f"\ncrash: {where}: {file}\n{trace}")
    print(f"{sum(account.tried.values()):,} documents, {len(account.crashes)} kinds of crashes")
    return int(bool(account.crashes))


if __name__ == "__main__":
    sys.exit(main())
