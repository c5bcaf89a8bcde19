"""Makes alerts of what happened: changes of feeds' health, troubles of the installation, gaps, stories that match a
condition.

The id of an alert is a hash of its content, so the same event is never raised twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from fivegwatch.extractors.feeds.health import STATUSES
from fivegwatch.extractors.text.plain import clean_line
from fivegwatch.flows.alerts.drift import DRIFT
from fivegwatch.flows.printing.lines import counted
from fivegwatch.flows.settings.alerts import AlertSettings, Condition
from fivegwatch.storage.read.alerts import Change
from fivegwatch.storage.spool.feed_records import Alert, Transition

Row = dict[str, Any]
NETWORK = "~network"
GAP_STREAK = timedelta(days=14)
"""Gaps of one feed that follow each other within this time are one trouble."""
FAILURES = frozenset({"failing", "walled", "gone"})
LINE_CHARS, TEXT_CHARS = 200, 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An alert for which the channels are not chosen yet."""

    id: str
    about: str
    """``feeds``, ``runs``, ``gaps`` or ``stories``: channels choose by it what they get."""
    subject: str
    kind: str
    title: str
    text: str
    url: str = ""
    channels: tuple[str, ...] = ()
    """Names of the channels that get it; empty: every channel that wants ``about``."""
    only_after: frozenset[str] | None = None
    """The ids of the alerts on the start of the trouble that now ends: only channels that got one of them get this
    notice. None if every channel may get it.
    """
    other_ids: frozenset[str] = frozenset()
    """Other ids under which the same event may have been raised before."""


def of_changes(changes: Iterable[Change], *, most_fail: bool) -> list[Notice]:
    """A notice for each change of health. The end of a trouble goes only to channels that got its beginning.

    ``most_fail`` is set while most feeds fail at once, as behind a dead proxy, for which there is an alert of its own.
    Then feeds that begin to fail give no notice; those that still fail when that alert has ended are raised then.
    """
    notices = []
    for change in changes:
        transition = change.transition
        if most_fail and transition.event in ("begins", "changes") and transition.after in FAILURES:
            continue
        if notice := of_transition(transition, change.title):
            begun: list[str] = []
            for row in change.earlier if transition.event == "ends" else ():
                if row["event"] == "ends":
                    begun.clear()
                else:
                    begun.append(_event_id(transition.feed_id, row["event"], row["after"], row["changed_at"]))
            after = frozenset(begun) if transition.event == "ends" else None
            notices.append(replace(notice, only_after=after))
    return notices


def of_transition(transition: Transition, title: str = "") -> Notice | None:
    """The notice of one change of health; None if the change is not worth an alert."""
    if not transition.event:
        return None
    feed, own = transition.feed_id, transition.feed_id.startswith("~")
    name = feed.removeprefix("~") if own else f"{feed} ({title})" if title else feed
    about, subject, kind, text = "runs" if own else "feeds", feed, transition.after, transition.problem
    if feed.startswith(DRIFT):
        about, subject, kind = "feeds", feed.removeprefix(DRIFT), "drift"
        head = f"{subject}: its newest pages differ from those before them"
    elif transition.event == "ends":
        head = f"{name}: in order again" if own else f"{name}: well again, was {transition.trouble}"
        text = f"since {transition.changed_at:%Y-%m-%d %H:%M} UTC"
    elif own:
        head = f"{name}: {transition.problem or transition.after}"
    else:
        head = f"{name} is {transition.after}: {STATUSES.get(transition.after, '')}"
        text += _remedy(transition)
    return Notice(
        id=_event_id(feed, transition.event, transition.after, transition.changed_at),
        about=about,
        subject=subject,
        kind=kind,
        title=clean_line(head, LINE_CHARS),
        text=clean_line(text, TEXT_CHARS),
        url=transition.url,
    )


