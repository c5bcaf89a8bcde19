"""The client against the developers' hostile server: every network case, its bounds, and the canary."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Origin, Page
from fivegwatch.sources.http.client import NotModified, Web
from tests.buffers import unread_bytes

pytestmark = pytest.mark.shared

AREAS = {"http", "ssrf", "compression", "tls", "type"}
FETCH_ANYWHERE = {"page/stub/captcha-403", "feed/size/200mb", "feed/size/200mb-declared", "page/size/50mb"}
LIMITS_HERE = replace(
    LIMITS,
    document_s=20.0,
    read_s=8.0,
    own_concurrent_per_host=64,
    own_breaker_failures=10_000,
    retry_base_s=0.2,
)
ORIGIN = Origin(kind="feed", locator="hostile")


@dataclass
class Outcome:
    word: str
    kind: str
    seconds: float
    page: Page | None = None
    error: FetchError | None = None
    second: str = ""


class Server:
    """The hostile server in a process of its own, driven by its control addresses."""

    def __init__(self, base: str) -> None:
        self._base = base

    def ask(self, path: str) -> Any:
        with urllib.request.urlopen(self._base + path) as response:
            return json.load(response)


@contextmanager
def running(shared: Path) -> Iterator[Server]:
    script = shared / "hostile" / "server.py"
    if not script.is_file():
        pytest.skip(f"no hostile server at {script}")
    command = [sys.executable, "-B", "-W", "ignore", str(script), "--port", "0", "--lifetime", "300"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield Server(json.loads(process.stdout.readline())["url"])
        finally:
            process.terminate()


def is_network_case(case: dict[str, Any]) -> bool:
    return case["area"] in AREAS or case["id"] in FETCH_ANYWHERE


async def one(web: Web, case: dict[str, Any]) -> Outcome:
    started = time.monotonic()
    try:
        got = await web.fetch(case["url"], kind=case["kind"], origin=ORIGIN)
    except FetchError as exc:
        word = (
            "retry later" if exc.status in {429, 500, 503} else "skip" if exc.kind == "not_html" else "error"
        )
        return Outcome(word, exc.kind, time.monotonic() - started, error=exc)
    assert isinstance(got, Page)
    outcome = Outcome("keep", "", time.monotonic() - started, page=got)
    if case["checks"].get("second_poll"):
        outcome.second = await second_poll(web, case, got)
    return outcome


async def second_poll(web: Web, case: dict[str, Any], first: Page) -> str:
    again = await web.fetch(
        case["url"], kind=case["kind"], origin=ORIGIN, etag=first.etag, last_modified=first.last_modified
    )
    return "skip" if isinstance(again, NotModified) else "keep"


async def all_outcomes(ports: dict[str, int], cases: list[dict[str, Any]]) -> dict[str, Outcome]:
    allow = frozenset(("127.0.0.1", port) for name, port in ports.items() if name != "canary")
    async with Web(user_agent="fivegwatch/0 (+tests)", allow=allow, limits=LIMITS_HERE) as web:
        found = await asyncio.gather(*(one(web, case) for case in cases))
    return dict(zip((case["id"] for case in cases), found, strict=True))


@pytest.fixture(scope="module")
def walked(shared: Path) -> Iterator[tuple[Server, list[dict[str, Any]], dict[str, Outcome]]]:
    with running(shared) as server:
        index = server.ask("/index.json")
        cases = [case for case in index["cases"] if is_network_case(case)]
        yield server, cases, asyncio.run(all_outcomes(index["ports"], cases))


def test_every_network_case_ends_as_a_correct_client_ends_it(walked: Any) -> None:
    _, cases, outcomes = walked
    assert len(cases) > 200
    wrong = {
        case["id"]: (outcomes[case["id"]].word, outcomes[case["id"]].kind, case["accept"])
        for case in cases
        if outcomes[case["id"]].word not in case["accept"]
    }
    assert wrong == {}


def test_nothing_ever_reaches_the_internal_service(walked: Any) -> None:
    server, _, _ = walked
    assert server.ask("/_canary")["hits"] == 0


def test_every_case_stays_within_its_seconds_bytes_and_requests(walked: Any) -> None:
    server, cases, outcomes = walked
    broken = {}
    seen = server.ask("/_stats")
    for case in cases:
        stats = seen.get(case["path"], {"requests": 0, "bytes_sent": 0})
        seconds = outcomes[case["id"]].seconds
        if seconds > case["bounds"]["max_seconds"]:
            # Two hundred others had their turns in between: what the case itself takes is seen when it is alone.
            seconds = asyncio.run(all_outcomes(server.ask("/index.json")["ports"], [case]))[
                case["id"]
            ].seconds
        facts = (seconds, stats["bytes_sent"], stats["requests"])
        bounds = (
            case["bounds"]["max_seconds"],
            case["bounds"]["max_wire_bytes"] + unread_bytes(),
            case["bounds"]["max_requests"],
        )
        if any(fact > bound for fact, bound in zip(facts, bounds, strict=True)):
            broken[case["id"]] = (facts, bounds)
    assert broken == {}


def test_every_failure_carries_a_slug_and_no_request_leaks_a_secret(walked: Any) -> None:
    server, _, outcomes = walked
    assert all(o.kind for o in outcomes.values() if o.error is not None)
    assert not [path for path, stats in server.ask("/_stats").items() if stats.get("leaked")]


def test_moved_addresses_validators_and_retry_after_are_reported_as_the_cases_say(walked: Any) -> None:
    _, cases, outcomes = walked
    wrong = {}
    for case in cases:
        checks, outcome = case["checks"], outcomes[case["id"]]
        if "remember_new_url" in checks and (
            outcome.page is None or (outcome.page.moved_to is not None) != checks["remember_new_url"]
        ):
            wrong[case["id"]] = "moved_to"
        if "second_poll" in checks and outcome.second != checks["second_poll"]:
            wrong[case["id"]] = f"second poll {outcome.second}"
        if "retry_after_s" in checks:
            low, high = checks["retry_after_s"]
            asked = outcome.error.retry_after_s if outcome.error else None
            if asked is None or not low <= asked <= high:
                wrong[case["id"]] = f"retry after {asked}"
    assert wrong == {}
