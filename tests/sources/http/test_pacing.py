"""How many requests run at a time, how far apart they start, and when a host is paused."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.sources.http.pacing import Pace
from tests.sources.waiting import run_leaping

LIMITS_HERE = replace(LIMITS, host_spacing_s=0.15, crawl_delay_max_s=0.4)
OWN = frozenset({("127.0.0.1", 8000)})


def starts(urls: list[str], *, hold_s: float = 0.0, delay_s: float | None = None) -> list[float]:
    """The start of each request in seconds after the first, in order."""

    async def run() -> list[float]:
        pace = Pace(LIMITS_HERE, OWN)
        clock = asyncio.get_running_loop().time
        begun: list[float] = []

        async def one(url: str) -> None:
            pace.slow_to(url, delay_s)
            async with pace.turn(url):
                begun.append(clock())
                await asyncio.sleep(hold_s)

        await asyncio.gather(*(one(url) for url in urls))
        return [at - begun[0] for at in begun]

    return run_leaping(run())


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(times)]


def failed(kind: str, *, status: int | None = None, retry_after_s: float | None = None) -> FetchError:
    return FetchError("x", url="x", kind=kind, transient=True, status=status, retry_after_s=retry_after_s)


async def is_paused(pace: Pace, url: str) -> FetchError | None:
    try:
        async with pace.turn(url):
            return None
    except FetchError as exc:
        assert (exc.kind, exc.transient) == ("host_paused", True)
        return exc


def after(errors: list[FetchError | None], url: str = "https://a.example/") -> FetchError | None:
    """The error, or None, of the next request to ``url`` after these outcomes."""

    async def run() -> FetchError | None:
        pace = Pace(replace(LIMITS_HERE, host_spacing_s=0.0), OWN)
        for error in errors:
            pace.note(url, error)
        return await is_paused(pace, url)

    return run_leaping(run())


def test_requests_to_one_host_are_spaced_whatever_their_scheme_or_path() -> None:
    times = starts(["https://a.example/1", "http://a.example/2", "https://a.example/3"])
    assert all(gap >= 0.149 for gap in gaps(times))


def test_requests_to_different_hosts_do_not_wait_for_each_other() -> None:
    assert starts([f"https://{n}.example/" for n in range(20)])[-1] < 0.14


def test_at_most_two_requests_run_at_a_time_to_one_host() -> None:
    times = starts(["https://a.example/"] * 4, hold_s=0.6)
    assert times[1] < 0.5 and times[2] >= 0.59


def test_the_operators_own_machines_are_not_spaced() -> None:
    assert starts(["http://127.0.0.1:8000/"] * 10)[-1] < 0.14


@pytest.mark.parametrize(("asked", "apart"), [(0.25, 0.25), (1e9, 0.4), (0.0, 0.15), (None, 0.15)])
def test_a_crawl_delay_is_honoured_between_our_own_pace_and_the_maximum(
    asked: float | None, apart: float
) -> None:
    (gap,) = gaps(starts(["https://a.example/"] * 2, delay_s=asked))
    assert apart - 0.001 <= gap < apart + 0.5


@pytest.mark.parametrize("kind", ["timeout", "connect", "dns", "deadline"])
def test_a_host_is_paused_after_three_failures_in_a_row(kind: str) -> None:
    assert after([failed(kind)] * 2) is None
    assert after([failed(kind)] * 3) is not None
    assert after([failed(kind)] * 2 + [None] + [failed(kind)] * 2) is None


@pytest.mark.parametrize("kind", ["http_404", "not_html", "too_large", "local_resources", "tls", "robots"])
def test_other_failures_do_not_pause_a_host(kind: str) -> None:
    assert after([failed(kind)] * 30) is None


@pytest.mark.parametrize("status", [429, 503])
def test_one_request_to_slow_down_pauses_a_host(status: int) -> None:
    paused = after([failed(f"http_{status}", status=status, retry_after_s=3600.0)])
    assert paused is not None
    assert paused.retry_after_s == pytest.approx(3600, abs=5)


def test_the_operators_own_machines_are_paused_only_when_they_are_down() -> None:
    own = "http://127.0.0.1:8000/"
    assert after([failed("http_429", status=429)] * 30, own) is None
    assert after([failed("connect")] * 19, own) is None
    assert after([failed("connect")] * 20, own) is not None


def test_requests_that_wait_for_a_host_fail_when_it_is_paused() -> None:
    async def run() -> list[FetchError | None]:
        pace = Pace(replace(LIMITS_HERE, host_spacing_s=0.1), OWN)
        async with pace.turn("https://a.example/1"):
            waiting = [asyncio.create_task(is_paused(pace, f"https://a.example/{n}")) for n in range(3)]
            await asyncio.sleep(0.01)
            pace.note("https://a.example/1", failed("http_429", status=429))
        return await asyncio.gather(*waiting)

    assert all(run_leaping(run()))


def test_no_more_requests_run_at_once_than_the_limit_says() -> None:
    async def run() -> int:
        pace = Pace(replace(LIMITS_HERE, concurrent=5), OWN)
        running = most = 0

        async def one(n: int) -> None:
            nonlocal running, most
            async with pace.turn(f"https://{n}.example/"):
                running += 1
                most = max(most, running)
                await asyncio.sleep(0.005)
                running -= 1

        await asyncio.gather(*(one(n) for n in range(30)))
        return most

    assert run_leaping(run()) == 5


def paused_after(answers: list[tuple[str, int | None]], url: str) -> bool:
    """Whether ``url`` is refused a turn after these answers: address and status, None for a success."""

    async def run() -> bool:
        pace = Pace(LIMITS_HERE, OWN)
        for asked, status in answers:
            error = FetchError(
                "x", url=asked, kind=f"http_{status}", transient=True, status=status, retry_after_s=600
            )
            pace.note(asked, error if status else None)
        try:
            async with pace.turn(url):
                return False
        except FetchError as refused:
            return refused.kind == "host_paused"

    return run_leaping(run())


def test_refusals_in_a_row_are_a_limit_and_one_success_between_them_is_none() -> None:
    page = "https://a.example/{}"
    assert paused_after([(page.format(n), 403) for n in range(5)], page.format(9))
    assert not paused_after([(page.format(n), 403) for n in range(4)], page.format(9))
    broken = [(page.format(n), None if n == 3 else 403) for n in range(6)]
    assert not paused_after(broken, page.format(9))
    assert not paused_after([(page.format(n), 403) for n in range(5)], "https://b.example/")
    assert not paused_after([("http://127.0.0.1:8000/", 403)] * 9, "http://127.0.0.1:8000/")


def test_a_service_behind_many_hosts_is_left_alone_once_two_of_them_ask_for_fewer_requests() -> None:
    two = [("https://one.substack-like.com/", 429), ("https://two.substack-like.com/", 503)]
    assert not paused_after(two[:1], "https://three.substack-like.com/")
    assert paused_after(two, "https://three.substack-like.com/")
    assert not paused_after(two, "https://other.example/")
