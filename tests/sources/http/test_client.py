"""The HTTP client and network hazards: what it returns, what it refuses, and with which kind of error."""

from __future__ import annotations

import asyncio
import resource
import time
from dataclasses import replace

import pytest

from fivegwatch.extractors.errors import FetchError
from fivegwatch.sources.http.client import NotModified, Web
from tests.hostile_site import ARTICLE, FEED, PACKED, HostileSite
from tests.sources.asking import AGENT, HURRIED, ORIGIN, QUICK, failure, fetch, page

# ---------------------------------------------------------------- what is kept


def test_a_page_carries_what_was_asked_and_what_was_served(site: HostileSite) -> None:
    got = page(site, "/ok")
    assert (got.requested_url, got.final_url, got.status) == (site.url("/ok"), site.url("/ok"), 200)
    assert (got.body, got.content_type, got.origin, got.moved_to) == (ARTICLE, "text/html", ORIGIN, None)
    assert got.captured_at.utcoffset() is not None


@pytest.mark.parametrize("coding", PACKED)
def test_every_coding_we_ask_for_is_undone(site: HostileSite, coding: str) -> None:
    assert page(site, "/packed/" + coding.replace(", ", "+")).body == ARTICLE


def test_a_request_names_the_project_and_contains_nothing_personal(site: HostileSite) -> None:
    fetch(site, site.url("/cookie"))
    fetch(site, site.url("/cookie"), site.url("/cookie"))
    for request in site.asked("/cookie"):
        assert request.headers["user-agent"] == AGENT
        assert not {"cookie", "authorization", "referer"} & set(request.headers)


