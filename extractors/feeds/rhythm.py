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
"""The mean rate counts like this many observed items against the items observed in one hour of the day or on one
weekday, and like those of one hour more."""
HALF_LIFE_DAYS = 21.0
"""Age at which an item counts half: three weeks hold three of each weekday, and a feed that changes is learnt again."""
SEED_DAYS = 400
"""Days before its newest item from which items are learnt at a feed's first poll: a monthly feed has twelve pauses in
them. Counted from the newest item, so that a feed that was dead before it was watched is late at once."""
PINNED_SHARE = 0.5
"""An item that is alone in this share of the time of a first document stays on top for ever; it is no part of the
rhythm."""
GAPS_KEPT = 40
APART_S = 1_800.0
"""Items that come within this many seconds are one piece of news: a dump of thirty items is not thirty pauses."""
GAPS_NEEDED = 5
"""Pauses between news that must be known before a feed can be late."""
USUAL_SHARE = 0.95
"""Share of the known pauses that are shorter than the longest usual one."""
MARGIN_HOURS = 22.0
"""A feed is late when its pause is longer than the usual ones by nearly a day of its own rhythm, at least: with 22
hours a feed of office hours that stops on a Monday raises an alert within a day; holidays of one day do, too."""
SHORTEST_LATE = timedelta(hours=18)
FULL_WEEK_HOURS = 130.0
"""Hours observed, faded, after which the weekend of a feed is known."""
LATE_AT_FIRST = timedelta(hours=72)
"""While fewer hours are observed, a shorter pause may be the feed's first weekend."""
ROLL_SHARE = 0.5
"""Share of a document that may be new at the next poll, as expected: half of it stays known. Measured with
`benchmarks.polling`: at 0.67 twice as many items are missed, at 0.33 a third fewer at half as many requests more."""
NEWS_A_POLL = 1.5
"""Expected new items for which a feed is polled even if few of them fill its document; 0.75 for dedicated feeds."""
SEEN_LOW = 1 / 3
"""Least share of items that should be known already at a poll."""
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What is known of a feed's habits. Weights of old items fade."""

    hours: tuple[float, ...] = (0.0,) * 24
    """Items by hour of the day (UTC)."""
    days: tuple[float, ...] = (0.0,) * 7
    """Items by weekday, Monday first."""
    hours_seen: tuple[float, ...] = (0.0,) * 24
    """Hours observed, by hour of the day."""
    days_seen: tuple[float, ...] = (0.0,) * 7
    """Hours observed, by weekday."""
    until: float = 0.0
    """Time up to which items are counted, in seconds of Unix time; 0 before the first document."""
    newest: float = 0.0
    """Arrival of the newest item, in seconds of Unix time; 0 if unknown."""
    gaps: tuple[float, ...] = ()
    """The last pauses between news, in hours of the feed's own rhythm: hours in which items are rare count less."""
    window: int = 0
    """Items of the last document; 0 before the first one."""
    pace: float = 0.0
    """Pause before the next poll as last decided, in seconds."""

    @property
    def items(self) -> float:
        """Number of items counted; items long ago count less."""
        return sum(self.days)

    @property
    def rate(self) -> float:
        """Mean items an hour. One item in an hour is assumed before anything is known."""
        return (self.items + 1) / (self.observed + 1)

    @property
    def observed(self) -> float:
        """Number of hours observed; hours long ago count less."""
        return sum(self.days_seen)

    def weights(self) -> tuple[list[float], list[float]]:
        """The rate of each hour of the day and of each weekday, as multiples of the mean rate; the two are multiplied.

        An hour that was hardly observed has the mean rate.
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
        """The number of items, at most ``most``, that are expected from ``begin`` to ``end``; and when it is
        reached."""
        total, stop = _walk(self.weights(), self.rate / 3_600, begin, end, most)
        return total, datetime.fromtimestamp(stop, UTC)

    def own_hours(self, begin: datetime, end: datetime) -> float:
        """Hours from ``begin`` to ``end``, each counted by its weight."""
        weeks = (end - begin).days // 7  # the weights of a week have the mean 1
        return (
            168.0 * weeks
            + _walk(self.weights(), 1 / 3_600, begin + timedelta(days=7 * weeks), end, math.inf)[0]
        )

    def lateness(self, now: datetime) -> float:
        """The pause so far as a share of the longest usual one; 1 or more is late, 0 when unknown."""
        if not self.newest or len(self.gaps) < GAPS_NEEDED:
            return 0.0
        newest = _time(self.newest)
        shortest = SHORTEST_LATE if self.observed >= FULL_WEEK_HOURS else LATE_AT_FIRST
        if now - newest < shortest:
            return min(0.99, (now - newest) / shortest)
        return self.own_hours(newest, now) / self.longest_usual()

    def longest_usual(self) -> float:
        """The longest pause between items that is not late yet, in hours of the feed's own rhythm."""
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
        """The rhythm that `encoded` wrote as ``line``; an empty one for None or a line of another version."""
        try:
            values: dict[str, Any] = json.loads(line or "{}")
            loaded: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in values.items()}
            return cls(**loaded)
        except (ValueError, TypeError):
            return cls()


def learn(rhythm: Rhythm, new: Sequence[datetime | None], window: int, now: datetime) -> Rhythm:
    """``rhythm`` after a document with ``window`` items, of which those in ``new`` were not known.

    ``new`` holds their dates. On a first document the dates say when the items came, and those without a date say
    nothing; later an item came between the last poll and this one, whatever its date says.
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
    """The ``dates`` from which a feed's rhythm is learnt at its first poll, in order. Pinned and old items are left
    out."""
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
    """``rhythm`` after a poll that brought nothing.

    Hours without news are counted together with the next document, or as soon as they are a fourth of the hours
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

    ``seen`` is the share of the document's items that were known before, None for an unchanged feed; ``elapsed`` the
    time since the poll before. The pause ends when half of the document is expected to be new, or when one or two new
    items are expected, whichever is first. A document with hardly a known item at least halves the pause.
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
    """The most items that a feed may have dropped unseen between two polls that share none.

    ``oldest`` is the date of the oldest item of the later document. Counted at twice the usual rate for that time, or
    at the rate of the document if that is denser.
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
    """How many items come from ``begin`` to ``end``, at most ``most``; and the Unix time at which that number is
    reached.

    ``rate`` is the mean number of items a second; ``weights`` multiply it by hour of the day and by weekday.
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
