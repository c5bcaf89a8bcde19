"""When to poll: ``python -m benchmarks.polling [--feeds FOLDER]``.

Feeds with made rhythms (steady, bursts, nightly, office hours, weekly, dying, reviving, ..) and, with ``--feeds``, the
rhythms of recorded documents, repeated. Every rule polls them for eight weeks; an item that leaves the document before
a poll saw it is missed. Printed for each rule: requests, items missed, and how late items were seen.

Rules of others: fixed pauses; miniflux 2 (``entry_frequency`` with its defaults); Media Cloud's rss-fetcher (its
automatic adjustment with its defaults). Ours is the code that runs (`extractors.feeds.rhythm`), also at other paces,
to compare it at no more requests than each rival. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from fivegwatch.extractors.feeds import rhythm as ours

START = datetime(2026, 9, 7, tzinfo=UTC)
WEEKS = 8
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
END = START + timedelta(weeks=WEEKS)


@dataclass(frozen=True)
class World:
    """A feed: when its items come, and how many its document holds."""

    name: str
    come: list[datetime]
    window: int


@dataclass
class Rule:
    """A polling rule: called after each poll with the time, the share known (None: unchanged), the items new and the
    items visible; returns the pause."""

    name: str
    make: Callable[[], Callable[[datetime, float | None, list[datetime], list[datetime]], timedelta]]


def fixed(pause: timedelta) -> Callable[..., timedelta]:
    """Always the same pause."""
    return lambda *_: pause


def miniflux() -> Callable[..., timedelta]:
    """One poll for each item of the last week, between five minutes and a day."""
    known: list[datetime] = []

    def rule(now: datetime, _seen: float | None, new: list[datetime], _all: list[datetime]) -> timedelta:
        known.extend(new)
        weekly = len(known) - bisect_right(known, now - timedelta(days=7))
        minutes = 1_440 if weekly == 0 else min(1_440, max(5, round(7 * 24 * 60 / weekly)))
        return minutes * MINUTE

    return rule


def media_cloud() -> Callable[..., timedelta]:
    """Six hours at first; an hour less after two polls with under 33 % known, ten minutes (an hour after a month
    without news) more with over 67 %; ten minutes to a day."""
    minutes, last_new, polls = 360, START, 0

    def rule(now: datetime, seen: float | None, new: list[datetime], _all: list[datetime]) -> timedelta:
        nonlocal minutes, last_new, polls
        polls += 1
        last_new = now if new else last_new
        if seen is None or seen > 0.67:
            minutes = min(1_440, minutes + (10 if now - last_new < timedelta(days=31) else 60))
        elif seen < 0.33 and polls > 1:
            minutes = max(10, 360 if minutes > 360 else minutes - 60)
        return minutes * MINUTE

    return rule


def fivegwatch(scale: float = 1.0) -> Callable[..., timedelta]:
    """Our rule; ``scale`` multiplies the news for which a feed is polled."""
    bounds = ours.Bounds(shortest=10 * MINUTE, longest=DAY)
    state, last = ours.Rhythm(), START

    def rule(now: datetime, seen: float | None, new: list[datetime], shown: list[datetime]) -> timedelta:
        nonlocal state, last
        elapsed, last = now - last, now
        usual = ours.NEWS_A_POLL
        state = ours.unchanged(state, now) if seen is None else ours.learn(state, new, len(shown), now)
        ours.NEWS_A_POLL = usual * scale
        try:
            return ours.next_pause(state, now, bounds, seen=seen, elapsed=elapsed)
        finally:
            ours.NEWS_A_POLL = usual

    return rule


def _poisson(rng: random.Random, rate: Callable[[datetime], float], most: float) -> list[datetime]:
    """Arrivals at ``rate`` items an hour, at most ``most``, from a document's length before the start on."""
    at, come = START - timedelta(days=21), []
    while at < END:
        at += HOUR * rng.expovariate(most)
        if rng.random() < rate(at) / most:
            come.append(at)
    return come


def made(seed: int) -> Iterable[World]:
    """Feeds of every habit that we know of."""
    rng = random.Random(seed)

    def office(at: datetime) -> float:
        return 1.0 if at.weekday() < 5 and 8 <= at.hour < 18 else 0.05

    for a_day, window in ((2, 10), (10, 20), (40, 25), (150, 30), (600, 50)):
        yield World(f"steady {a_day}/day", _poisson(rng, lambda _, r=a_day / 24: r, a_day / 24), window)
        most = a_day / 10
        yield World(f"office {a_day}/day", _poisson(rng, lambda t, m=most: m * office(t), most), window)
    for size, window in ((15, 20), (30, 20), (60, 40)):
        nights = [START - timedelta(days=20) + d * DAY for d in range(WEEKS * 7 + 20)]
        spread = 90 if size > window else 20
        come = [n + 2 * HOUR + MINUTE * rng.uniform(0, spread) for n in nights for _ in range(size)]
        yield World(f"nightly dump of {size}", sorted(come), window)
    weekly = [
        START - timedelta(days=48) + timedelta(days=7 * w, hours=rng.uniform(9, 12)) for w in range(WEEKS + 6)
    ]
    yield World("weekly", weekly, 10)
    thursdays = [
        START - timedelta(days=18) + timedelta(days=7 * w, hours=10) + MINUTE * rng.uniform(0, 240)
        for w in range(WEEKS + 2) for _ in range(40)
    ]  # fmt: skip
    yield World("weekly issue of 40", sorted(thursdays), 25)
    quiet = _poisson(rng, lambda _: 0.2, 0.2)
    for _ in range(6):
        begin = START + timedelta(days=rng.uniform(3, 53))
        quiet += [begin + HOUR * rng.betavariate(1, 3) * 8 for _ in range(70)]
    yield World("breaking news now and then", sorted(quiet), 20)
    yield World("dying", _poisson(rng, lambda t: 1.5 * 0.5 ** ((t - START) / timedelta(days=7)), 8.0), 20)
    silent = (START + timedelta(days=14), START + timedelta(days=42))
    yield World("reviving", _poisson(rng, lambda t: 0.0 if silent[0] < t < silent[1] else 2.5, 2.5), 20)
    yield World(
        "growing tenfold", _poisson(rng, lambda t: 0.3 if t < START + timedelta(days=28) else 3.0, 3.0), 20
    )


