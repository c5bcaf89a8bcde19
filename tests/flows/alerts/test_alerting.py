"""Alerts from end to end: a real mail server, a real web server, a corpus, and a process that dies while it sends."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest

import fivegwatch.flows.alerts.alert_step as step
from fivegwatch.flows.alerts import failures
from fivegwatch.flows.runs.clock import utc_now
from fivegwatch.flows.settings.settings import load_settings
from fivegwatch.sources.services.channels import ChannelError, send
from tests.flows.alerts.receivers import hook_server, mail_server
from tests.flows.cli_runner import fivegwatch
from tests.flows.stored import write_small_watchlist

pytestmark = pytest.mark.slow

FEED = '[gone-mast]\nurl = "http://{address}/feed"\ntitle = "Gone <b>Mast</b>"\n'


def home_of(tmp_path: Path, address: str, alerts: str) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    write_small_watchlist(home / "watchlist")
    (home / "watchlist" / "feeds.toml").write_text(FEED.format(address=address), encoding="utf-8")
    (home / "fivegwatch.toml").write_text(f'allow_addresses = ["{address}"]\n{alerts}', encoding="utf-8")
    return home


def test_a_trouble_is_told_once_to_each_channel_though_a_channel_fails_and_a_run_dies(tmp_path: Path) -> None:
    with mail_server() as (mail, mails), hook_server() as (address, hook):
        home = home_of(
            tmp_path,
            address,
            f'[alerts]\nheartbeat = "http://{address}/beat"\n[alerts.channels.mail]\nurl = "{mail}"\n'
            f'[alerts.channels.hook]\nurl = "json://{address}/hook"\ntell = ["feeds"]\n',
        )
        hook.status = 410  # the feed is gone, the webhook is broken, and so is the heartbeat's service
        ran = fivegwatch("ingest", "--new", cwd=home)
        assert ran.code == 0 and "channel hook" in ran.err
        told = [m for m in mails if "gone-mast" in str(m["Subject"])]
        assert len(told) == 1 and hook.posted == []
        parts = {part.get_content_type(): part.get_payload(decode=True) for part in told[0].walk()}
        assert b"http_410" in parts["text/plain"] and b"http_410" in parts["text/html"]  # type: ignore[operator]
        assert fivegwatch("status", cwd=home).out.count("interrupted run") == 0
        dry = fivegwatch("alerts", "deliver", "--dry-run", cwd=home)
        assert "0 raised" in dry.out

        hook.status = 200
        settings, later = load_settings({}, home), utc_now() + timedelta(hours=1)
        # The process dies before the server has the message: it is sent later.
        with mock.patch.object(step, "send", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
            asyncio.run(step.send_alerts(settings, later))
        assert hook.posted == []
        for _ in range(3):
            asyncio.run(step.send_alerts(settings, later))
        assert len(hook.posted) == 1 and "is gone" in hook.posted[0]["title"]
        assert len([m for m in mails if "gone-mast" in str(m["Subject"])]) == 1
        assert fivegwatch("ingest", cwd=home).code == 0
        assert hook.got.count("/beat") >= 1
        assert "sent" in fivegwatch("alerts", "list", cwd=home).out


def test_alerts_test_says_which_channel_works_and_wrong_settings_are_refused_with_their_line(
    tmp_path: Path,
) -> None:
    with mail_server() as (mail, mails), hook_server() as (address, hook):
        hook.status = 500
        home = home_of(
            tmp_path,
            address,
            f'[alerts.channels.mail]\nurl = "{mail}"\n[alerts.channels.hook]\nurl = "json://{address}/x"\n',
        )
        ran = fivegwatch("alerts", "test", cwd=home)
        assert ran.code == 1 and "mail: delivered" in ran.out and "hook: " in ran.out
        assert len(mails) == 1
    (home / "fivegwatch.toml").write_text(
        '[alerts]\nquiet_hours = "late"\n[alerts.channels.mail]\nurl = "env:NOT_SET_ANYWHERE"\ntell = ["feed"]\n'
    )
    ran = fivegwatch("alerts", "test", cwd=home)
    assert ran.code == 2
    for part in ("fivegwatch.toml:2", "22:00-06:00", "NOT_SET_ANYWHERE", "feeds, runs"):
        assert part in ran.err


def test_markup_of_feeds_stays_text_in_both_parts_of_a_mail_and_a_plugin_that_raises_is_a_failed_delivery() -> (
    None
):
    with mail_server() as (mail, mails):
        asyncio.run(send(mail, "A <b>title</b>\nBcc: x@example.org", "1 <script>\n2 https://a.example/?a&b"))
    parts = {part.get_content_type(): part.get_payload(decode=True) for part in mails[0].walk()}
    assert mails[0]["Bcc"] is None
    assert b"1 <script>" in parts["text/plain"]  # type: ignore[operator]
    assert b"1 &lt;script&gt;<br>" in parts["text/html"]  # type: ignore[operator]
    assert b'<a href="https://a.example/?a&amp;b">' in parts["text/html"]  # type: ignore[operator]
    with (
        mock.patch("apprise.Apprise.notify", side_effect=KeyError("odd")),
        pytest.raises(ChannelError, match="odd"),
    ):
        asyncio.run(send(mail, "t", "b"))


def test_failed_and_killed_runs_are_told_once_to_each_channel_though_others_are_dead(tmp_path: Path) -> None:
    with hook_server() as (address, hook):
        home = home_of(
            tmp_path,
            address,
            '[alerts]\nquiet_hours = "22:00-06:00"\n[alerts.channels.a-dead]\nurl = "json://127.0.0.1:9/x"\n'
            f'[alerts.channels.hook]\nurl = "json://{address}/hook"\n',
        )
        settings, noon = load_settings({}, home), datetime(2026, 11, 23, 12, tzinfo=UTC)
        for hours in (
            11,
            0,
            0.25,
            5,
        ):  # the first in the quiet hours; a good run between the others changes nothing
            asyncio.run(failures.send_failure(settings, "disk full", noon + timedelta(hours=hours)))
            told = len(hook.posted)
            asyncio.run(failures.send_recovery(settings, noon + timedelta(hours=hours + 0.1)))
            assert told == len(hook.posted) == int(hours != 11)
        asyncio.run(failures.send_recovery(settings, noon + timedelta(hours=35)))  # in the quiet hours
        assert len(hook.posted) == 1
        with mock.patch(
            "fivegwatch.flows.alerts.failures.send", side_effect=ChannelError("it is down", kind="x")
        ):
            asyncio.run(failures.send_recovery(settings, noon + timedelta(hours=43)))  # tried again later
        asyncio.run(failures.send_recovery(settings, noon + timedelta(hours=44)))
        asyncio.run(failures.send_recovery(settings, noon + timedelta(hours=45)))  # and sent once
        assert [post["title"] for post in hook.posted[1:]] == ["fivegwatch: runs are in order again"]
        with mock.patch.object(Path, "unlink"):  # as after SIGKILL, nothing is removed
            for killed in range(4):
                with failures.begun_runs(settings) as before:
                    assert before == killed
        with failures.begun_runs(settings) as before:
            assert before == 4
        with failures.begun_runs(settings) as before:
            assert before == 0
