"""Hostile robots.txt files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

import pytest
from protego import Protego

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.sources.http.robots import Robots, only_our_groups
from tests.growth import assert_costs_in_proportion
from tests.sources.waiting import run_leaping

SAMPLES = [
    "User-agent: *\nDisallow: /a\n",
    "User-agent: a\nUser-agent: fw\nUser-agent: b\nDisallow: /a\n\nUser-agent: *\nDisallow: /b\n",
    "User-agent: a\nDisallow: /\nUser-agent: fw\nDisallow: /b\nCrawl-delay: 3\n",
    "user agent a\nDisallow: /\n\nUSER-AGENT: FW # us\nAllow: /a\nDisallow: /\n",
    "Disallow: /a\nUser-agent: *\nSitemap: /s.xml\nUser-agent: x\nDisallow: /b\n",
    "User-agent: fw\nDisallow: /a\n\nUser-agent: fw\nDisallow: /b\n",
]


@pytest.mark.parametrize("text", SAMPLES)
@pytest.mark.parametrize("path", ["/a", "/b", "/c"])
def test_folding_other_robots_changes_no_rule_for_us(text: str, path: str) -> None:
    url = "https://x.example" + path
    whole, folded = Protego.parse(text), Protego.parse(only_our_groups(text, "fw"))
    assert folded.can_fetch(url, "fw") == whole.can_fetch(url, "fw")
    assert folded.crawl_delay("fw") == whole.crawl_delay("fw")


@pytest.mark.parametrize("odd", "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
def test_only_cr_and_lf_end_a_line(odd: str) -> None:
    def allowed(text: str, path: str = "/a") -> bool:
        rules = Protego.parse(only_our_groups(text, "fw"))
        return bool(rules.can_fetch("https://x.example" + path, "fw"))

    assert allowed(f"User-agent: *\n# a comment {odd}Disallow: /\n")
    assert allowed(f"User-agent: *\nDisallow: /b{odd}Disallow: /a\n")
    assert not allowed(f"User-agent: *{odd}\r{odd}Disallow: /a{odd}\r\n")
    assert not allowed(f"User-agent: *\nDisallow: /x{odd}y\n", f"/x{quote(odd)}y")


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (
            lambda size: "".join(f"User-agent: r{n}\n" for n in range(size)) + "Disallow: /a\n" * size,
            4_000,
        ),
        (
            lambda size: "User-agent: *\n" + "".join(f"Disallow: /*a*a*a{n}*b$\n" for n in range(size)),
            10_000,
        ),
        (lambda size: "User-agent: *\nDisallow: /" + "*a" * size + "*b\n", 200_000),
        (lambda size: "User-agent" + " " * size, 40_000),
        (lambda size: "\n" * size, 100_000),
    ],
    ids=["names", "wildcards", "one long rule", "blanks", "empty lines"],
)
def test_the_time_for_hostile_rules_is_in_proportion_to_their_size(
    text: Callable[[int], str], size: int
) -> None:
    def reading(size: int) -> Callable[[], object]:
        rules = text(size)[: LIMITS.robots_body]
        return lambda: Protego.parse(only_our_groups(rules, "fw")).can_fetch(
            "https://x.example/" + "a" * 2000, "fw"
        )

    assert_costs_in_proportion(reading, size)


def test_the_number_of_cached_sites_is_bounded_and_failures_are_retried_later() -> None:
    asked: list[str] = []

    async def fetch(url: str) -> bytes:
        asked.append(url)
        if "down" in url:
            raise FetchError("x", url=url, kind="http_503", transient=True, status=503)
        return b""

    async def run() -> None:
        limits = replace(LIMITS, robots_origins=3, robots_failure_s=0.05)
        robots = Robots(fetch, product="fw", limits=limits, allow=frozenset())
        for n in (1, 2, 3, 4, 4, 1):
            await robots.check_allowed(f"https://{n}.example/a")
        assert [url[8] for url in asked] == ["1", "2", "3", "4", "1"]
        for _ in range(3):
            with pytest.raises(FetchError, match="robots"):
                await robots.check_allowed("https://down.example/a")
        assert len(asked) == 6
        await asyncio.sleep(0.06)
        with pytest.raises(FetchError):
            await robots.check_allowed("https://down.example/a")
        assert len(asked) == 7

    run_leaping(run())