def recorded(folder: Path) -> Iterable[World]:
    """The rhythms of recorded documents: the pauses between their items, repeated in order."""
    from fivegwatch.extractors.errors import NewsError
    from fivegwatch.extractors.feeds.parse import parse_feed
    from fivegwatch.extractors.model import Feed, Origin, Page

    for file in sorted(folder.iterdir()):
        page = Page(requested_url="https://x.example/", final_url="https://x.example/", status=200, content_type="",
                    body=file.read_bytes(), captured_at=datetime(2030, 1, 1, tzinfo=UTC),
                    origin=Origin(kind="feed", locator="x"))  # fmt: skip
        try:
            parsed = parse_feed(page, feed=Feed(id="x", url=page.final_url, title="x"))
        except NewsError:
            continue
        dates = sorted({e.published_at for e in parsed.entries if e.published_at})
        pauses = [b - a for a, b in pairwise(dates)]
        if len(pauses) < 8 or sum(pauses, timedelta()) > timedelta(days=120):
            continue
        at, come = START - timedelta(days=21), []
        while at < END:
            for pause in pauses:
                at += pause
                come.append(at)
        yield World(file.name, come, len(parsed.entries))


def play(world: World, rule: Callable[..., timedelta]) -> tuple[int, int, list[float]]:
    """Requests, items missed, and the delay of each item seen, in hours."""
    at, seen_until, requests, missed, delays = START, 0, 0, 0, []
    begun = bisect_right(world.come, START)
    while at < END:
        requests += 1
        upto = bisect_right(world.come, at)
        shown = range(max(0, upto - world.window), upto)
        first = max(seen_until, shown.start) if requests > 1 else shown.start
        new = world.come[first:upto]
        if requests > 1:
            missed += max(0, shown.start - max(seen_until, begun))
            delays += [(at - world.come[i]) / HOUR for i in range(max(first, begun), upto)]
        seen = None if requests > 1 and not new else 1 - len(new) / max(1, len(shown))
        seen_until = upto
        pause = rule(at, seen, list(new), [world.come[i] for i in shown])
        # Runs begin every five minutes.
        at += timedelta(minutes=5) * max(1, -(-pause // timedelta(minutes=5)))
    return requests, missed, delays


RULES = (
    Rule("fixed 15 min", lambda: fixed(15 * MINUTE)),
    Rule("fixed 1 h", lambda: fixed(HOUR)),
    Rule("miniflux", miniflux),
    Rule("Media Cloud", media_cloud),
    Rule("ours", fivegwatch),
    Rule("ours, eager (0.2)", lambda: fivegwatch(0.2)),
    Rule("ours, most eager (0.05)", lambda: fivegwatch(0.05)),
    Rule("ours, thrifty (4)", lambda: fivegwatch(4.0)),
    Rule("ours, thriftiest (100)", lambda: fivegwatch(100.0)),
)


def main() -> None:
    """Play every feed with every rule and print the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=Path, help="folder of recorded feed documents")
    parser.add_argument("--each", action="store_true", help="a line for every feed as well")
    parser.add_argument("--seeds", type=int, default=1, help="how many of each made feed")
    args = parser.parse_args()
    worlds = [world for seed in range(args.seeds) for world in made(seed)]
    worlds += recorded(args.feeds) if args.feeds else ()
    print(f"{len(worlds)} feeds, {WEEKS} weeks, {sum(len(w.come) for w in worlds):,} items")
    sums: dict[str, dict[str, float]] = {}
    for rule in RULES:
        played = [play(world, rule.make()) for world in worlds]
        if args.each:
            for world, (requests, missed, delays) in zip(worlds, played, strict=True):
                late = statistics.median(delays) if delays else 0
                print(f"  {rule.name:22} {world.name:28} {requests:6} {missed:6} {late:7.2f}")
        delays = [delay for _, _, some in played for delay in some]
        sums[rule.name] = {
            "requests": sum(p[0] for p in played),
            "missed": sum(p[1] for p in played),
            "median_delay_h": round(statistics.median(delays), 2),
            "mean_delay_h": round(statistics.fmean(delays), 2),
        }
        one = sums[rule.name]
        print(f"{rule.name:22} {one['requests']:8,} requests {one['missed']:7,} missed "
              f"{one['median_delay_h']:6.2f} h median {one['mean_delay_h']:6.2f} h mean delay")  # fmt: skip
    print(json.dumps(sums))


if __name__ == "__main__":
    main()