def test_validators_are_sent_back_unchanged(site: HostileSite) -> None:
    first = page(site, "/validators", kind="feed")
    assert (first.etag, first.last_modified) == ('W/"odd one', "yesterday, roughly")
    (second,) = fetch(
        site, site.url("/validators"), kind="feed", etag=first.etag, last_modified=first.last_modified
    )
    assert second == NotModified(
        url=site.url("/validators"), etag=first.etag, last_modified=first.last_modified
    )
    sent = site.asked("/validators")[-1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == (first.etag, first.last_modified)


def test_validators_that_are_too_long_or_unprintable_are_neither_kept_nor_sent(site: HostileSite) -> None:
    got = page(site, "/bad-validators", kind="feed")
    assert (got.etag, got.last_modified) == (None, None)
    page(site, "/feed", kind="feed", etag="x" * 513, last_modified="caf\xe9")
    assert not {"if-none-match", "if-modified-since"} & set(site.asked("/feed")[-1].headers)


def test_validators_stay_with_the_address_that_gave_them(site: HostileSite) -> None:
    got = page(site, "/to/302/validators", kind="feed", etag='W/"odd one', last_modified="yesterday, roughly")
    assert (got.body, got.etag, got.last_modified) == (FEED, None, None)
    assert "if-none-match" not in site.asked("/validators")[-1].headers


@pytest.mark.parametrize(
    ("path", "moves"),
    [("/to/301/ok", True), ("/to/308/ok", True), ("/to/302/ok", False), ("/to/303/ok", False), ("/to/307/ok", False),
     ("/to/301/to/308/ok", True), ("/to/301/to/302/ok", False), ("/to/302/to/301/ok", False)],
)  # fmt: skip
def test_only_permanent_redirects_change_the_address(site: HostileSite, path: str, moves: bool) -> None:
    got = page(site, path)
    assert got.final_url == site.url("/ok")
    assert got.moved_to == (site.url("/ok") if moves else None)


def test_five_redirects_are_followed_and_six_are_not(site: HostileSite) -> None:
    assert page(site, "/to/302" * 5 + "/ok").body == ARTICLE
    assert failure(site, "/to/302" * 6 + "/ok").kind == "too_many_redirects"


def test_a_circle_of_redirects_fails_at_once(site: HostileSite) -> None:
    assert failure(site, "/circle").kind == "too_many_redirects"
    assert len(site.asked("/circle")) == 1


# ---------------------------------------------------------------- what is refused, and how it is called


FAILURES = {
    "/status/404": ("http_404", False),
    "/status/410": ("http_410", False),
    "/status/403": ("http_403", False),
    "/status/500": ("http_500", True),
    "/status/503": ("http_503", True),
    "/status/429": ("http_429", True),
    "/status/204": ("http_204", False),
    "/status/206": ("http_206", False),
    "/to/302/to/302/status/404": ("http_404", False),
    "/liar/not-modified": ("not_modified_unasked", False),
    "/liar/length": ("incomplete", True),
    "/liar/coding": ("decode", False),
    "/liar/chain": ("decode", False),
    "/liar/cut-gzip": ("decode", False),
    "/liar/type": ("not_html", False),
    "/garbage": ("bad_response", False),
    "/reset/midway": ("incomplete", True),
    "/stall": ("timeout", True),
    "/drip": ("deadline", True),
    "/endless": ("too_large", False),
    "/announced": ("too_large", False),
    "/interim": ("too_large", False),
    "/bomb/gzip": ("too_large", False),
    "/bomb/deflate": ("too_large", False),
    "/bomb/br": ("too_large", False),
    "/bomb/zstd": ("too_large", False),
    "/bomb/nested": ("too_large", False),
    "/bomb/hollow": ("too_large", False),
}


@pytest.fixture(scope="module")
def failures() -> dict[str, FetchError]:
    with HostileSite() as site:
        # All at once, as a run meets them: those without an end, given up by the clock; the others, by what they send.
        hurried = [path for path, (kind, _) in FAILURES.items() if kind in ("timeout", "deadline")]
        others = [path for path in FAILURES if path not in hurried]
        found = {
            path: outcome
            for paths, limits in ((hurried, HURRIED), (others, QUICK))
            for path, outcome in zip(paths, fetch(site, *map(site.url, paths), limits=limits), strict=True)
        }
    assert all(isinstance(outcome, FetchError) for outcome in found.values()), found
    return {path: outcome for path, outcome in found.items() if isinstance(outcome, FetchError)}


@pytest.mark.slow
@pytest.mark.parametrize(("path", "kind", "transient"), [(p, *expected) for p, expected in FAILURES.items()])
def test_each_hazard_has_its_kind_of_error(
    failures: dict[str, FetchError], path: str, kind: str, transient: bool
) -> None:
    assert (failures[path].kind, failures[path].transient) == (kind, transient)
    assert failures[path].url in str(failures[path])


def test_refused_bombs_cost_little_memory(site: HostileSite) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert failure(site, "/bomb/br").kind == "too_large"
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 60


@pytest.mark.parametrize("path", ["/redirect/bomb", "/redirect/drip"])
def test_bodies_of_redirects_are_not_read(site: HostileSite, path: str) -> None:
    """The body that is sent drop by drop would exceed the deadline if it were read."""
    assert page(site, path).body == ARTICLE


@pytest.mark.parametrize(
    ("url", "kind"),
    [("http://news.example:8080/", "port"), ("ftp://news.example/", "scheme"), ("file:///etc/passwd", "scheme"),
     ("http://u:p@news.example/", "userinfo"), ("http://[::1/", "bad_url"), ("not a url", "bad_url"),
     ("http://10.0.0.1/", "blocked_address"), ("http://news.example/" + "a" * 2048, "url_too_long")],
)  # fmt: skip
def test_a_refused_address_is_never_requested(site: HostileSite, url: str, kind: str) -> None:
    error = failure(site, url)
    assert (error.kind, error.transient, site.requests) == (kind, False, [])


def test_content_is_not_judged_as_a_page_when_a_feed_is_asked_for(site: HostileSite) -> None:
    assert page(site, "/liar/type", kind="feed").body.startswith(b"%PDF")


def test_time_in_which_this_process_was_held_up_is_not_the_servers(site: HostileSite) -> None:
    async def held_up() -> object:
        limits = replace(QUICK, read_s=0.3, document_s=20.0)
        async with Web(user_agent=AGENT, allow=frozenset({("127.0.0.1", site.port)}), limits=limits) as web:
            asking = asyncio.create_task(web.fetch(site.url("/feed"), kind="feed", origin=ORIGIN))
            for _ in range(4):  # connected, and the request is sent
                await asyncio.sleep(0)
            time.sleep(1.5)
            return await asking

    assert getattr(asyncio.run(held_up()), "body", b"") == FEED
