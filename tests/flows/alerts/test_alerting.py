"""Alerts from end to end: a real mail server, a real web server, a corpus, and a process that dies while it sends."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest

import fivegwatch.flows.alerts.delivery as step
from fivegwatch.flows.runs.clock import utc_now
from fivegwatch.flows.settings.settings import load_settings
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
        body = told[0].get_payload(decode=True) or told[0].get_payload(0).get_payload(decode=True)  # type: ignore[union-attr]
        assert b"<b>Mast" not in body and b"http_410" in body
        dry = fivegwatch("alerts", "deliver", "--dry-run", cwd=home)
        assert "0 raised" in dry.out

        hook.status = 200
        settings, later = load_settings({}, home), utc_now() + timedelta(hours=1)
        # The process dies before the server has the message: it is sent later.
        with mock.patch.object(step, "send", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
            asyncio.run(step.tell(settings, later))
        assert hook.posted == []
        for _ in range(3):
            asyncio.run(step.tell(settings, later))
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
