"""The alert step of a run, from new events in the corpus to delivered messages: raise alerts, store them, deliver them.

store -> notices -> alerts not raised before -> outbox (durable) -> messages -> each noted as soon as it is sent -> load

After a crash at any point, the next run raises the same alerts with the same ids, and delivers those that are not noted
as sent. A message is repeated only after a crash in the millisecond between a server's acceptance and the note.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.web.urls import site_of
from fivegwatch.flows.alerts.drift import drift_changes
from fivegwatch.flows.alerts.messages import Message, after_delivery, due_messages
from fivegwatch.flows.alerts.raising import (
    NETWORK,
    Notice,
    addressed,
    of_changes,
    of_gaps,
    of_stories,
    of_transition,
)
from fivegwatch.flows.runs.condition import troubles
from fivegwatch.flows.runs.tools import load_batches
from fivegwatch.flows.settings.alerts import Channel
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.services.channels import ChannelError, send
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import is_loaded
from fivegwatch.storage.read.alerts import (
    gaps_in_order,
    known_alerts,
    last_deliveries,
    open_troubles,
    outlet_changes,
    stories_since,
    transitions_since,
    waiting_alerts,
    walled_addresses,
)
from fivegwatch.storage.read.health import overview
from fivegwatch.storage.spool.batches import Batch, pending, put_batch
from fivegwatch.storage.spool.feed_records import Alert, Transition

RECENT = timedelta(days=3)
"""How far back the corpus is searched for events without an alert: a machine may have been off for a weekend."""
NEW_STORY = timedelta(days=7)
"""Stories published earlier than this come from a backfill and raise no alert."""
NO_ALERT = frozenset({"switched_off"})
"""Troubles in `status` that raise no alert, because the operator caused them on purpose."""
MOST_FAIL = "~feeds_failing"
MESSAGES_A_RUN = 10


@dataclass(slots=True)
class Delivery:
    """The result of one alert step."""

    raised: list[Alert] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    failed: list[tuple[Channel, str]] = field(default_factory=list)


async def send_alerts(
    settings: Settings, now: datetime, *, offline: str = "", dry_run: bool = False
) -> Delivery:
    """Raise new alerts and deliver those that are due; with ``dry_run`` nothing is stored or sent.

    ``offline`` is the message if our own network was down during the run, else empty.

    Raises: StorageError if the outbox cannot be written. A channel that does not answer raises nothing; the next run
    tries it again.
    """
    done, layout = Delivery(), Layout.for_database(settings.database)
    if not settings.alerts.channels:
        return done
    if not is_loaded(layout):  # the last step's notes of alerts raised and sent
        await load_batches(settings)
    known, batch = known_alerts(layout), Batch()
    own = _own_transitions(settings, now, offline)
    notices = _notices(settings, layout, own, now)
    done.raised = addressed(notices, settings.alerts, known, now)
    for transition in own:
        batch.add(transition)
    for alert in done.raised:
        batch.add(alert)
    if len(batch) and not dry_run:
        put_batch(layout, batch)
    await _deliver_due(settings, layout, done, now, dry_run=dry_run)
    if (
        pending(layout) and not dry_run
    ):  # else `status` would take these batches for those of an interrupted run
        await load_batches(settings, publish=True)
    return done


async def _deliver_due(
    settings: Settings, layout: Layout, done: Delivery, now: datetime, *, dry_run: bool
) -> None:
    """Add to ``done`` the messages that are due, and send each to its channel; with ``dry_run`` nothing is sent."""
    waiting, last = [*waiting_alerts(layout), *done.raised], last_deliveries(layout)
    for channel in settings.alerts.channels:
        messages = due_messages(channel, waiting, settings.alerts, now, last.get(channel.name))
        for message in messages[:MESSAGES_A_RUN]:
            if dry_run:
                done.sent.append(message)
            elif not await _deliver(layout, channel, message, now, done):
                break  # the others wait for the next run


async def _deliver(layout: Layout, channel: Channel, message: Message, now: datetime, done: Delivery) -> bool:
    problem = ""
    try:
        await send(channel.url, message.title, message.body)
    except ChannelError as error:
        problem = str(error)
    note = Batch()
    for alert in message.alerts:
        note.add(after_delivery(alert, now, problem))
    put_batch(layout, note)
    if problem:
        done.failed.append((channel, problem))
    else:
        done.sent.append(message)
    return not problem


def _notices(settings: Settings, layout: Layout, own: Sequence[Transition], now: datetime) -> list[Notice]:
    mine = {transition.feed_id: transition.event for transition in own}
    most_fail = mine.get(MOST_FAIL, "" if MOST_FAIL in open_troubles(layout) else "ends") != "ends"
    notices = of_changes(transitions_since(layout, now - RECENT), most_fail=most_fail)
    # Before these are stored, no channel can have got an earlier one without them.
    notices += [item for transition in own if (item := of_transition(transition))]
    notices += of_gaps(gaps_in_order(layout), now - RECENT)
    if settings.alerts.conditions:
        notices += of_stories(
            stories_since(layout, now - RECENT, now - NEW_STORY), settings.alerts.conditions
        )
    return notices


def _own_transitions(settings: Settings, now: datetime, offline: str) -> list[Transition]:
    """The beginnings and ends, since the last alert step, of the installation's own troubles (as `status` gives them)
    and of drifts of outlets.
    """
    if not settings.database.exists():
        return []
    seen = overview(settings.database)
    present = {f"~{item.kind}": item.message for item in troubles(settings, seen, now)}
    if offline:
        present[NETWORK] = offline
    layout = Layout.for_database(settings.database)
    open_ = open_troubles(layout)
    begun = [(name, message, "begins") for name, message in present.items() if name not in open_]
    ended = [(name, "", "ends") for name in open_ if name not in present]
    walled = set(map(site_of, walled_addresses(layout)))
    changed = drift_changes(seen.drifting, outlet_changes(layout), walled, now=now)
    return changed + [
        Transition(
            run_id="", feed_id=name, changed_at=now, before="" if event == "begins" else "failing",
            after="failing" if event == "begins" else "ok", trouble="" if event == "begins" else name[1:],
            event=event, problem=message, url="",
        )
        for name, message, event in (*begun, *ended)
        if name[1:] not in NO_ALERT
    ]  # fmt: skip


async def heartbeat(settings: Settings) -> str:
    """Request the heartbeat address; returns why that failed, empty if it did not."""
    if not settings.alerts.heartbeat:
        return ""
    try:
        async with Web(user_agent=settings.user_agent, allow=settings.allow, limits=settings.limits) as web:
            reply = await asyncio.wait_for(web.ask(settings.alerts.heartbeat, kind="feed"), 20.0)
    except (FetchError, TimeoutError) as error:
        return f"heartbeat: {error}"
    return "" if reply.head.status < 400 else f"heartbeat: its server answered {reply.head.status}"
