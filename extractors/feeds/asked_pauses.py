"""Polling limits that a feed document states: a pause, hours and days without polls.

Standard: RSS 2.0 (ttl, skipHours, skipDays); RSS 1.0 module Syndication (updatePeriod, updateFrequency).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PERIODS = {
    "hourly": 3_600.0,
    "daily": 86_400.0,
    "weekly": 604_800.0,
    "monthly": 2_592_000.0,
    "yearly": 31_536_000.0,
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SKIP = re.compile(r"<skip(Hours|Days)\b[^<>]{0,100}>(.{0,2000}?)</skip\1\s*>", re.I | re.S)
_HOUR = re.compile(r"<hour\b[^<>]{0,100}>\s*(\d{1,2})\s*</hour", re.I)
_DAY = re.compile(r"<day\b[^<>]{0,100}>\s*([a-z]{6,9})\s*</day", re.I)
_HEAD_CHARS = 20_000


def asked_pause(channel: Mapping[str, Any]) -> float:
    """The longest pause in seconds that a channel asks for (feedparser's dictionary); 0 if it asks for none."""
    ttl = _number(channel.get("ttl")) * 60
    period = _PERIODS.get(str(channel.get("sy_updateperiod") or "").strip().lower(), 0.0)
    frequency = _number(channel.get("sy_updatefrequency")) or 1.0
    return max(ttl, period / max(1.0, frequency))


def skipped_times(markup: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Hours of the day (GMT) and weekdays (Monday 0) in which a channel asks not to be polled.

    If a channel asks this for all hours or all weekdays, the request is ignored.
    """
    hours: set[int] = set()
    days: set[int] = set()
    for kind, inside in _SKIP.findall(markup[:_HEAD_CHARS]):
        if kind.lower() == "hours":
            hours |= {int(hour) % 24 for hour in _HOUR.findall(inside) if int(hour) <= 24}
        else:
            days |= {_DAYS.index(day.lower()) for day in _DAY.findall(inside) if day.lower() in _DAYS}
    return (tuple(sorted(hours)) if len(hours) < 24 else ()), (tuple(sorted(days)) if len(days) < 7 else ())


def _number(value: Any) -> float:
    text = str(value or "").strip()
    return float(text) if re.fullmatch(r"\d{1,6}", text) else 0.0
