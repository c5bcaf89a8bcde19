"""Large files are downloaded whole: resumed, checked, and with the pauses the crawl asks for."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import subprocess
import sys
import time
from base64 import b32encode
from dataclasses import replace
from pathlib import Path

import pytest

from fivegwatch.extractors.errors import ExtractionError, FetchError
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.http.large_files import Downloads
from tests.conftest import ROOT
from tests.fakes.news_crawl import NewsCrawlFake, dialects, story
from tests.fakes.service import Answer, Asked
from tests.fakes.serving import html, reply
from tests.sources.asking import AGENT
from tests.sources.downloading import BODY, OPENED, Pauses, fetch, files_in, refused, run

# ---------------------------------------------------------------- a file comes


def test_a_file_exists_during_the_block_and_is_deleted_after_it(fake: NewsCrawlFake, tmp_path: Path) -> None:
    pages = [story(number) for number in range(50)] + dialects()
    url = fake.add(OPENED, pages)
    body, pauses = fetch(fake, tmp_path, url)
    assert body == fake.files[url.removeprefix(fake.url)]
    assert pauses == []
    assert files_in(tmp_path) == []
    (asked,) = fake.requests
    assert (asked.headers["user-agent"], asked.headers["accept-encoding"]) == (AGENT, "identity")
    assert "range" not in asked.headers


def test_a_broken_download_is_resumed_where_it_broke(fake: NewsCrawlFake, tmp_path: Path) -> None:
    url = fake.add(OPENED, BODY)
    fake.drops, fake.drop_after = 3, 50_000
    body, pauses = fetch(fake, tmp_path, url)
    assert body == BODY
    assert pauses == [1.0, 1.0, 1.0]
    ranges = [asked.headers.get("range", "") for asked in fake.requests]
    starts = [int(one.removeprefix("bytes=").removesuffix("-")) for one in ranges[1:]]
    assert starts == sorted(starts)
    assert starts[-1] > 100_000
    assert {asked.headers.get("if-range") for asked in fake.requests[1:]} == {fake.etag(BODY)}


def test_a_later_process_resumes_a_partial_download(fake: NewsCrawlFake, tmp_path: Path) -> None:
    url = fake.add(OPENED, BODY)
    fake.drops, fake.drop_after = 1, 120_000
    assert refused(fake, tmp_path, url, tries=0).kind == "incomplete"
    assert len(files_in(tmp_path)) == 2
    assert fetch(fake, tmp_path, url)[0] == BODY
    assert int(fake.requests[-1].headers["range"][6:-1]) > 50_000
    assert files_in(tmp_path) == []


def test_a_download_of_a_killed_process_is_resumed_by_the_next(fake: NewsCrawlFake, tmp_path: Path) -> None:
    body = BODY * 30
    url = fake.add(OPENED, body)
    fake.stalls, fake.drop_after = 1, 4_000_000
    command = [sys.executable, "-P", "-m", "tests.sources.fetching", url, str(tmp_path)]
    child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    deadline = time.monotonic() + 300
    while sum(path.stat().st_size for path in tmp_path.rglob("*.part")) < 3_000_000:
        assert time.monotonic() < deadline
        assert child.poll() is None
        time.sleep(0.02)
    child.kill()
    child.wait()
    assert fetch(fake, tmp_path, url)[0] == body
    assert int(fake.requests[-1].headers["range"][6:-1]) >= 3_000_000
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("stop", [KeyboardInterrupt, asyncio.CancelledError])
def test_a_file_whose_reading_was_cancelled_is_not_downloaded_again(
    fake: NewsCrawlFake, tmp_path: Path, stop: type[BaseException]
) -> None:
    url = fake.add(OPENED, BODY)

    async def use(web: Web) -> None:
        async with Downloads(web, tmp_path).file(url):
            raise stop

    with pytest.raises(stop):
        run(fake, use)
    assert fetch(fake, tmp_path, url)[0] == BODY
    assert len(fake.requests) == 1


def test_a_file_that_cannot_be_read_is_deleted(fake: NewsCrawlFake, tmp_path: Path) -> None:
    url = fake.add(OPENED, BODY)

    async def use(web: Web) -> None:
        async with Downloads(web, tmp_path).file(url):
            raise ExtractionError("broken", kind="corrupt")

    with pytest.raises(ExtractionError):
        run(fake, use)
    assert files_in(tmp_path) == []


def test_a_file_that_changed_meanwhile_is_downloaded_from_its_start(
    fake: NewsCrawlFake, tmp_path: Path
) -> None:
    url = fake.add(OPENED, BODY)
    fake.drops, fake.drop_after = 1, 120_000
    refused(fake, tmp_path, url, tries=0)
    other = BODY[:2] + BODY[2:][::-1] + b"more"
    fake.files[url.removeprefix(fake.url)] = other
    assert fetch(fake, tmp_path, url)[0] == other


@pytest.mark.parametrize(("ranges", "etags"), [(False, True), (True, False)])
def test_without_ranges_or_a_version_a_download_starts_again(
    fake: NewsCrawlFake, tmp_path: Path, ranges: bool, etags: bool
) -> None:
    url = fake.add(OPENED, BODY)
    fake.ranges, fake.etags = ranges, etags
    fake.drops, fake.drop_after = 2, 120_000
    assert fetch(fake, tmp_path, url)[0] == BODY


def test_whatever_the_size_of_the_pieces_the_file_is_the_same(fake: NewsCrawlFake, tmp_path: Path) -> None:
    url = fake.add(OPENED, BODY)
    choose = random.Random(7)
    for _ in range(5):
        fake.drops, fake.drop_after = choose.randrange(1, 6), choose.randrange(3, 60_000)
        assert fetch(fake, tmp_path, url)[0] == BODY


def test_a_complete_part_is_recognised_by_a_416(fake: NewsCrawlFake, tmp_path: Path) -> None:
    url = fake.add(OPENED, BODY)
    fake.drops, fake.drop_after = 1, 120_000
    refused(fake, tmp_path, url, tries=0)
    (part,) = tmp_path.rglob("*.part")
    part.write_bytes(BODY)
    assert fetch(fake, tmp_path, url)[0] == BODY
    assert fake.requests[-1].headers["range"] == f"bytes={len(BODY)}-"


def test_a_part_longer_than_the_file_is_deleted(fake: NewsCrawlFake, tmp_path: Path) -> None:
    url = fake.add(OPENED, BODY)
    fake.drops, fake.drop_after = 1, 120_000
    refused(fake, tmp_path, url, tries=0)
    (part,) = tmp_path.rglob("*.part")
    part.write_bytes(BODY + b"too much")
    assert fetch(fake, tmp_path, url)[0] == BODY


def test_another_range_than_was_asked_for_is_refused(tmp_path: Path) -> None:
    class Wrong(NewsCrawlFake):
        def answer(self, asked: Asked) -> Answer:
            answer = super().answer(asked)
            if answer.status == 206 and len(self.requests) < 4:
                return replace(answer, headers=(("Content-Range", "bytes 7-9/200002"),))
            return answer

    with Wrong() as fake:
        url = fake.add(OPENED, BODY)
        fake.drops, fake.drop_after = 1, 120_000
        assert fetch(fake, tmp_path, url)[0] == BODY


def test_a_redirect_to_the_file_is_followed_and_each_address_vetted(tmp_path: Path) -> None:
    class Moved(NewsCrawlFake):
        target = ""

        def answer(self, asked: Asked) -> Answer:
            return (
                reply(b"", 302, {"Location": self.target})
                if asked.path == "/moved.gz"
                else super().answer(asked)
            )

    with Moved() as fake:
        fake.target = fake.add(OPENED, BODY)
        fake.drops, fake.drop_after = 1, 120_000
        assert fetch(fake, tmp_path, fake.url + "/moved.gz")[0] == BODY
        fake.target = "http://10.0.0.1/x.gz"
        assert refused(fake, tmp_path, fake.url + "/moved.gz").kind == "blocked_address"


# ---------------------------------------------------------------- manners


def test_slow_down_is_answered_with_growing_pauses_never_shorter_than_a_second(
    fake: NewsCrawlFake, tmp_path: Path
) -> None:
    url = fake.add(OPENED, BODY)
    fake.busy = 8
    body, pauses = fetch(fake, tmp_path, url)
    assert body == BODY
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


def test_retry_after_is_honoured(fake: NewsCrawlFake, tmp_path: Path) -> None:
    url = fake.add(OPENED, BODY)
    fake.busy, fake.busy_headers = 2, {"Retry-After": "30"}
    assert fetch(fake, tmp_path, url)[1] == [30, 30]


def test_a_download_fails_when_the_server_asks_for_a_long_pause(fake: NewsCrawlFake, tmp_path: Path) -> None:
    url = fake.add(OPENED, BODY)
    fake.busy, fake.busy_headers = 2, {"Retry-After": "7200"}
    error = refused(fake, tmp_path, url)
    assert (error.kind, error.transient, error.retry_after_s) == ("http_503", True, 7200)
    assert len(fake.requests) == 1


def test_a_download_fails_after_several_attempts_without_a_byte(fake: NewsCrawlFake, tmp_path: Path) -> None:
    url = fake.add(OPENED, BODY)
    fake.busy = 1_000
    error = refused(fake, tmp_path, url, tries=5)
    assert (error.kind, error.transient, len(fake.requests)) == ("http_503", True, 5)


@pytest.mark.slow
def test_a_download_from_an_unknown_host_fails_soon(fake: NewsCrawlFake, tmp_path: Path) -> None:
    pauses = Pauses()

    async def use(web: Web) -> None:
        async with Downloads(web, tmp_path, sleep=pauses).file("http://no-such-host.invalid/a.warc.gz"):
            pass

    with pytest.raises(FetchError) as caught:
        run(fake, use)
    assert (caught.value.kind, caught.value.transient, len(pauses.seconds)) == ("dns", True, 2)


def test_a_host_that_blocked_us_is_not_asked_again(fake: NewsCrawlFake, tmp_path: Path) -> None:
    urls = [fake.add(OPENED, BODY), fake.add(OPENED, BODY)]
    fake.blocked = True

    async def use(web: Web) -> list[FetchError]:
        downloads = Downloads(web, tmp_path)
        errors = []
        for url in urls:
            with pytest.raises(FetchError) as caught:
                async with downloads.file(url):
                    pass
            errors.append(caught.value)
        return errors

    for error in run(fake, use):
        assert (error.kind, error.transient) == ("blocked", True)
        assert (error.retry_after_s or 0) >= 3600
    assert len(fake.requests) == 1


def test_a_missing_file_is_not_requested_again(fake: NewsCrawlFake, tmp_path: Path) -> None:
    error = refused(fake, tmp_path, fake.url + "/crawl-data/none.warc.gz")
    assert (error.kind, error.transient, len(fake.requests)) == ("http_404", False, 1)


def test_a_page_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    class Portal(NewsCrawlFake):
        def answer(self, asked: Asked) -> Answer:
            return html("Log in to the hotel's network")

    with Portal() as fake:
        assert refused(fake, tmp_path, fake.url + "/x.warc.gz").kind == "not_gzip"
        assert not any(path.stat().st_size for path in tmp_path.rglob("*.part"))


# ---------------------------------------------------------------- digest


@pytest.mark.parametrize("name", ["sha256", "sha1", "md5"])
@pytest.mark.parametrize("base", [16, 32])
def test_a_digest_is_checked(fake: NewsCrawlFake, tmp_path: Path, name: str, base: int) -> None:
    url = fake.add(OPENED, BODY)
    made = hashlib.new(name, BODY)
    text = made.hexdigest() if base == 16 else b32encode(made.digest()).decode().rstrip("=")
    assert fetch(fake, tmp_path, url, digest=f"{name}:{text}")[0] == BODY
    wrong = hashlib.new(name, BODY + b"x").hexdigest()
    assert refused(fake, tmp_path, url, digest=f"{name}:{wrong}").kind == "digest"
    assert files_in(tmp_path) == []