def _remedy(transition: Transition) -> str:
    """What to do about a feed that has a new address; empty if no new address is known."""
    new = transition.url if transition.after == "moved" else transition.proposed_url
    if not new:
        return ""
    feed = transition.feed_id
    return f'. In feeds.toml under [{feed}] write url = "{new}", or run: fivegwatch feeds accept-move {feed}'


def of_gaps(gaps: Sequence[Row], since: datetime | None = None) -> list[Notice]:
    """A notice for the first gap in each streak of gaps of a feed, if that gap was noticed after ``since``.

    ``gaps`` are rows of base.gaps in order of time.
    """
    last: dict[str, datetime] = {}
    notices = []
    for gap in gaps:
        feed, at = gap["feed_id"], gap["to_at"]
        begins = feed not in last or at - last[feed] > GAP_STREAK
        if begins and (since is None or at > since):
            head = f"{feed}: its document had changed completely between two polls"
            when = f"{gap['from_at']:%Y-%m-%d %H:%M} to {at:%H:%M} UTC"
            text = (
                f"From {when} at most {counted(gap['at_most'], 'item', 'items')} may have been missed;"
                f" {gap['message'] or 'not tried to fill yet'}. It is polled more often now."
            )
            notices.append(
                Notice(
                    id=_id(feed, "gap", at.isoformat()),
                    about="gaps",
                    subject=feed,
                    kind="gap",
                    title=head,
                    text=text,
                )
            )
        last[feed] = at
    return notices


def of_stories(stories: Iterable[Row], conditions: Sequence[Condition]) -> list[Notice]:
    """A notice for each new story that matches a saved condition; copies of one story give one notice.

    A cluster has the id of its earliest member, which changes when an earlier copy is found. So a cluster counts as
    raised if any of its members was raised.
    """
    notices: dict[str, Notice] = {}
    for story in stories:
        for condition in conditions:
            if not matches(story, condition):
                continue
            item = Notice(
                id=_id("story", condition.name, story["cluster_id"]),
                about="stories",
                subject=condition.name,
                kind="story",
                title=clean_line(f"{condition.name}: {story['title']}", LINE_CHARS),
                text=clean_line(f"{story['site']}: {story['reason']}", TEXT_CHARS),
                url=story["url"],
                channels=condition.channels,
                other_ids=frozenset(_id("story", condition.name, member) for member in story["members"]),
            )
            notices.setdefault(item.id, item)
    return list(notices.values())


def matches(story: Row, condition: Condition) -> bool:
    """Whether ``story`` (a row of the view stories) matches ``condition``."""
    words = f"{story['title']}\n{story.get('body') or ''}".casefold()
    entities = {name.casefold() for name in story["entities"] or ()}
    return (
        story["score"] >= condition.score
        and (not condition.topics or not set(condition.topics).isdisjoint(story["topics"] or ()))
        and (not condition.countries or not set(condition.countries).isdisjoint(story["countries"] or ()))
        and (not condition.entities or any(name.casefold() in entities for name in condition.entities))
        and (not condition.words or any(word.casefold() in words for word in condition.words))
    )


def addressed(
    notices: Iterable[Notice], settings: AlertSettings, known: set[tuple[str, str]], now: datetime
) -> list[Alert]:
    """An alert for each notice and each channel that wants it, without those raised before; ``known`` holds their (id,
    channel).
    """
    return [
        Alert(
            alert_id=item.id, channel=channel.name, raised_at=now, subject=item.subject, kind=item.kind,
            title=item.title, text=item.text, url=item.url, state="waiting", changed_at=now,
        )
        for item in notices
        for channel in settings.channels
        if (channel.name in item.channels if item.channels else item.about in channel.tell)
        and (item.only_after is None or any((one, channel.name) in known for one in item.only_after))
        and not any((one, channel.name) in known for one in (item.id, *item.other_ids))
    ]  # fmt: skip


def _event_id(feed_id: str, event: str, after: str, changed_at: datetime) -> str:
    return _id(feed_id, event, after, changed_at.isoformat())


def _id(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]
