"""The pool: whatever a document does to its process costs that document only."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fivegwatch.extractors.errors import (
    ExtractionError,
    FeedError,
    FetchError,
    NewsError,
    StorageError,
    WatchlistError,
)
from fivegwatch.flows.workers.bounded_pool import Pool
from tests.conftest import ROOT
from tests.flows import victims

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(2, initializer=victims.compile_rules, initargs=("5g",)) as opened:
        yield opened


def run(pool: Pool, function: Callable[..., Any], *args: Any, timeout_s: float = 60, **options: Any) -> Any:
    return asyncio.run(pool.run(function, *args, timeout_s=timeout_s, url="https://a.example/1", **options))


def test_a_child_returns_what_the_function_returns(pool: Pool) -> None:
    assert run(pool, victims.double, 21) == 42


@pytest.mark.parametrize(
    ("victim", "kind"),
    [
        (victims.hang, "parse_timeout"),
        (victims.hang_in_c, "parse_timeout"),
        (victims.segfault, "parse_crash"),
        (victims.leave, "parse_crash"),
        (victims.eat_memory, "parse_memory"),
        (victims.eat_memory_in_steps, "parse_memory"),
    ],
)
def test_a_document_that_ends_its_process_is_one_named_failure(
    pool: Pool, victim: Callable[[], None], kind: str
) -> None:
    with pytest.raises(ExtractionError) as caught:
        run(pool, victim, timeout_s=1 if kind == "parse_timeout" else 30)
    assert (caught.value.kind, caught.value.url) == (kind, "https://a.example/1")
    assert run(pool, victims.double, 4) == 8


def test_a_document_whose_child_is_killed_from_outside_is_read_again_once(pool: Pool, tmp_path: Path) -> None:
    assert run(pool, victims.killed_by_others, str(tmp_path / "once"), 1) == 1
    with pytest.raises(ExtractionError, match="SIGKILL") as caught:
        run(pool, victims.killed_by_others, str(tmp_path / "twice"), 2)
    assert caught.value.kind == "parse_crash"


def test_a_document_is_read_again_if_the_process_that_children_are_forked_from_is_killed(
    tmp_path: Path,
) -> None:
    with Pool(1) as pool:
        assert run(pool, victims.fork_server_killed, str(tmp_path / "once")) == 1
        assert run(pool, victims.double, 21) == 42


KILLED = """
import asyncio, os
from fivegwatch.flows.workers.bounded_pool import Pool

with Pool(1, initializer=int, initargs=("7",)) as pool:
    asyncio.run(pool.run(abs, -7, timeout_s=60, url="https://a.example/"))
    os.kill(os.getpid(), 9)
"""


def test_a_killed_program_leaves_no_file_of_its_initializer(tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED], env={**os.environ, "TMPDIR": str(tmp_path)}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert list(tmp_path.glob("fivegwatch-*")) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_child_killed_while_it_starts_is_started_again(tmp_path: Path, workers: int) -> None:
    async def several(pool: Pool) -> list[int]:
        calls = [
            pool.run(victims.double, n, timeout_s=60, url=f"https://a.example/{n}")
            for n in range(2 * workers)
        ]
        return await asyncio.gather(*calls)

    start = (str(tmp_path / "marks"), 2)
    with Pool(workers, initializer=victims.killed_while_starting, initargs=start) as pool:
        assert asyncio.run(several(pool)) == [2 * n for n in range(2 * workers)]


def test_idle_children_that_are_killed_are_replaced(tmp_path: Path) -> None:
    with Pool(1) as pool:
        os.kill(run(pool, os.getpid), signal.SIGKILL)
        time.sleep(1)
        assert run(pool, victims.double, 21) == 42


def test_an_error_with_its_remedy_is_raised_if_no_child_can_be_started(tmp_path: Path) -> None:
    start = (str(tmp_path / "marks"), 1_000)
    with (
        Pool(1, initializer=victims.killed_while_starting, initargs=start) as pool,
        pytest.raises(StorageError, match=r"no process could be started .* fewer workers") as caught,
    ):
        run(pool, victims.double, 21)
    assert (caught.value.kind, caught.value.transient) == ("no_children", True)


def test_documents_beside_those_that_end_their_process_are_all_read(pool: Pool) -> None:
    async def mixed() -> list[Any]:
        bad: dict[int, Callable[[], object]] = {
            10: victims.hang,
            50: victims.segfault,
            90: victims.eat_memory,
        }
        calls: list[Any] = [
            pool.run(bad[n], timeout_s=1 if bad[n] is victims.hang else 60, url=str(n))
            if n in bad
            else pool.run(victims.double, n, timeout_s=60, url=str(n))
            for n in range(120)
        ]
        return await asyncio.gather(*calls, return_exceptions=True)

    results = asyncio.run(mixed())
    assert [r for n, r in enumerate(results) if n not in (10, 50, 90)] == [
        2 * n for n in range(120) if n not in (10, 50, 90)
    ]
    assert [results[n].kind for n in (10, 50, 90)] == ["parse_timeout", "parse_crash", "parse_memory"]


def test_the_caller_chooses_the_kind_of_error(pool: Pool) -> None:
    with pytest.raises(FeedError):
        run(pool, victims.segfault, error=FeedError)


def test_our_errors_pass_through_with_their_fields(pool: Pool) -> None:
    with pytest.raises(FeedError) as caught:
        run(pool, victims.refuse)
    assert (caught.value.kind, caught.value.url) == ("not_a_feed", "https://a.example/")
    with pytest.raises(FetchError) as fetch:
        run(pool, victims.refuse_fetch)
    assert (fetch.value.status, fetch.value.retry_after_s, fetch.value.transient) == (429, 60.0, True)


def test_an_error_that_is_a_bug_is_raised_unchanged(pool: Pool) -> None:
    with pytest.raises(ZeroDivisionError):
        run(pool, victims.bug)


def test_children_inherit_what_the_initializer_built_in_the_fork_server(pool: Pool) -> None:
    """Once there, once more in each child, which finds it done; never once for each document."""
    first = run(pool, victims.compiled)
    assert first in (("5g",), ("5g", "5g"))  # the first, if the server had been started for another pool
    assert run(pool, victims.compiled) == first


def test_an_initializer_that_fails_is_reported_for_each_document() -> None:
    with Pool(1, initializer=victims.bug) as pool:
        for _ in range(2):
            with pytest.raises(ZeroDivisionError, match="ours"):
                run(pool, victims.double, 1)


def test_children_do_not_run_the_parents_main_module(tmp_path: Path) -> None:
    """Else a script without the usual guard, or a scheduler's engine, would start over in each child."""
    script = tmp_path / "unguarded.py"
    script.write_text(
        "import asyncio\nfrom fivegwatch.flows.workers.bounded_pool import Pool\n"
        "from tests.flows import victims\nprint('main')\n"
        "with Pool(2) as pool:\n    print(asyncio.run(pool.run(victims.double, 4, timeout_s=60, url='u')))\n"
    )
    command = [sys.executable, str(script)]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("main\n8\n", "")


