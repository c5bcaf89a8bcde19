"""The pace of services: how often they are asked, what a refusal means, and what a fault."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.errors import FetchError
from fivegwatch.sources.http.client import Reply, Web
from fivegwatch.sources.services.throttle import Lane, Throttle
from tests.fakes.service import Answer, Asked, LoopbackService
from tests.sources.waiting import FakeTime, asking


class Plain(LoopbackService):
    """Answers 200 ``fine`` unless told otherwise."""

    def road(self, asked: Asked) -> str:
        return "any"

    def answer(self, asked: Asked) -> Answer:
        return Answer(200, b"fine")


def ask(
    fake: LoopbackService, time: FakeTime, *, times: int = 1, lane: Lane = "cdx", **options: object
) -> list[Reply]:
    async def job(web: Web) -> list[Reply]:
        throttle = time.throttle()
        return [await throttle.ask(web, lane, fake.url + "/x", **options) for _ in range(times)]  # type: ignore[arg-type]

    return asking(fake, job)


@pytest.mark.parametrize(
    ("lane", "spacing"), [("cdx", 2.5), ("replay", 0.125), ("gdelt_doc", 5.0), ("news_crawl", 1.0)]
)
def test_requests_to_a_service_start_no_closer_than_its_limit(lane: Lane, spacing: float) -> None:
    time, starts = FakeTime(), []

    async def one(throttle: Throttle) -> None:
        await throttle.turn(lane)
        starts.append(time.now)

    async def run() -> None:
        throttle = time.throttle()
        await asyncio.gather(*(one(throttle) for _ in range(5)))

    asyncio.run(run())
    assert [round(later - earlier, 6) for earlier, later in pairwise(sorted(starts))] == [spacing] * 4


def test_a_service_has_a_pace_of_its_own() -> None:
    time = FakeTime()

    async def run() -> None:
        throttle = time.throttle()
        throttle.refused("cdx", 0)
        await throttle.turn("replay")

    asyncio.run(run())
    assert time.now == 0


def test_a_429_without_a_time_is_waited_out_for_a_minute_and_asked_again() -> None:
    time = FakeTime()
    with Plain() as fake:
        fake.fail("any", 429)
        (reply,) = ask(fake, time)
        assert (reply.body, len(fake.log), time.pauses) == (b"fine", 2, [60.0])


def test_refusals_in_a_row_are_waited_out_longer_and_longer_until_the_tries_are_spent() -> None:
    time = FakeTime()
    with Plain() as fake:
        fake.fail("any", *[429] * 6)
        with pytest.raises(FetchError) as caught:
            ask(fake, time)
        assert (caught.value.kind, caught.value.transient, len(fake.log)) == ("http_429", True, 6)
        assert time.pauses == [60.0, 120.0, 240.0, 480.0, 900.0]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=12), st.integers(1, 6))
def test_after_a_refusal_nothing_starts_for_a_minute_whoever_waits(refusing: list[bool], tasks: int) -> None:
    time, starts, refusals = FakeTime(), [], []
    outcomes = iter(refusing)

    async def one(throttle: Throttle) -> None:
        for refused in outcomes:
            turn = await throttle.turn("cdx")
            starts.append(time.now)
            if refused:
                refusals.append(time.now)
                throttle.refused("cdx", turn)
            else:
                throttle.accepted("cdx")

    async def run() -> None:
        throttle = time.throttle()
        await asyncio.gather(*(one(throttle) for _ in range(tasks)), return_exceptions=True)

    asyncio.run(run())
    assert all(later - earlier >= 2.5 - 1e-9 for earlier, later in pairwise(starts))
    assert not [at for at in starts for said in refusals if said < at < said + 60]


def test_the_time_a_service_asks_for_is_kept() -> None:
    time = FakeTime()
    with Plain() as fake:
        fake.fail(
            "any", Answer(429, b"", (("Retry-After", "77"),)), Answer(503, b"", (("Retry-After", "33"),))
        )
        ask(fake, time)
        assert time.pauses == [77.0, 33.0]


def test_an_hour_is_not_waited_out_but_told() -> None:
    time = FakeTime()
    with Plain() as fake:
        fake.fail("any", Answer(429, b"", (("Retry-After", "3600"),)))
        with pytest.raises(FetchError) as caught:
            ask(fake, time)
        error = caught.value
        assert (error.kind, error.transient, error.retry_after_s, len(fake.log)) == (
            "service_closed",
            True,
            3600,
            1,
        )


def test_a_refusal_stops_everyone_who_waits_for_a_turn() -> None:
    time, starts = FakeTime(), []

    async def one(throttle: Throttle) -> None:
        await throttle.turn("replay")
        starts.append(time.now)
        if len(starts) == 2:
            throttle.refused("replay", 0)

    async def run() -> None:
        throttle = time.throttle()
        await asyncio.gather(*(one(throttle) for _ in range(8)))

    asyncio.run(run())
    assert sorted(starts)[:2] == [0.0, 0.125]
    assert [round(at - 60.125, 6) for at in sorted(starts)[2:]] == [n * 0.125 for n in range(6)]


def test_requests_that_were_under_way_when_a_service_refused_count_as_one_refusal() -> None:
    time = FakeTime()

    async def run() -> None:
        throttle = time.throttle()
        turns = [await throttle.turn("replay") for _ in range(4)]
        for turn in turns:
            throttle.refused("replay", turn)
        await throttle.turn("replay")

    asyncio.run(run())
    assert time.now == 60 + 3 * 0.125


@pytest.mark.parametrize("status", [413, 421, 500, 502, 503, 504, 599, 0])
def test_faults_and_broken_connections_are_tried_six_times_with_growing_pauses(status: int) -> None:
    time = FakeTime()
    with Plain() as fake:
        fake.fail("any", *[status] * 5)
        (reply,) = ask(fake, time, lane="replay")
        assert (reply.body, time.pauses) == (b"fine", [2.0, 4.0, 8.0, 16.0, 32.0])
        fake.fail("any", *[status] * 6)
        with pytest.raises(FetchError) as caught:
            ask(fake, time)
        assert caught.value.transient


@pytest.mark.parametrize("status", [400, 403, 404, 302])
def test_other_answers_are_given_to_the_caller_at_once(status: int) -> None:
    time = FakeTime()
    with Plain() as fake:
        fake.fail("any", Answer(status, b"why", (("Location", "/elsewhere"),)))
        (reply,) = ask(fake, time)
        assert (reply.head.status, len(fake.log), time.pauses) == (status, 1, [])
        assert reply.body == (b"" if status == 302 else b"why")


@pytest.mark.parametrize("status", [429, 503])
def test_a_captured_refusal_is_content_and_no_refusal(status: int) -> None:
    time = FakeTime()
    with Plain() as fake:
        fake.fail("any", Answer(status, b"then", (("Memento-Datetime", "Fri, 24 Nov 2017 15:13:15 GMT"),)))
        (reply,) = ask(fake, time, lane="replay")
        assert (reply.head.status, time.pauses) == (status, [])


def test_words_can_be_a_refusal_too() -> None:
    time = FakeTime()
    with Plain() as fake:
        fake.fail("any", Answer(200, b"Please limit requests"))
        (reply,) = ask(fake, time, busy=lambda reply: reply.body.startswith(b"Please"))
        assert (reply.body, time.pauses) == (b"fine", [60.0])


def test_what_will_never_work_is_not_tried_again() -> None:
    time = FakeTime()

    async def job(web: Web) -> None:
        await time.throttle().ask(web, "cdx", "http://10.0.0.1/x")

    with Plain() as fake, pytest.raises(FetchError) as caught:
        asking(fake, job)
    assert (caught.value.kind, time.pauses) == ("blocked_address", [])


def test_a_refusal_by_a_service_does_not_end_the_talk_with_its_host() -> None:
    """Elsewhere a 429 gives a host up for the run; here the throttle alone decides."""
    time = FakeTime()
    with Plain() as fake:
        fake.fail("any", *[429, 503] * 2)
        assert [reply.body for reply in ask(fake, time, times=3)] == [b"fine"] * 3


def test_an_errors_body_is_cut_and_a_broken_one_does_not_hide_the_status() -> None:
    time = FakeTime()
    with Plain() as fake:
        fake.fail("any", Answer(403, b"x" * 1_000_000), Answer(403, b"x", (("Content-Encoding", "gzip"),)))
        first, second = ask(fake, time, times=2)
        assert (len(first.body), second.head.status, second.body) == (65_536, 403, b"")
