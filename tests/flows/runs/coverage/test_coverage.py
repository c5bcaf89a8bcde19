"""`fivegwatch coverage` against GDELT's files and the news crawl on loopback: what they had that we have not, why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from fivegwatch.sources.services import throttle
from tests.fakes.gdelt import GdeltFake, Record, Slot
from tests.fakes.news_crawl import Captured, NewsCrawlFake
from tests.fakes.service import Answer, Asked
from tests.fakes.serving import Fake, reply
from tests.flows.cli_runner import fivegwatch
from tests.flows.stored import write_small_watchlist

pytestmark = pytest.mark.slow

BAN = "Ministers of {land} ban Huawei from the 5G network of operator number {n}"
PHONE = "Review: the Huawei phone with 5G and a camera, number {n}"
MONTH = "2026-10"


def page(title: str, text: str) -> bytes:
    paragraphs = "".join(f"<p>{text} Paragraph {n} of this report on {title}.</p>" for n in range(6))
    head = f"<html lang=en><head><title>{title}</title></head>"
    link = "<p>First in <a href='http://localhost/there'>a paper</a>.</p>"
    return f"{head}<body><article><h1>{title}</h1>{paragraphs}{link}</article></body></html>".encode()


def ban(n: int, land: str) -> tuple[str, bytes]:
    title = BAN.format(n=n, land=land)
    words = " ".join(
        f"{land.lower()}{word}" for word in "abcdefghijklmnopqrstuvwxyz"
    )  # no copy of another one
    text = f"Huawei faces a ban in {land}. The ban covers the 5G network over security risks and espionage. {words}."
    return title, page(title, text)


def phone(n: int) -> tuple[str, bytes]:
    title = PHONE.format(n=n)
    return title, page(
        title, "A smartphone review of a smartphone. The camera is good and the battery lasts."
    )


class Press(Fake):
    """A site with a feed, reached under two names, of which one is watched."""

    def __init__(self) -> None:
        super().__init__()
        self.pages = {
            "/held": ban(1, "Norway"),
            "/phone": phone(2),
            "/lost": ("Gone: ministers of Malta ban Huawei from the 5G network", b""),
            "/unannounced": ban(4, "Portugal"),
            "/elsewhere": ban(5, "Estonia"),
            "/other-phone": phone(6),
            "/second": ban(7, "Latvia"),
        }
        self.announced = ("/held", "/phone", "/lost", "/second")

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/feed":
            items = "".join(
                f"<item><title>{self.pages[path][0]}</title><link>{self.url}{path}</link></item>"
                for path in self.announced
            )
            body = f"<rss version='2.0'><channel><title>Press</title>{items}</channel></rss>"
            return reply(body.encode(), headers={"Content-Type": "application/rss+xml"})
        _, body_ = self.pages.get(asked.path, ("", b""))
        if not body_:
            return reply(b"gone", 404)
        return reply(body_, headers={"Content-Type": "text/html; charset=utf-8"})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Press]]:
    folder = tmp_path_factory.mktemp("coverage")
    with Press() as press, GdeltFake() as gdelt, NewsCrawlFake() as crawl:
        port = press.url.rpartition(":")[2]
        other = f"http://localhost:{port}"
        records = [
            Record(press.url + path, press.pages[path][0])
            for path in ("/held", "/phone", "/lost", "/unannounced")
        ]
        records += [Record(other + path, press.pages[path][0]) for path in ("/elsewhere", "/other-phone")]
        records += [
            Record(other + "/copy", press.pages["/held"][0] + " - The Copier"),
            Record(other + "/second-copy", press.pages["/second"][0] + " | The Copier"),
            Record(other + "/x", "A cat in a tree"),
        ]
        gdelt.slots = {f"{MONTH.replace('-', '')}05000000.gkg.csv.zip": Slot(tuple(records))}
        captured = datetime(2026, 10, 5, tzinfo=UTC)
        crawled = {
            press.url + "/held": "/held", other + "/a-copy": "/held", other + "/elsewhere": "/elsewhere",
            other + "/phone": "/other-phone",
        }  # fmt: skip
        crawl.add(
            captured, [Captured(url, press.pages[path][1], at=captured) for url, path in crawled.items()]
        )
        fivegwatch("init", ".", cwd=folder)
        write_small_watchlist(folder / "watchlist")
        (folder / "watchlist" / "feeds.toml").write_text(f'[press]\nurl = "{press.url}/feed"\n')
        services = f'[services]\ngdelt_files = "{gdelt.url}"\nnews_crawl = "{crawl.url}/"\n'
        hosts = [url.partition("//")[2] for url in (press.url, other, gdelt.url, crawl.url)]
        (folder / "fivegwatch.toml").write_text(f"allow_addresses = {json.dumps(hosts)}\n{services}")
        with mock.patch.dict(throttle.SPACING_S, gdelt_files=0.0, news_crawl=0.0):
            ran = fivegwatch("ingest", "--quiet", cwd=folder)
            assert ran.code == 0, ran.err
            yield folder, press


def measured(folder: Path, *arguments: str) -> dict[str, Any]:
    ran = fivegwatch("coverage", "--month", MONTH, "--json", *arguments, cwd=folder)
    assert ran.code == 0, ran.err
    answer: dict[str, Any] = json.loads(ran.out)
    return answer


def test_what_gdelt_had_and_we_did_not_with_the_reason(home: tuple[Path, Press]) -> None:
    folder, _ = home
    answer = measured(folder, "--every", "1440")
    missed = {one["url"].rpartition("/")[2]: one for one in answer["missed"]}
    assert {name: one["why"] for name, one in missed.items()} == {
        "phone": "rejected", "lost": "not_fetched", "unannounced": "not_announced", "elsewhere": "not_watched",
        "other-phone": "not_watched",
    }  # fmt: skip
    assert {name: one["is_story"] for name, one in missed.items()} == {
        "phone": False, "lost": None, "unannounced": True, "elsewhere": True, "other-phone": False,
    }  # fmt: skip
    assert "404" in missed["lost"]["detail"]
    assert answer["held"] == 2  # /held with its copy, and a story of which only the copy is in the index
    assert answer["share"] == pytest.approx(2 / (2 + 4 * 2 / 3))
    assert answer["low"] < answer["share"] < answer["high"]
    status = fivegwatch("status", cwd=folder).out
    assert "completeness, 2026-10: 43 %" in status
    rows = fivegwatch(
        "sql", "--csv", "select why, is_story from missed_stories where site = 'localhost'", cwd=folder
    )
    assert sorted(rows.out.split()[1:]) == ["not_watched,False", "not_watched,True"]
    # The outlet that the comparison showed is one to watch.
    (outlet,) = (
        json.loads(line) for line in fivegwatch("feeds", "discover", "--json", cwd=folder).out.splitlines()
    )
    assert (outlet["site"], outlet["stories"], outlet["missed_stories"], outlet["linked_by"]) == (
        "localhost",
        0,
        1,
        1,
    )
    assert not list((folder / "corpus.duckdb.d").glob("coverage-*"))


def test_the_news_crawl_is_judged_whole_and_a_dry_run_records_nothing(home: tuple[Path, Press]) -> None:
    folder, _ = home
    answer = measured(folder, "--source", "news-crawl", "--dry-run")
    assert [(one["url"].rpartition("/")[2], one["why"]) for one in answer["missed"]] == [
        ("elsewhere", "not_watched")
    ]
    assert (answer["held"], answer["share"], answer["files_read"]) == (1, 0.5, 1)
    rows = fivegwatch(
        "sql", "--csv", "select count(*) from completeness where source = 'news-crawl'", cwd=folder
    )
    assert rows.out.split()[1:] == ["0"]


def test_a_month_without_files_and_a_wrong_month_are_refused(home: tuple[Path, Press]) -> None:
    folder, _ = home
    ran = fivegwatch("coverage", "--month", "2014-01", cwd=folder)
    assert ran.code == 2
    assert "GDELT has no files for 2014-01-01 to 2014-01-31" in ran.err
    assert fivegwatch("coverage", "--month", "2026-13", cwd=folder).code == 2


def test_a_better_measurement_is_not_replaced_by_one_without_a_sample(home: tuple[Path, Press]) -> None:
    folder, _ = home
    before = measured(folder, "--every", "1440")
    ran = fivegwatch("coverage", "--month", MONTH, "--every", "1440", "--sample", "0", "--json", cwd=folder)
    assert ran.code != 0 and "not recorded" in ran.err and "--replace" in ran.err
    assert json.loads(ran.out)["sampled"] == 0
    sampled = "select sampled from completeness where source = 'gdelt'"
    assert fivegwatch("sql", "--csv", sampled, cwd=folder).out.split()[1:] == [str(before["sampled"])]
    measured(folder, "--every", "1440")  # as much once more: the newer one counts
    measured(folder, "--every", "1440", "--sample", "0", "--replace")
    assert fivegwatch("sql", "--csv", sampled, cwd=folder).out.split()[1:] == ["0"]
