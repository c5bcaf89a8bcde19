"""Whether the watch is in order: the reasons for which `status` exits with 1.

settings, overview of the corpus, files beside the corpus, time -> troubles, the gravest first
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from fivegwatch.flows.printing.lines import counted
from fivegwatch.flows.runs.clock import DOUBTED, REPAIR
from fivegwatch.flows.settings.settings import FILE_NAME, Settings
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.locks import backfill_at_work, killed_run, run_at_work
from fivegwatch.storage.lake.publish import lake_problem
from fivegwatch.storage.read.health import Overview
from fivegwatch.storage.spool.batches import bad_batches, pending

Row = dict[str, Any]
SCHEDULED = frozenset({"ingest", "ingest --due"})
"""Names of flows that are started by a schedule: that of Prefect, or that of cron or systemd."""
INTERVALS_SEEN = 20
"""The interval of the schedule is taken to be the median of this many intervals between scheduled runs."""
DEFAULT_INTERVAL_S = 900.0
"""The interval of the shipped schedule in seconds; it is used until two intervals have been seen."""
FAILED_AT_ONCE = timedelta(days=1)
"""Feeds whose failures began within this time of each other failed at once: the slowest are polled every 6 hours."""
MOST = 0.5
FEWEST_FEEDS = 3
"""Least number of feeds that must fail at once to be a trouble; two feeds may both fail by chance."""
REASONS = {
    "switched_off": "`enabled = false` is set, so scheduled runs end at once",
    "clock": "records are stamped in the future: set the clock, or mend the corpus with `fivegwatch doctor --repair`",
    "dead_run": "a run was killed: it is marked as running or its lock file names it, but nobody holds the lock; or its"
    " batches wait",
    "failed_run": "the last run failed; the reason is its message",
    "no_recent_run": "no ingest run completed within twice the interval of the schedule, or within `--max-age`",
    "no_feeds": "the watchlist has no feed that is on, so that nothing is polled",
    "feeds_failing": "at least half of the feeds that worked before began to fail within one day, or all feeds fail",
    "network": "the last poll of at least half of the feeds failed through this machine, as without a network",
    "lake": "the corpus could not be published into the lake of `[corpus]`; readers there see an older state of it",
    "bad_batches": "batches could not be loaded; each has its reason beside it in `spool/bad`",
}
"""The meaning of each kind of trouble."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One reason why the watch is not in order."""

    kind: str
    """Short name, for programs."""
    message: str
    """What is wrong, and what to do."""


def troubles(
    settings: Settings, seen: Overview, now: datetime, *, max_age_s: float | None = None
) -> list[Trouble]:
    """The reasons why the watch is not in order at ``now``; an empty list if it is in order.

    ``max_age_s`` is how many seconds ago the last run may have ended: by default twice the interval of the schedule. If
    no scheduled run is known, there is no such limit.
    """
    layout = Layout.for_database(settings.database)
    noted = [
        *_switched_off(settings),
        *_wrong_times(seen, now),
        *_dead_runs(layout, seen.runs),
        *_last_run_failed(seen.runs),
        *_no_recent_run(settings, seen.runs, now, max_age_s),
        *_all_off(seen.feeds),
        *_most_feeds_failed(seen.feeds),
        *_cut_off(seen.feeds),
        *_bad_batches(layout),
        *_lake_behind(settings),
    ]
    return noted


def _switched_off(settings: Settings) -> list[Trouble]:
    if settings.enabled:
        return []
    file = settings.home / FILE_NAME
    return [Trouble("switched_off", f"scheduled runs are switched off: `enabled = false` in {file}")]


def _lake_behind(settings: Settings) -> list[Trouble]:
    problem = lake_problem(settings.database, settings.lake)
    return [Trouble("lake", problem)] if problem else []


def _wrong_times(seen: Overview, now: datetime) -> list[Trouble]:
    if seen.latest is None or seen.latest <= now + DOUBTED:
        return []
    text = (
        f"records are stamped {seen.latest:%Y-%m-%d %H:%M} UTC, but it is {now:%Y-%m-%d %H:%M} by this machine's clock."
        f" Set the clock if it is wrong; if it is right, mend the corpus with: {REPAIR}"
    )
    return [Trouble("clock", text)]


def _dead_runs(layout: Layout, runs: Sequence[Row]) -> list[Trouble]:
    dead = [row for row in runs if row["state"] == "Running" and not _is_alive(layout, row["flow"])]
    if dead:
        row = dead[0]
        text = f"run {row['run_id']} ({row['flow']}) is marked as running, but its process has ended"
        return [Trouble("dead_run", f"{text}; the next run of this kind resumes its work")]
    if number := killed_run(layout):
        text = f"the last run (process {number}) was killed before it ended, or its machine stopped"
        return [Trouble("dead_run", f"{text}; the next run resumes its work")]
    waiting = len(pending(layout))
    if waiting and not run_at_work(layout) and not backfill_at_work(layout):
        batches = counted(waiting, "batch", "batches")
        verb, them = ("waits", "it") if waiting == 1 else ("wait", "them")
        text = f"{batches} of an interrupted run {verb} in {layout.incoming}; the next run loads {them}"
        return [Trouble("dead_run", text)]
    return []


def _is_alive(layout: Layout, flow: str) -> bool:
    return bool(backfill_at_work(layout) if flow.startswith("backfill") else run_at_work(layout))


def _last_run_failed(runs: Sequence[Row]) -> list[Trouble]:
    ended = next((row for row in runs if row["state"] != "Running"), None)
    if ended is None or ended["state"] == "Completed":
        return []
    return [Trouble("failed_run", f"the last run ({ended['flow']}) failed: {ended['message']}")]