def test_a_small_memory_bound_is_kept_and_lifted_again(pool: Pool) -> None:
    with pytest.raises(ExtractionError, match="512 MiB"):
        run(pool, victims.eat_memory_in_steps, memory=512 * 2**20)
    assert run(pool, victims.double, 1) == 2


def test_children_see_no_proxy_settings(pool: Pool) -> None:
    assert run(pool, victims.proxies) == []


def test_cancelling_a_call_frees_its_child(pool: Pool) -> None:
    async def cancelled() -> Any:
        hanging = [asyncio.create_task(pool.run(victims.hang, timeout_s=300, url="u")) for _ in range(2)]
        await asyncio.sleep(0.5)
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        return await asyncio.wait_for(pool.run(victims.double, 3, timeout_s=60, url="u"), 60)

    assert asyncio.run(cancelled()) == 6


def test_leaving_the_pool_ends_its_children_at_once() -> None:
    async def start(pool: Pool) -> int:
        child: int = await pool.run(victims.pid, timeout_s=60, url="u")
        asyncio.get_running_loop()
        task = asyncio.create_task(pool.run(victims.hang, timeout_s=300, url="u"))
        await asyncio.sleep(0.3)
        task.cancel()
        return child

    began = time.monotonic()
    with Pool(1) as pool:
        child = asyncio.run(start(pool))
    assert time.monotonic() - began < 60  # the child would hang for ten minutes
    assert not alive(child)


def test_a_closed_pool_refuses_work() -> None:
    with pytest.raises(RuntimeError, match="not open"):
        run(Pool(1), victims.double, 1)


@pytest.mark.parametrize("task", ["hang", "hang_in_c"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_children_die_with_a_killed_parent(how: signal.Signals, task: str) -> None:
    command = [sys.executable, "-m", "tests.flows.orphan_parent", task]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as parent:
        assert parent.stdout is not None
        children = [int(word) for word in parent.stdout.readline().split()]
        assert children and all(map(alive, children))
        parent.send_signal(how)
        parent.wait(60)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and any(map(alive, children)):
        time.sleep(0.05)
    left = [child for child in children if alive(child)]
    for child in left:
        os.kill(child, signal.SIGKILL)
    assert left == []


def alive(pid: int) -> bool:
    """True for a process that runs; one that has ended but is not yet collected does not count."""
    status = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self").exists():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    "error",
    [
        NewsError("m", url="u", kind="k", transient=True),
        FetchError("m", url="u", kind="k", transient=False, status=404, retry_after_s=None),
        WatchlistError("what", file="feeds.toml", line=3, remedy="do"),
    ],
)
def test_errors_survive_pickling_whole(error: NewsError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.__dict__) == (type(error), str(error), error.__dict__)
