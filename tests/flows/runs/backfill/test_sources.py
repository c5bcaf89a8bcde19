"""Each request declares its parameters once; the command line and the form of the flow are made from them."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows import backfill as flows
from fivegwatch.flows.cli import backfill as command
from fivegwatch.flows.printing.progress import Silent
from fivegwatch.flows.runs.backfill import run
from fivegwatch.flows.runs.backfill.options import RunOptions
from fivegwatch.flows.runs.backfill.sources import (
    REQUESTS,
    Archives,
    Gdelt,
    Request,
    Resume,
    Sitemaps,
    UrlLists,
    Wayback,
    WordPress,
)
from fivegwatch.flows.settings.settings import Settings

FORMS = {
    "warc": "home files news_crawl_since news_crawl_until retry_failed max_hours scheduler spool max_disk_gb dry_run",
    "sitemap": "sites home since until contains regex retry_failed max_hours dry_run",
    "wordpress": "sites home since until search retry_failed max_hours dry_run",
    "wayback": "since until home pages feeds match every retry_failed max_hours dry_run",
    "gdelt": "since until home queries translated retry_failed max_hours dry_run",
    "urls": "files home column retry_failed max_hours dry_run",
    "resume": "home retry_failed max_hours max_disk_gb dry_run",
}
"""The parameters of each flow; stored deployments and other programs name them, so none may go."""
DAYS = ["--since", "2020-01-01", "--until", "2020-01-07"]
SINCE, UNTIL = date(2020, 1, 1), date(2020, 1, 7)
COMMANDS: list[tuple[list[str], Request]] = [
    (["warc", "a", "b"], Archives(files=("a", "b"), news_crawl=False)),
    (["warc", "--news-crawl", *DAYS],
     Archives(news_crawl=True, news_crawl_since=SINCE, news_crawl_until=UNTIL)),
    (["sitemap", "s", "--since", "2020-01-01", "--contains", "c", "--regex", "r"],
     Sitemaps(sites=("s",), since=SINCE, contains="c", regex="r")),
    (["wordpress", "s", "--search", "5G"], WordPress(sites=("s",), search="5G")),
    (["wayback", "p", "--feed", "f", "--feed", "g", *DAYS, "--match", "prefix", "--every", "hour"],
     Wayback(since=SINCE, until=UNTIL, pages=("p",), feeds=("f", "g"), match="prefix", every="hour")),
    (["gdelt", *DAYS], Gdelt(since=SINCE, until=UNTIL)),
    (["gdelt", "--query", "q", "--no-translated", *DAYS],
     Gdelt(since=SINCE, until=UNTIL, queries=("q",), translated=False)),
    (["urls", "-", "--column", "link"], UrlLists(files=("-",), column="link")),
    (["resume", "--only", "urls"], Resume(only="urls")),
]  # fmt: skip


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(arguments)


@pytest.mark.parametrize(("arguments", "request_"), COMMANDS, ids=lambda value: str(value)[:40])
def test_a_command_line_makes_its_request(arguments: list[str], request_: Request) -> None:
    assert command.given_for(type(request_), parsed(*arguments)) == request_


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_form_has_the_parameters_of_its_request_each_with_a_sentence(kind: type[Request]) -> None:
    form: dict[str, Any] = getattr(flows, f"backfill_{kind.command}").parameters.properties
    assert list(form) == FORMS[kind.command].split()
    assert all(
        item["description"][0].isupper() and item["description"].endswith(".") for item in form.values()
    )


def test_options_that_were_not_given_keep_their_defaults() -> None:
    assert command.given_for(RunOptions, parsed("warc", "a")) == RunOptions()
    assert command.given_for(RunOptions, parsed("urls", "a")) == RunOptions()
    given = parsed("warc", "a", "--max-disk", "500M", "--max-hours", "0.5", "--retry-failed")
    assert command.given_for(RunOptions, given) == RunOptions(
        max_disk_gb=0.5, max_hours=0.5, retry_failed=True
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "name WARC files"),
        ({"files": ("a",), "news_crawl_since": SINCE, "news_crawl_until": UNTIL}, "and no files"),
        ({"news_crawl_since": SINCE}, "takes --since and --until"),
        ({"files": ("a",), "news_crawl": False, "news_crawl_since": SINCE}, "belong to --news-crawl"),
    ],
)
def test_archives_are_either_files_or_both_days_of_the_news_crawl(values: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        Archives(**values)


def test_days_are_in_order_and_not_to_come() -> None:
    now = datetime(2020, 1, 5, tzinfo=UTC)
    with pytest.raises(SettingsError, match="--until 2020-01-07 is still to come"):
        Gdelt(since=SINCE, until=UNTIL).check_days(now)
    with pytest.raises(SettingsError, match="--since 2020-01-07 is after --until 2020-01-01"):
        Gdelt(since=UNTIL, until=SINCE).check_days(datetime(2021, 1, 1, tzinfo=UTC))
    Gdelt(since=SINCE, until=SINCE).check_days(now)


@pytest.mark.parametrize("kind", REQUESTS)
def test_only_a_backfill_of_files_does_without_the_time_of_servers(
    kind: type[Request], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a year without a run, one that uses the network anyway asks it which clock is right, not the user."""
    asked = {}

    def opened(*_: object, offline: bool, **__: object) -> None:
        asked["offline"] = offline
        raise SettingsError("seen", key="x")

    monkeypatch.setattr(run, "open_run", opened)
    settings = Settings(home=tmp_path, database=tmp_path / "c.duckdb", watchlist=None)
    request = next(request for _, request in COMMANDS if type(request) is kind)
    with pytest.raises(SettingsError, match="seen"):
        asyncio.run(run.run_backfill(settings, Silent(), request, flow="test"))
    assert asked["offline"] == (kind in (Archives, Resume))
