"""Beyond one machine: a Dask scheduler with workers of its own, deliveries by way of an S3 server, a worker killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import fsspec
import pytest

from tests.conftest import ROOT
from tests.fakes.s3 import s3_server
from tests.flows.backfilled import backfill, facts, write_archives
from tests.flows.cli_runner import Ran, fivegwatch_process
from tests.flows.press import make_home, old_pages, write_warc

pytestmark = pytest.mark.slow

BUCKET = "press-spool"
BACKFILL = (sys.executable, "-m", "fivegwatch.flows.cli.start", "backfill", "warc")


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real S3 server with one empty bucket, its credentials in the environment."""
    with s3_server(tmp_path_factory.mktemp("s3"), BUCKET) as address:
        yield address


@pytest.fixture(scope="module")
def scheduler(s3: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[int]]]:
    """The address of a Dask scheduler, and the process that keeps its two workers."""
    with cluster(tmp_path_factory.mktemp("dask"), workers=2) as (address, running):
        yield address, [running[1].pid]


@contextmanager
def cluster(folder: Path, *, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a Dask scheduler, and its process and that of its nannies: processes of their own all of them."""
    folder.mkdir(exist_ok=True)
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "DASK_DISTRIBUTED__WORKER__MEMORY__TERMINATE": "0.95",
    }
    place = folder / "scheduler.json"
    commands = [
        ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
         "--scheduler-file", str(place)],
    ]  # fmt: skip
    if workers:
        commands.append(
            ["-m", "distributed.cli.dask_worker", "--scheduler-file", str(place), "--nworkers", str(workers),
             "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder)]
        )  # fmt: skip
    with (folder / "log").open("w") as log:
        running = [
            subprocess.Popen([sys.executable, *command], env=environment, stdout=log, stderr=log, cwd=folder)
            for command in commands
        ]
        try:
            deadline = time.monotonic() + 120
            while not place.exists() or (workers and len(workers_of(running[1].pid)) < workers):
                assert time.monotonic() < deadline, (folder / "log").read_text()
                time.sleep(0.1)
            yield json.loads(place.read_text())["address"], running
        finally:
            for process in reversed(running):
                process.terminate()
            for process in running:
                process.wait(600)


def workers_of(nanny: int) -> list[int]:
    """The processes that a pair of nannies keeps."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == nanny and b"spawn_main" in command and b"resource_tracker" not in command:
            found.append(int(folder.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="workers are found by /proc")
def test_a_cluster_finds_what_one_machine_finds_though_a_worker_is_killed(
    scheduler: tuple[str, list[int]], tmp_path: Path
) -> None:
    address, (nanny,) = scheduler
    archives = write_archives(tmp_path / "archives", files=4, copies=1)
    alone = make_home(tmp_path / "alone")
    backfill(alone, "warc", archives)
    home = make_home(tmp_path / "cluster")
    spool = f"s3://{BUCKET}/backfill"
    command = [*BACKFILL, str(archives), "--json", "--scheduler", address, "--spool", spool]
    with subprocess.Popen(
        command, cwd=home, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    ) as run:
        files = fsspec.filesystem("s3", use_listings_cache=False)
        while not files.glob(f"{BUCKET}/backfill/incoming/*.parquet"):
            assert run.poll() is None, "over before a worker could be killed"
            time.sleep(0.2)
        os.kill(workers_of(nanny)[0], signal.SIGKILL)
        out, _ = run.communicate(timeout=900)
    assert run.returncode == 0
    assert json.loads(out)["units_done"] == 4
    assert facts(home) == facts(alone)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="workers are found by /proc")
def test_a_cluster_whose_only_worker_is_killed_reads_on_with_its_successor(tmp_path: Path) -> None:
    archives = write_archives(tmp_path / "archives", files=3, copies=1)
    home, spool = make_home(tmp_path / "home"), tmp_path / "spool"
    with cluster(tmp_path / "dask", workers=1) as (address, (_, nanny)), subprocess.Popen(
        [*BACKFILL, str(archives), "--json", "--scheduler", address, "--spool", spool.as_uri()],
        cwd=home, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    ) as run:  # fmt: skip
        while not any(spool.glob("incoming/*.parquet")):
            assert run.poll() is None, "over before the worker could be killed"
            time.sleep(0.05)
        os.kill(workers_of(nanny.pid)[0], signal.SIGKILL)
        out, _ = run.communicate(timeout=600)
    assert json.loads(out)["units_done"] == 3, out


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="workers are found by /proc")
def test_a_scheduler_that_goes_away_costs_no_more_than_the_time_until_it_is_back(
    tmp_path: Path,
) -> None:
    archives = write_archives(tmp_path / "archives", files=2, copies=2)
    home, spool = make_home(tmp_path / "home"), tmp_path / "spool"
    command = [*BACKFILL, str(archives), "--json"]
    with cluster(tmp_path / "first", workers=1) as (address, (scheduler, _)), subprocess.Popen(
        [*command, "--scheduler", address, "--spool", spool.as_uri()],
        cwd=home, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    ) as run:  # fmt: skip
        while not any(spool.glob("incoming/*.parquet")):
            assert run.poll() is None, "over before the scheduler could be killed"
            time.sleep(0.05)
        scheduler.kill()
        out, _ = run.communicate(timeout=600)
    account = json.loads(out)
    # One of them may have been delivered whole before the scheduler went: that costs nothing at all.
    assert (run.returncode, account["units_failed"]) in {(1, 2), (0, 1)}
    assert all("went away" in failure["why"] for failure in account["failed"])
    with cluster(tmp_path / "second", workers=1) as (address, _):
        done = backfill(
            home, "warc", archives, "--scheduler", address, "--spool", spool.as_uri(), "--retry-failed"
        )
    assert done["units_done"] >= 1 and done["units_done"] + done["units_known"] == 2
    read = [counts["pages"] for *_, counts in facts(home)["units"]]
    assert sum(read) == 2 * len(old_pages())


