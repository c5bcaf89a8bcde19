"""Which alerts go out when, and how a failed delivery is tried again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

from fivegwatch.extractors.watchlist.model import Entity
from fivegwatch.flows.alerts.conditions import faults_of
from fivegwatch.flows.alerts.messages import ATTEMPTS, LINES, after_delivery, due_messages
from fivegwatch.flows.alerts.raising import Notice, addressed, matches, of_gaps, of_stories
from fivegwatch.flows.settings.alerts import AlertSettings, Channel, Condition
from fivegwatch.sources.services.channels import html_of, plain_for
from fivegwatch.storage.spool.feed_records import Alert

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MAIL = Channel(name="mail", url="mailto://x")
PLAIN = AlertSettings(channels=(MAIL,))


def alert(number: int = 1, **changes: object) -> Alert:
    made = Alert(
        alert_id=f"a{number}", channel="mail", raised_at=NOW, subject="f", kind="failing", title=f"T{number}", text="x",
        url="", state="waiting", changed_at=NOW,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_few_alerts_are_single_messages_and_many_are_one_that_stays_short() -> None:
    assert [m.title for m in due_messages(MAIL, [alert(1), alert(2)], PLAIN, NOW, None)] == [
        "fivegwatch: T1",
        "fivegwatch: T2",
    ]
    (one,) = due_messages(MAIL, [alert(n) for n in range(900)], PLAIN, NOW, None)
    assert len(one.alerts) == 900 and f"and {900 - LINES} more" in one.body


def test_quiet_hours_hold_alerts_back_also_over_midnight_and_in_the_time_zone_of_the_operator() -> None:
    quiet = replace(PLAIN, quiet=(time(22), time(6)), zone=ZoneInfo("Asia/Tokyo"))
    assert due_messages(MAIL, [alert()], quiet, NOW.replace(hour=14), None) == []  # 23:00 in Tokyo
    assert due_messages(MAIL, [alert()], quiet, NOW.replace(hour=20), None) == []  # 05:00
    assert due_messages(MAIL, [alert()], quiet, NOW.replace(hour=21), None)  # 06:00


def test_a_digest_goes_out_once_a_day_at_its_time_with_all_that_waits() -> None:
    channel = replace(MAIL, digest=time(8))
    waiting = [alert(1), alert(2, raised_at=NOW + timedelta(hours=3))]
    morning = (NOW + timedelta(days=1)).replace(hour=8)
    assert due_messages(channel, waiting, PLAIN, NOW + timedelta(hours=6), None) == []
    (message,) = due_messages(channel, waiting, PLAIN, morning + timedelta(minutes=5), None)
    assert "T1" in message.body and "T2" in message.body
    later = [alert(3, raised_at=morning + timedelta(hours=1))]
    assert due_messages(channel, later, PLAIN, morning + timedelta(hours=2), morning) == []


def test_a_delivery_that_fails_is_tried_again_ever_more_rarely_and_given_up_at_last() -> None:
    waiting, now, pauses = alert(), NOW, []
    while waiting.state == "waiting":
        assert due_messages(MAIL, [waiting], PLAIN, now, None)
        waiting = after_delivery(waiting, now, "no answer")
        if waiting.next_attempt_at:
            assert due_messages(MAIL, [waiting], PLAIN, now, None) == []
            pauses.append(waiting.next_attempt_at - now)
            now = waiting.next_attempt_at
    assert (waiting.state, waiting.attempts, waiting.problem) == ("given up", ATTEMPTS, "no answer")
    assert pauses == sorted(pauses) and sum(pauses, timedelta()) > timedelta(days=1)


def test_a_thing_is_raised_once_for_each_channel_that_wants_it() -> None:
    settings = AlertSettings(channels=(MAIL, Channel(name="chat", url="y", tell=frozenset({"runs"}))))
    feed = Notice(id="1", about="feeds", subject="f", kind="failing", title="t", text="")
    run = replace(feed, id="2", about="runs")
    raised = addressed([feed, run], settings, set(), NOW)
    assert [(a.alert_id, a.channel) for a in raised] == [("1", "mail"), ("2", "mail"), ("2", "chat")]
    known = {(a.alert_id, a.channel) for a in raised}
    assert addressed([feed, run], settings, known, NOW) == []


def test_a_window_that_rolls_over_every_night_is_told_once() -> None:
    nights = [NOW + timedelta(days=n) for n in (0, 1, 2, 3, 40)]
    gaps = [{"feed_id": "f", "from_at": n, "to_at": n, "at_most": 9, "message": ""} for n in nights]
    assert len(of_gaps(gaps)) == 2  # the first streak, and a new one after five weeks
    assert of_gaps(gaps)[0].id == of_gaps(gaps[:3])[0].id
    # A channel that is new gets none of the past; the third night is no new streak.
    assert of_gaps(gaps[:4], NOW + timedelta(days=1, hours=12)) == []


def test_a_saved_condition_asks_for_all_its_lists_and_one_member_of_each() -> None:
    story = {"title": "Berlin bans Huawei", "body": "", "score": 2.0, "topics": ["T01"], "countries": ["DE"],
             "entities": ["Huawei"]}  # fmt: skip
    assert matches(story, Condition(name="c", topics=("T01", "T02"), entities=("huawei",), words=("BANS",)))
    assert not matches(story, Condition(name="c", topics=("T01",), countries=("FR",)))
    assert not matches(story, Condition(name="c", score=3.0))


def test_text_of_feeds_calls_nobody_and_marks_nothing_up() -> None:
    hostile = "<!channel> @everyone [win](https://evil.example) *now* \x1b[31m <b>x</b>"
    assert "<!channel>" not in plain_for(hostile, "markdown", "NotifySlack")
    assert "@everyone" not in plain_for(hostile, "text", "NotifyNtfy")
    assert r"\[win\]\(https" in plain_for(hostile, "markdown", "NotifyDiscord")
    assert "\x1b" not in plain_for(hostile, "text", "NotifyNtfy")
    # Services that show Markdown whatever apprise says, and addresses that a backslash would break.
    assert r"\[win\]\(https" in plain_for(hostile, "text", "NotifyMattermost")
    shown = plain_for("see https://a.example/x_y(1)?a=1&b=2 <i>", "markdown", "NotifyWorkflows")
    assert shown == r"see https://a.example/x%5Fy%281%29?a=1&b=2 \<i\>"
    assert html_of("<i>\nhttps://a.example/?a&b") == (
        '&lt;i&gt;<br>\n<a href="https://a.example/?a&amp;b">https://a.example/?a&amp;b</a>'
    )


def test_a_story_is_raised_once_though_an_earlier_copy_gives_its_cluster_another_id() -> None:
    story = {"title": "Ban", "body": "", "score": 2.0, "topics": [], "countries": [], "entities": [], "site": "a",
             "reason": "r", "url": "u", "cluster_id": "first", "members": ["first"]}  # fmt: skip
    condition = Condition(name="c", score=1.0)
    settings = replace(PLAIN, conditions=(condition,))
    known = {
        (a.alert_id, a.channel) for a in addressed(of_stories([story], [condition]), settings, set(), NOW)
    }
    copies = [{**story, "cluster_id": "earlier", "members": ["earlier", "first"]}] * 2
    assert len(known) == 1 and addressed(of_stories(copies, [condition]), settings, known, NOW) == []


def test_a_condition_that_no_story_can_meet_is_named_with_the_likeliest_spelling() -> None:
    rules = mock.Mock(
        topics={"T01": "Bans"}, entities={"e": Entity(id="e", name="Huawei", type="vendor", country="CN")}
    )
    wrong = Condition(name="c", topics=("T1",), countries=("QQ",), entities=("Hwawei",))
    faults = faults_of(wrong, rules)
    assert (
        len(faults) == 3 and "'T01'" in faults[0] and "two capitals" in faults[1] and "'Huawei'" in faults[2]
    )
    assert (
        faults_of(Condition(name="c", topics=("T01",), countries=("DE", "EU"), entities=("huawei",)), rules)
        == []
    )
