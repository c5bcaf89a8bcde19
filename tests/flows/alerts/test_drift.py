"""An outlet whose newest pages differ is one alert, once it has lasted for nearly a day; a normal swing is none."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import fivegwatch.flows.alerts.alert_step as step
from fivegwatch.flows.alerts.drift import drift_changes, in_words
from fivegwatch.flows.alerts.raising import of_transition
from fivegwatch.flows.settings.settings import load_settings
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.spool.feed_records import Transition
from tests.flows.alerts.receivers import hook_server
from tests.flows.stored import write_small_watchlist
from tests.storage.contents import ask
from tests.storage.schema.test_drift import SITE, fill, since

START = datetime(2026, 3, 2, tzinfo=UTC)
ROW = {
    "site": SITE, "measure": "undated", "value": 1.0, "usual": 0.02, "chance": 1e-18, "newest": 20, "earlier": 180,
}  # fmt: skip


def alerts(
    seen: list[list[dict[str, Any]]], *, walled: frozenset[str] = frozenset()
) -> list[tuple[int, Transition]]:
    """The alerts of hourly runs that see these rows, with their hours; each run knows what the former ones recorded."""
    before: dict[str, dict[str, Any]] = {}
    raised = []
    for hour, rows in enumerate(seen):
        now = START + timedelta(hours=hour)
        for change in drift_changes(rows, before, walled, now=now):
            site = change.feed_id.removeprefix("~drift ")
            begun = now if change.event else before.get(site, {}).get("begun_at")
            before[site] = {"after": change.after, "changed_at": now, "begun_at": begun}
            if of_transition(change):
                raised.append((hour, change))
    return raised


def test_a_lasting_change_is_one_alert_within_a_day_of_its_first_sight() -> None:
    ((hour, change),) = alerts([[]] * 5 + [[ROW]] * 400)
    assert hour == 25
    notice = of_transition(change)
    assert notice and notice.title == f"{SITE}: its newest pages differ from those before them"
    assert "without a date 100%, usually 2%" in notice.text and "1,000,000,000,000 times" in notice.text


@pytest.mark.parametrize(
    "seen",
    [
        [[]] * 500,
        ([[ROW]] * 10 + [[]] * 14) * 30,  # every evening
        [[ROW | {"chance": 1e-5}]] * 500,  # as may happen by chance
    ],
)
def test_a_normal_swing_is_no_alert(seen: list[list[dict[str, Any]]]) -> None:
    assert alerts(seen) == []


def test_to_and_fro_is_one_alert_and_another_change_after_weeks_is_one_more() -> None:
    swings = ([[ROW]] * 30 + [[]] * 10) * 6
    assert [hour for hour, _ in alerts([*swings, *[[]] * 24 * 20, *swings])] == [20, 240 + 480 + 20]


def test_a_second_measure_or_a_walled_feed_of_the_outlet_is_no_second_alert() -> None:
    other = ROW | {"measure": "length", "value": 300.0, "usual": 2_500.0}
    assert len(alerts([[ROW]] * 30 + [[ROW, other]] * 200)) == 1
    assert alerts([[ROW]] * 200, walled=frozenset({SITE})) == []


def test_the_surest_measure_comes_first_in_words() -> None:
    text = in_words([ROW, ROW | {"measure": "length", "value": 300.0, "usual": 2_500.0, "chance": 1e-30}])
    assert text.index("characters of text 300, usually 2,500") < text.index("without a date")
    assert in_words([]) == ""


@pytest.mark.slow
def test_the_drift_of_a_corpus_reaches_a_channel_once(tmp_path: Path) -> None:
    with hook_server() as (address, hook):
        write_small_watchlist(tmp_path / "watchlist")
        (tmp_path / "fivegwatch.toml").write_text(
            f'allow_addresses = ["{address}"]\n[alerts.channels.hook]\nurl = "json://{address}/hook"\n'
            'tell = ["feeds"]\n',
            encoding="utf-8",
        )
        settings = load_settings({}, tmp_path)
        layout = Layout.for_database(settings.database)
        prepare(layout)
        fill(layout, since(100, {"published_at": None, "published_precision": ""}))
        publish(layout)
        for hour in (0, 10, 21, 22, 60, 24 * 40):
            asyncio.run(step.send_alerts(settings, START + timedelta(hours=hour)))
            drift = [one for one in hook.posted if SITE in one["title"]]
            assert len(drift) == int(hour > 20), hour
        assert "without a date 100%" in drift[0]["message"]
        # A channel that is new hears of it no more than a month later.
        rows = ask(
            layout,
            "select feed_id, after, event from transitions where feed_id like '~drift%' order by changed_at",
        )
        assert rows == [(f"~drift {SITE}", "changed?", ""), (f"~drift {SITE}", "changed", "begins")]
