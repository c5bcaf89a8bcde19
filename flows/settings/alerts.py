"""The table ``[alerts]`` of ``fivegwatch.toml``: channels, what they get and when, conditions for stories, a
heartbeat.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

from fivegwatch.extractors.watchlist.tables import Table, shown

TELL = ("feeds", "runs", "gaps", "stories")
"""Kinds of alerts that a channel can get; without the key ``tell`` it gets all. Stories also need a condition."""
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_COUNTRY = re.compile(r"[A-Z]{2}")
_VARIABLE = re.compile(r"env:([A-Z][A-Z0-9_]{0,60})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One address for alerts."""

    name: str
    url: str
    """An address in the notation of apprise: ``mailto://..``, ``slack://..``, ``ntfy://..``, ``json://..``"""
    tell: frozenset[str] = frozenset(TELL)
    digest: time | None = None
    """Time of day of the daily message that collects all alerts; None: alerts are sent at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Which stories raise an alert: those that match every given list in at least one of its values."""

    name: str
    topics: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """Words to find in headline or text; upper and lower case are alike."""
    score: float = 0.0
    channels: tuple[str, ...] = ()
    """Names of the channels that get the alerts; empty: all channels whose ``tell`` includes stories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """The settings in the table ``[alerts]``."""

    channels: tuple[Channel, ...] = ()
    conditions: tuple[Condition, ...] = ()
    heartbeat: str = ""
    """Address requested after each good run; a service there raises the alarm when the requests stop."""
    quiet: tuple[time, time] | None = None
    """Beginning and end of the hours in which no alert is sent; alerts wait until the end."""
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009  # immutable, and made once


def read_alerts(table: Table, environment: Mapping[str, object]) -> AlertSettings:
    """The settings in ``[alerts]``; faults are noted in ``table``."""
    table.only("channels", "stories", "heartbeat", "quiet_hours", "time_zone")
    channels = tuple(
        _channel(name, one, environment) for name, one in table.table("channels").tables("Name a channel.")
    )
    names = {channel.name for channel in channels}
    conditions = tuple(
        _condition(name, one, names) for name, one in table.table("stories").tables("Name a condition.")
    )
    heartbeat = _address(table, "heartbeat", environment)
    if heartbeat and not heartbeat.startswith(("http://", "https://")):
        table.fault("heartbeat", f"is {shown(heartbeat)}, not an http(s) address", "Write https://HOST/PATH.")
    return AlertSettings(
        channels=channels, conditions=conditions, heartbeat=heartbeat, quiet=_quiet(table), zone=_zone(table)
    )


def _channel(name: str, table: Table, environment: Mapping[str, object]) -> Channel:
    table.only("url", "tell", "digest")
    url = _address(table, "url", environment)
    if not url and "url" not in table.values:
        table.fault(
            "url", "is missing", 'Write url = "mailto://...", or "env:NAME" to keep it out of this file.'
        )
    tell = table.texts("tell") or TELL
    for word in tell:
        if word not in TELL:
            table.fault("tell", f"holds {shown(word)}", f"Known: {', '.join(TELL)}.", near=word)
    digest = table.text("digest")
    return Channel(
        name=name, url=url, tell=frozenset(tell), digest=_clock(table, "digest", digest) if digest else None
    )


def _condition(name: str, table: Table, channels: set[str]) -> Condition:
    """The saved condition ``name``; its faults are noted in ``table``."""
    lists = ("topics", "countries", "entities", "words", "channels")
    table.only(*lists, "score")
    values = {key: table.texts(key) for key in lists}
    for channel in values["channels"]:
        if channel not in channels:
            table.fault("channels", f"names {shown(channel)}, which is no channel", near=channel)
    for country in values["countries"]:
        if not _COUNTRY.fullmatch(country):
            table.fault("countries", f"holds {shown(country)}", 'Use two capitals, like "DE".', near=country)
    if not any(values[key] for key in lists[:4]) and "score" not in table.values:
        table.fault("", "has no condition", "Write topics, countries, entities, words or score.")
    return Condition(name=name, score=float(table.number("score", 0.0)), **values)


def _address(table: Table, key: str, environment: Mapping[str, object]) -> str:
    value = table.text(key).strip()
    variable = _VARIABLE.fullmatch(value)
    if variable is None:
        return value
    found = str(environment.get(variable[1], ""))
    if not found:
        table.fault(
            key, f"names the variable {variable[1]}, which is not set", "Set it, or write the address."
        )
    return found


def _quiet(table: Table) -> tuple[time, time] | None:
    value = table.text("quiet_hours")
    begin, dash, end = value.partition("-")
    if not value:
        return None
    if not dash:
        table.fault("quiet_hours", f"is {shown(value)}", 'Write "22:00-06:00".')
        return None
    return _clock(table, "quiet_hours", begin.strip()), _clock(table, "quiet_hours", end.strip())


def _clock(table: Table, key: str, value: str) -> time:
    match = _CLOCK.fullmatch(value)
    if match is None:
        table.fault(key, f"is {shown(value)}, not a time of day", 'Write "08:00".')
        return time()
    return time(int(match[1]), int(match[2]))


def _zone(table: Table) -> ZoneInfo:
    name = table.text("time_zone", "UTC")
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        table.fault("time_zone", f"is {shown(name)}, not a time zone", 'Write "Europe/Berlin".')
        return ZoneInfo("UTC")