def test_a_cluster_that_is_not_there_or_has_no_workers_is_told_by_name_and_remedy(
    tmp_path: Path, s3: str
) -> None:
    """Side by side: both are waited for for a while."""
    archive = write_warc(tmp_path / "one.warc.gz", old_pages()[:2])

    def told(address: str, home: Path) -> Ran:
        return fivegwatch_process(
            "backfill", "warc", archive, "--scheduler", address, "--spool", f"s3://{BUCKET}/none",
            cwd=make_home(home), timeout_s=300,
        )  # fmt: skip

    with cluster(tmp_path / "dask", workers=0) as (address, _), ThreadPoolExecutor(2) as threads:
        absent = threads.submit(told, "tcp://127.0.0.1:9", tmp_path / "absent")
        idle = threads.submit(told, address, tmp_path / "idle").result()
    assert (idle.code, absent.result().code) == (2, 2)
    assert f"{address} has no workers" in idle.err
    assert "tcp://127.0.0.1:9" in absent.result().err


def test_a_folder_of_an_object_store_is_read_in_place(tmp_path: Path, s3: str) -> None:
    files = fsspec.filesystem("s3")
    for number in range(2):
        archive = write_warc(tmp_path / f"{number}.warc.gz", old_pages()[number:8:2])
        files.put_file(str(archive), f"{BUCKET}/2023/{number}.warc.gz")
    files.pipe_file(f"{BUCKET}/2023/readme.txt", b"none")
    home = make_home(tmp_path / "home")
    account = backfill(home, "warc", f"s3://{BUCKET}/2023/", apart=True)
    assert (account["units_done"], account["found.pages"]) == (2, 8)
    assert backfill(home, "warc", f"s3://{BUCKET}/2023/*.warc.gz", apart=True)["units_known"] == 2


def test_a_shared_spool_that_is_not_there_is_named(tmp_path: Path, s3: str) -> None:
    archive = write_warc(tmp_path / "one.warc.gz", old_pages()[:2])
    home = make_home(tmp_path / "home")
    ran = fivegwatch_process(
        "backfill",
        "warc",
        archive,
        "--scheduler",
        "tcp://127.0.0.1:9",
        "--spool",
        "s3://no-such-bucket/x",
        cwd=home,
    )
    assert ran.code == 1
    assert "no-such-bucket" in ran.err


def test_a_worker_imports_what_reading_needs_and_no_more() -> None:
    """Each worker would hold a database, an HTTP client and the servers of Prefect for nothing."""
    code = "import sys; import fivegwatch.flows.runs.backfill.cluster_worker; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert not {"duckdb", "httpx2", "prefect", "pandas", "pebble"} & set(modules)
