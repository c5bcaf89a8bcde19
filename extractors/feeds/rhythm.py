"""The rhythm of a feed: when its items come, how long it may be silent, and when to poll it next.

first document -> dates of its items -> rhythm; each later poll -> new items -> rhythm -> time of the next poll

Dates are used for the pace only. Whether an item is new is decided by its address.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

DOUBT = 2.0
"""How many items at the mean rate are added to the items observed in one hour of the day or on one weekday, before
rates are compared; the items of one more hour are added to them."""
HALF_LIFE_DAYS = 21.0
"""Age in days at which an item counts half: three weeks contain each weekday three times, and a feed that changes is
learnt again."""
SEED_DAYS = 400
"""At a feed's first poll, items at most this many days older than the newest one are learnt: a monthly feed has twelve
pauses in that time. The days are counted from the newest item, so that a feed that was dead before it was watched is
late at once."""
PINNED_SHARE = 0.5
"""The oldest item of a first document is pinned to the top, and no part of the rhythm, if the pause after it is longer
than this share of the time that the document covers."""
GAPS_KEPT = 40
APART_S = 1_800.0
"""Items that come within this many seconds count as one piece of news, so that thirty items at once are not thirty
pauses."""
GAPS_NEEDED = 5
"""How many pauses between news must be known before a feed can be late."""
USUAL_SHARE = 0.95
"""The longest usual pause is longer than this share of the known pauses."""
MARGIN_HOURS = 22.0
"""A feed is late only if its pause exceeds the longest usual one by at least this many hours of its own rhythm. With 22
hours, a feed that is active in office hours and stops on a Monday raises an alert within a day; so does a holiday of
one day."""
SHORTEST_LATE = timedelta(hours=18)
FULL_WEEK_HOURS = 130.0
"""How many hours (old ones count less) must be observed before the feed's weekend is known."""
LATE_AT_FIRST = timedelta(hours=72)
"""While fewer than `FULL_WEEK_HOURS` are observed, a pause shorter than this may be the feed's first weekend."""
ROLL_SHARE = 0.5
"""Share of a document that is expected to be new at the next poll, so that the rest is still known. Measured with
`benchmarks.polling`: at 0.67 twice as many items are missed, at 0.33 a third fewer with half as many requests more."""
NEWS_A_POLL = 1.5
"""A feed is polled as soon as this many new items are expected, even if they are a small part of its document; 0.75 for
dedicated feeds."""
SEEN_LOW = 1 / 3
"""If less than this share of a document's items was known before a poll, the poll came too late."""
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What is known of a feed's habits. Old items lose weight with time."""

    hours: tuple[float, ...] = (0.0,) * 24
    """Number of items by hour of the day (UTC)."""
    days: tuple[float, ...] = (0.0,) * 7
    """Number of items by weekday, Monday first."""
    hours_seen: tuple[float, ...] = (0.0,) * 24
    """Number of hours observed, by hour of the day."""
    days_seen: tuple[float, ...] = (0.0,) * 7
    """Number of hours observed, by weekday."""
    until: float = 0.0
    """Time up to which items are counted, in seconds of Unix time; 0 before the first document."""
    newest: float = 0.0
    """Arrival of the newest item, in seconds of Unix time; 0 if unknown."""
    gaps: tuple[float, ...] = ()
    """The last pauses between news, in hours of the feed's own rhythm, in which hours with few items count less."""
    window: int = 0
    """Number of items in the last document; 0 before the first one."""
    pace: float = 0.0
    """The pause before the next poll, in seconds, as it was last decided."""

    @property
    def items(self) -> float:
        """Number of items counted; old ones count less."""
        return sum(self.days)

    @property
    def rate(self) -> float:
        """Mean number of items an hour. Before anything is known, one item in an hour is assumed."""
        return (self.items + 1) / (self.observed + 1)

    @property
    def observed(self) -> float:
        """Number of hours observed; old ones count less."""
        return sum(self.days_seen)

    def weights(self) -> tuple[list[float], list[float]]:
        """Factors for 24 hours of the day and 7 weekdays: the expected rate is hour factor x weekday factor x mean
        rate.

        An hour that was hardly observed has a factor near 1.
        """
        rate, hours, seen = self.rate, self.hours, self.hours_seen
        doubt = DOUBT + rate
        by_hour = [
            (hours[i] + 0.25 * (hours[i - 1] + hours[i - 23]) + doubt)
            / ((seen[i] + 0.25 * (seen[i - 1] + seen[i - 23])) * rate + doubt)
            for i in range(24)
        ]  # smoothed: the hours beside it count a quarter
        by_day = [
            (come + doubt) / (seen * rate + doubt)
            for come, seen in zip(self.days, self.days_seen, strict=True)
        ]
        mean = sum(by_hour) / 24 * sum(by_day) / 7
        return by_hour, [weight / mean for weight in by_day]

    def expected(self, begin: datetime, end: datetime, *, most: float = math.inf) -> tuple[float, datetime]:
        """The number of items, at most ``most``, expected from ``begin`` to ``end``; and the time at which that number
        is reached."""
        total, stop = _walk(self.weights(), self.rate / 3_600, begin, end, most)
        return total, datetime.fromtimestamp(stop, UTC)

    def own_hours(self, begin: datetime, end: datetime) -> float:
        """Hours from ``begin`` to ``end`` in the feed's own rhythm: each hour counts by its weight."""
        weeks = (end - begin).days // 7  # the weights of a week have the mean 1
        return (
            168.0 * weeks
            + _walk(self.weights(), 1 / 3_600, begin + timedelta(days=7 * weeks), end, math.inf)[0]
        )

    def lateness(self, now: datetime) -> float:
        """The pause since the newest item, as a share of the longest usual pause: 1 or more is late, 0 unknown."""
        if not self.newest or len(self.gaps) < GAPS_NEEDED:
            return 0.0
        newest = _time(self.newest)
        shortest = SHORTEST_LATE if self.observed >= FULL_WEEK_HOURS else LATE_AT_FIRST
        if now - newest < shortest:
            return min(0.99, (now - newest) / shortest)
        return self.own_hours(newest, now) / self.longest_usual()

    def longest_usual(self) -> float:
        """The longest pause between items that is not late, in hours of the feed's own rhythm."""
        ordered = sorted(self.gaps)
        usual = ordered[min(len(ordered) - 1, int(USUAL_SHARE * len(ordered)))]
        return usual + max(MARGIN_HOURS, 2 * (usual - ordered[len(ordered) // 2]))

    def encoded(self) -> str:
        """The rhythm as one line of JSON."""
        values = asdict(self)
        for name in ("hours", "days", "hours_seen", "days_seen", "gaps"):
            values[name] = [round(value, 2) for value in values[name]]
        return json.dumps(values, separators=(",", ":"))

    @classmethod
    def decoded(cls, line: str | None) -> Rhythm:
        """The rhythm that `encoded` wrote as ``line``; an empty rhythm for None or a line of another version."""
        try:
            values: dict[str, Any] = json.loads(line or "{}")
            loaded: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in values.items()}
            return cls(**loaded)
        except (ValueError, TypeError):
            return cls()


def learn(rhythm: Rhythm, new: Sequence[datetime | None], window: int, now: datetime) -> Rhythm:
    """``rhythm``, updated by a poll at ``now`` whose document had ``window`` items; ``new`` holds the date, or None, of
    each item that was not known before.

    First poll: dates tell when the items came, and items without a date are ignored. Later polls: every new item came
    since the last poll; its date is used only if it lies between the two polls.
    """
    if not rhythm.window:
        come = _seed([at for at in new if at is not None and at <= now])
        began = come[0] if come else _time(rhythm.until or now.timestamp())
    else:
        began = _time(rhythm.until)
        middle = began + (now - began) / 2
        come = sorted(at if at is not None and began <= at <= now else middle for at in new)
        if come and len(new) >= window:  # nothing is known of what came before the oldest of them
            began = come[0]
    fade = 0.5 ** ((now - began) / timedelta(days=HALF_LIFE_DAYS))
    hours, days, hours_seen, days_seen = (
        [one * fade for one in some]
        for some in (rhythm.hours, rhythm.days, rhythm.hours_seen, rhythm.days_seen)
    )
    for at in come:
        worth = 0.5 ** ((now - at) / timedelta(days=HALF_LIFE_DAYS))
        hours[at.hour] += worth
        days[at.weekday()] += worth
    stop = now.timestamp()
    # Nothing is left of the weight of older hours.
    second = max(began.timestamp(), stop - 86_400.0 * SEED_DAYS)
    while second < stop:
        hour = int(second // 3_600)
        length = (min(stop, 3_600.0 * (hour + 1)) - second) / 3_600
        worth = length * 0.5 ** ((stop - second) / 86_400 / HALF_LIFE_DAYS)
        hours_seen[hour % 24] += worth
        days_seen[(hour // 24 + 3) % 7] += worth
        second = 3_600.0 * (hour + 1)
    learnt = replace(
        rhythm, hours=tuple(hours), days=tuple(days), hours_seen=tuple(hours_seen), days_seen=tuple(days_seen),
        until=stop, window=window,
    )  # fmt: skip
    return _with_gaps(learnt, come)


def _seed(dates: list[datetime]) -> list[datetime]:
    """Those of ``dates`` from which a feed's rhythm is learnt at its first poll, in order, without pinned and old
    items."""
    come = sorted(dates)
    while len(come) > GAPS_NEEDED and come[1] - come[0] > PINNED_SHARE * (come[-1] - come[0]):
        del come[0]
    return [at for at in come if at >= come[-1] - timedelta(days=SEED_DAYS)]


def _with_gaps(rhythm: Rhythm, come: Iterable[datetime]) -> Rhythm:
    gaps, newest = list(rhythm.gaps), rhythm.newest
    for at in come:
        moment = at.timestamp()
        if newest and moment - newest > APART_S:
            gaps.append(rhythm.own_hours(_time(newest), at))
            gaps = gaps[-GAPS_KEPT:]
        newest = max(newest, moment)
    return replace(rhythm, gaps=tuple(gaps), newest=newest)


def unchanged(rhythm: Rhythm, now: datetime) -> Rhythm:
    """``rhythm`` after a poll without new items.

    The hours without news are not counted at once, but with the next document, or when they reach a fourth of the hours
    observed before.
    """
    if not rhythm.until:
        return replace(rhythm, until=now.timestamp())
    if now.timestamp() - rhythm.until > 900 * max(4.0, rhythm.observed):
        return learn(rhythm, (), rhythm.window, now)
    return rhythm


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Shortest and longest pause between two polls of a feed, and whether the feed is dedicated to the subject."""

    shortest: timedelta
    longest: timedelta
    dedicated: bool = False


def next_pause(
    rhythm: Rhythm, now: datetime, bounds: Bounds, *, seen: float | None, elapsed: timedelta
) -> timedelta:
    """How long to wait before the next poll.

    ``seen``: share of the document's items that were known before the poll, None for an unchanged feed. ``elapsed``:
    time since the poll before. The pause ends when half of the document is expected to be new, or when one or two new
    items are expected, whichever is first. If hardly any item was known, the pause is at most a third of
    ``elapsed``.
    """
    # Until a feed was watched for a few days, its quiet hours are not known.
    longest = min(bounds.longest, max(timedelta(minutes=30), rhythm.observed * _HOUR / 3))
    half = ROLL_SHARE * rhythm.window if rhythm.window else math.inf
    some = NEWS_A_POLL / 2 if bounds.dedicated else NEWS_A_POLL
    _, at = rhythm.expected(now, now + longest, most=max(0.25, min(half, some)))
    pause = at - now
    if seen is not None and rhythm.window > 1 and seen < SEEN_LOW and elapsed > timedelta():
        pause = min(pause, elapsed * max(0.1, seen))
    return min(bounds.longest, max(bounds.shortest, pause))


def most_missed(rhythm: Rhythm, begin: datetime, end: datetime, oldest: datetime | None) -> int:
    """The most items that a feed may have dropped unseen between two polls whose documents share no item.

    ``oldest``: date of the oldest item of the later document. Items are assumed to come at twice the usual rate, or at
    the rate within the document if that is higher.
    """
    until = min(end, max(begin, oldest)) if oldest is not None else end
    usual, _ = rhythm.expected(begin, until)
    dense = 0.0
    if oldest is not None and begin < oldest < end:
        dense = rhythm.window / max(0.25, (end - oldest) / _HOUR) * ((oldest - begin) / _HOUR)
    return max(1, math.ceil(max(2 * usual, dense)))


def _walk(
    weights: tuple[list[float], list[float]], rate: float, begin: datetime, end: datetime, most: float
) -> tuple[float, float]:
    """The number of items from ``begin`` to ``end``, at most ``most``; and the Unix time at which that number is
    reached.

    ``rate``: mean number of items a second. ``weights``: factors by hour of the day and by weekday, by which it is
    multiplied.
    """
    by_hour, by_day = weights
    at, stop, total = begin.timestamp(), end.timestamp(), 0.0
    while at < stop:
        hour = int(at // 3_600)
        length = min(stop, 3_600.0 * (hour + 1)) - at
        density = rate * by_hour[hour % 24] * by_day[(hour // 24 + 3) % 7]  # Unix time began on a Thursday
        if total + density * length >= most:
            return most, at + (most - total) / density
        total += density * length
        at += length
    return total, stop


def _time(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