def _no_recent_run(
    settings: Settings, runs: Sequence[Row], now: datetime, max_age_s: float | None
) -> list[Trouble]:
    scheduled = [row for row in runs if row["flow"] in SCHEDULED]
    if max_age_s is None:
        if not scheduled:
            return []
        max_age_s = 2 * interval_s(scheduled) + max(row["seconds"] or 0.0 for row in scheduled)
    # Runs by hand count too: they keep the corpus just as fresh.
    ended = [
        ended_at(row) for row in runs if row["state"] == "Completed" and row["flow"].startswith("ingest")
    ]
    limit = f"the limit is {_span(max_age_s)}"
    if not ended:
        return [Trouble("no_recent_run", f"no ingest run has completed yet; {limit}")]
    age_s = (now - max(ended)).total_seconds()
    if age_s <= max_age_s:
        return []
    text = f"the last ingest run completed {_span(age_s)} ago; {limit}. {_why_no_run(settings)}"
    return [Trouble("no_recent_run", text)]


def _why_no_run(settings: Settings) -> str:
    """A sentence on why no run was recorded: a fault of the watchlist that prevents runs, or else a question to the
    reader.
    """
    from fivegwatch.extractors.errors import WatchlistError
    from fivegwatch.flows.runs.subscriptions import read_subscriptions
    from fivegwatch.sources.files.watchlist import read_watchlist

    try:
        read_subscriptions(settings, read_watchlist(settings.watchlist))
    except WatchlistError as error:
        return f"The watchlist is wrong: {error}"
    return "Is the scheduler running?"


def interval_s(runs: Sequence[Row]) -> float:
    """The interval of a schedule in seconds: the median time between the starts of consecutive ``runs``, given newest
    first.
    """
    starts = [began_at(row) for row in runs[: INTERVALS_SEEN + 1]]
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(starts)]
    gaps = [gap for gap in gaps if gap > 0]
    return statistics.median_low(gaps) if len(gaps) > 1 else DEFAULT_INTERVAL_S


def began_at(run: Row) -> datetime:
    """When ``run`` began by the system's clock; read from its id.

    The recorded time may be later, because records are kept in order.
    """
    match = re.search(r"(\d{8}T\d{6})Z", run["run_id"])
    if match is None:
        moment: datetime = run["started_at"]
        return moment
    return datetime.strptime(match.group(1), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


def ended_at(run: Row) -> datetime:
    """When a run ended by the system's clock."""
    return began_at(run) + timedelta(seconds=run["seconds"] or 0.0)


def _all_off(feeds: Sequence[Row]) -> list[Trouble]:
    if not feeds or any(row["status"] != "off" for row in feeds):
        return []
    text = (
        f"no feed is on ({len(feeds):,} {'is' if len(feeds) == 1 else 'are'} off), so that nothing is polled"
    )
    return [Trouble("no_feeds", f"{text}: is `feeds.toml` of the watchlist whole?")]


def _most_feeds_failed(feeds: Sequence[Row]) -> list[Trouble]:
    polled = [row for row in feeds if row["polled_at"] is not None and row["status"] != "off"]
    failing = [row for row in polled if row["failures"]]
    if len(polled) >= FEWEST_FEEDS and len(failing) == len(polled):
        return [Trouble("feeds_failing", f"all {len(polled):,} feeds fail{_for_example(failing)}")]
    worked = [row for row in polled if row["worked"]]
    at_once = _most_at_once([row for row in worked if row["failures"]])
    if len(at_once) < max(FEWEST_FEEDS, MOST * len(worked)):
        return []
    began = min(row["since"] for row in at_once)
    text = (
        f"{len(at_once):,} of {len(worked):,} feeds that worked before fail since {began:%Y-%m-%d %H:%M} UTC"
    )
    return [Trouble("feeds_failing", text + _for_example(at_once))]


def _cut_off(feeds: Sequence[Row]) -> list[Trouble]:
    """A trouble if most feeds failed at their last poll because our own network was down; such feeds keep the status
    ``ok``.
    """
    polled = [row for row in feeds if row["polled_at"] is not None and row["status"] != "off"]
    lost = [row for row in polled if row["last_outcome"] == "failed" and not row["failures"]]
    if len(lost) < max(FEWEST_FEEDS, MOST * len(polled)):
        return []
    text = f"{len(lost):,} of {len(polled):,} feeds could not be polled through a fault of this machine"
    return [
        Trouble(
            "network", f"{text}: network, DNS, a proxy, disk or memory? The view `polls` has the messages"
        )
    ]


def _most_at_once(failing: Sequence[Row]) -> list[Row]:
    """The largest group in ``failing`` whose failures began within `FAILED_AT_ONCE` of each other."""
    ordered = sorted((row for row in failing if row["since"]), key=lambda row: row["since"])
    best: list[Row] = []
    first = 0
    for last, row in enumerate(ordered):
        while row["since"] - ordered[first]["since"] > FAILED_AT_ONCE:
            first += 1
        if last - first + 1 > len(best):
            best = ordered[first : last + 1]
    return best


def _for_example(failing: Sequence[Row]) -> str:
    row = failing[0]
    return f": network, DNS or a proxy of this machine? For example {row['feed_id']}: {row['problem']}"


def _bad_batches(layout: Layout) -> list[Trouble]:
    bad = bad_batches(layout)
    if not bad:
        return []
    batches = counted(len(bad), "batch", "batches")
    lie, each, them = ("lies", "with", "it") if len(bad) == 1 else ("lie", "each with", "them")
    text = f"{batches} could not be loaded and {lie} in {layout.bad}, {each} its reason beside it"
    return [Trouble("bad_batches", f"{text}; move {them} back to {layout.incoming} when the cause is mended")]


def _span(seconds: float) -> str:
    """``seconds`` as a span of time in its two largest units, such as ``1 h 30 min``."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
