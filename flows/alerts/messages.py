"""Decides which alerts are sent now, and in which messages. Nothing is sent or stored here.

waiting alerts, channel, now -> due alerts -> one message each, or one summary

The message that a run failed is sent by `failures`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from fivegwatch.flows.settings.alerts import AlertSettings, Channel
from fivegwatch.storage.spool.feed_records import Alert

SINGLY = 3
"""Most alerts that are sent as single messages; more become one summary."""
LINES = 40
"""Most alerts that a summary lists; the others are only counted."""
ATTEMPTS = 12
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Message:
    """One message and the alerts in it."""

    title: str
    body: str
    alerts: tuple[Alert, ...]


def due_messages(
    channel: Channel,
    waiting: Sequence[Alert],
    settings: AlertSettings,
    now: datetime,
    last_sent: datetime | None,
) -> list[Message]:
    """The messages to send to ``channel`` at ``now``; ``last_sent`` is when the channel last got a message."""
    if is_quiet(settings, now):
        return []
    due = sorted(
        (
            a
            for a in waiting
            if a.channel == channel.name and (a.next_attempt_at is None or a.next_attempt_at <= now)
        ),
        key=lambda a: (a.raised_at, a.alert_id),
    )
    if channel.digest is not None and not _digest_due(channel.digest, settings, now, last_sent, due):
        return []
    if not due:
        return []
    if channel.digest is None and len(due) <= SINGLY:
        return [Message(f"fivegwatch: {a.title}", body_of(a), (a,)) for a in due]
    shown = [f"- {a.title}\n  {body_of(a)}".rstrip() for a in due[:LINES]]
    if len(due) > LINES:
        shown.append(f"and {len(due) - LINES} more: fivegwatch alerts list")
    return [Message(f"fivegwatch: {len(due)} alerts", "\n".join(shown), tuple(due))]


def body_of(alert: Alert) -> str:
    """The text of one alert, with the address that it is about."""
    return f"{alert.text} {alert.url}".strip()


def is_quiet(settings: AlertSettings, now: datetime) -> bool:
    """Whether ``now`` is in the quiet hours of the settings."""
    if settings.quiet is None:
        return False
    begin, end = settings.quiet
    local = now.astimezone(settings.zone).time()
    return begin <= local < end if begin <= end else local >= begin or local < end


def _digest_due(
    at: time, settings: AlertSettings, now: datetime, last_sent: datetime | None, due: Sequence[Alert]
) -> bool:
    """Whether a digest is due: its time of day has passed since the last digest, or since the oldest alert was
    raised.
    """
    local = now.astimezone(settings.zone)
    latest = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    if latest > local:
        latest -= timedelta(days=1)
    since = max(
        (moment for moment in (last_sent, min((a.raised_at for a in due), default=None)) if moment),
        default=now,
    )
    return since < latest


def after_delivery(alert: Alert, now: datetime, problem: str) -> Alert:
    """The record of ``alert`` after an attempt to deliver it; the attempt failed if there is a ``problem``."""
    if not problem:
        return replace(alert, state="sent", changed_at=now, problem="", next_attempt_at=None)
    attempts = alert.attempts + 1
    if attempts >= ATTEMPTS:
        return replace(
            alert, state="given up", attempts=attempts, problem=problem, changed_at=now, next_attempt_at=None
        )
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1))
    return replace(alert, attempts=attempts, problem=problem, changed_at=now, next_attempt_at=now + pause)
