"""Downloads never exceed their disk budget: they wait, or older files are deleted."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from fivegwatch.sources.http.client import Web
from fivegwatch.sources.http.disk_budget import MARGIN_BYTES, DiskBudget
from fivegwatch.sources.http.large_files import Downloads
from tests.fakes.news_crawl import NewsCrawlFake, story, warc_file
from tests.sources.downloading import BODY, OPENED, fetch, files_in, refused, run


def test_large_files_wait_for_disk_space_and_never_exceed_the_budget(
    fake: NewsCrawlFake, tmp_path: Path
) -> None:
    urls = [fake.add(OPENED, warc_file([story(n)] * 300)) for n in range(6)]
    sizes = [len(body) for body in fake.files.values()]
    most = int(max(sizes) * 2.5)
    seen: list[int] = []

    async def use(web: Web) -> None:
        downloads = Downloads(web, tmp_path, max_bytes=most)

        async def one(url: str) -> None:
            async with downloads.file(url) as path:
                await asyncio.sleep(0.02)
                seen.append(sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()))
                assert path.stat().st_size == len(fake.files[url.removeprefix(fake.url)])

        await asyncio.gather(*(one(url) for url in urls))

    run(fake, use)
    assert len(seen) == 6
    assert max(seen) <= most
    assert files_in(tmp_path) == []


def test_a_file_larger_than_the_budget_is_refused_before_it_is_downloaded(
    fake: NewsCrawlFake, tmp_path: Path
) -> None:
    url = fake.add(OPENED, BODY)
    error = refused(fake, tmp_path, url, max_bytes=100_000)
    assert (error.kind, error.transient) == ("disk_budget", False)
    assert "--max-disk" in str(error)
    assert list(tmp_path.iterdir()) == []


def test_a_partial_download_is_resumed_when_the_budget_is_raised_again(
    fake: NewsCrawlFake, tmp_path: Path
) -> None:
    url = fake.add(OPENED, BODY)
    fake.drops, fake.drop_after = 1, 50_000
    refused(fake, tmp_path, url, tries=0)
    refused(fake, tmp_path, url, max_bytes=100_000)
    assert fetch(fake, tmp_path, url)[0] == BODY
    assert fake.requests[-1].headers["range"].startswith("bytes=")


def test_nothing_is_left_on_disk_of_a_missing_file(fake: NewsCrawlFake, tmp_path: Path) -> None:
    url = fake.add(OPENED, BODY)
    fake.drops, fake.drop_after = 1, 50_000
    refused(fake, tmp_path, url, tries=0)
    assert files_in(tmp_path) != []
    fake.files.clear()
    assert refused(fake, tmp_path, url).status == 404
    assert list(tmp_path.iterdir()) == []


def test_files_of_earlier_runs_are_deleted_oldest_first_when_space_is_needed(
    fake: NewsCrawlFake, tmp_path: Path
) -> None:
    for age, name in enumerate(("new", "old")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "left.warc.gz").write_bytes(bytes(150_000))
        os.utime(tmp_path / name, (1_000_000 - age, 1_000_000 - age))
    url = fake.add(OPENED, BODY)
    assert fetch(fake, tmp_path, url, max_bytes=400_000)[0] == BODY
    assert files_in(tmp_path) == ["left.warc.gz"]
    assert (tmp_path / "new").exists()


def test_a_full_disk_is_reported_before_the_download(fake: NewsCrawlFake, tmp_path: Path) -> None:
    url = fake.add(OPENED, BODY)
    budget = DiskBudget(tmp_path, free_bytes=lambda _: MARGIN_BYTES + 100_000)
    error = refused(fake, tmp_path, url, budget=budget)
    assert (error.kind, error.transient, len(fake.requests)) == ("disk_full", True, 1)


def test_two_tasks_that_want_the_same_file_download_it_one_after_the_other(
    fake: NewsCrawlFake, tmp_path: Path
) -> None:
    url = fake.add(OPENED, BODY)

    async def use(web: Web) -> list[int]:
        downloads = Downloads(web, tmp_path)

        async def one() -> int:
            async with downloads.file(url) as path:
                return len(path.read_bytes())

        return list(await asyncio.gather(one(), one()))

    assert run(fake, use) == [len(BODY)] * 2
