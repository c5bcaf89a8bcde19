"""Alerts on runs that fail or are killed. They do not use the outbox: the corpus may be broken or the disk full.

a run begins -> a count of runs without an end; a run fails -> a message to each channel, noted by an empty file
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from fivegwatch.extractors.errors import NewsError
from fivegwatch.extractors.feeds.health import SURE_AFTER
from fivegwatch.flows.alerts.messages import is_quiet
from fivegwatch.flows.settings.alerts import Channel
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.sources.services.channels import ChannelError, send
from fivegwatch.storage.disk.layout import Layout

_log = logging.getLogger(__name__)


@contextmanager
def begun_runs(settings: Settings) -> Iterator[int]:
    """Count a run as begun while the block is executed; yields how many runs in a row before it were killed."""
    count = Layout.for_database(settings.database).root / "runs-begun"
    killed = 0
    with suppress(OSError):
        killed = count.stat().st_size if count.exists() else 0
        with count.open("ab") as file:  # a byte a run
            file.write(b".")
    try:
        yield killed
    finally:
        with suppress(OSError):
            count.unlink(missing_ok=True)


async def send_failure(settings: Settings, message: str, now: datetime) -> None:
    """Send ``message`` about a failed run to each channel; never raises.

    A channel gets no second message until runs have been good for a day. A channel with a digest also gets the message
    at once, because no digest is sent while runs fail.
    """
    with _logged():
        for channel in settings.alerts.channels:
            if "runs" not in channel.tell:
                continue
            note = _failure_note(settings, channel)
            due = not note.exists() and not is_quiet(settings.alerts, now)
            # If it is not delivered, the next run that fails tries again.
            if due and await _delivered(channel, "a run failed", f"{message} (fivegwatch status says more)"):
                note.parent.mkdir(parents=True, exist_ok=True)
                note.touch()
            if note.exists():
                os.utime(note, (now.timestamp(), now.timestamp()))  # the time of the last failure


async def send_recovery(settings: Settings, now: datetime) -> None:
    """Tell each channel that got a failure that runs are in order again, once they have been good for a day; never
    raises.
    """
    with _logged():
        for channel in settings.alerts.channels:
            note = _failure_note(settings, channel)
            lasting = note.exists() and now.timestamp() - note.stat().st_mtime >= SURE_AFTER.total_seconds()
            due = lasting and not is_quiet(settings.alerts, now)
            # If it is not delivered, the next good run tries again.
            if due and await _delivered(channel, "runs are in order again", "No run has failed for a day."):
                note.unlink()


async def _delivered(channel: Channel, title: str, body: str) -> bool:
    """Send a message; returns whether it was delivered, and logs the reason if not."""
    try:
        await send(channel.url, f"fivegwatch: {title}", body)
    except ChannelError as error:
        _log.warning("alert %r was not delivered to %s: %s", title, channel.name, error)
        return False
    return True


@contextmanager
def _logged() -> Iterator[None]:
    """Log every error in the block instead of raising it: a message about a run must not end the run."""
    try:
        yield
    except (NewsError, OSError) as error:
        _log.warning("a message about failed runs: %s", error)


def _failure_note(settings: Settings, channel: Channel) -> Path:
    """The empty file that shows that ``channel`` got a message about a failure; its modification time is that of the
    last failed run.
    """
    name = hashlib.sha256(channel.name.encode()).hexdigest()[:12]
    return Layout.for_database(settings.database).root / f"failure-told-{name}"
