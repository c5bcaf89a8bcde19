"""The polite client against our own hazards: what it keeps, what it refuses and why, what it never does."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from extractors.errors import FetchError
from extractors.limits import LIMITS, Limits
from extractors.model import Origin, Page
from sources.web import NotModified, Web
from tests.hostile_site import ARTICLE, FEED, PACKED, HostileSite

QUICK = replace(
    LIMITS,
    document_s=3.0,
    read_s=2.0,
    connect_s=1.0,
    dns_s=0.5,
    retry_base_s=0.02,
    page_wire=2**20,
    page_body=2**20,
)
ORIGIN = Origin(kind="feed", locator="test")
AGENT = "fivegwatch/0.1 (+mailto:ops@example.org)"


@pytest.fixture(scope="module")
def site() -> Iterator[HostileSite]:
    with HostileSite() as running:
        yield running


@pytest.fixture(autouse=True)
def fresh(request: pytest.FixtureRequest) -> None:
    if "site" in request.fixturenames:
        request.getfixturevalue("site").requests.clear()


def fetch(
    site: HostileSite,
    *urls: str,
    kind: Literal["feed", "page"] = "page",
    limits: Limits = QUICK,
    resolver: Any = None,
    allow: frozenset[tuple[str, int]] | None = None,
    **asked: Any,
) -> list[Page | NotModified | FetchError]:
    """What became of each URL, all asked at once."""

    async def one(web: Web, url: str) -> Page | NotModified | FetchError:
        try:
            return await web.fetch(url, kind=kind, origin=ORIGIN, **asked)
        except FetchError as exc:
            return exc

    async def run() -> list[Page | NotModified | FetchError]:
        permitted = site.allow if allow is None else allow
        async with Web(user_agent=AGENT, allow=permitted, limits=limits, resolver=resolver) as web:
            return list(await asyncio.gather(*(one(web, url) for url in urls)))

    return asyncio.run(run())


def page(site: HostileSite, path: str, **asked: Any) -> Page:
    (got,) = fetch(site, site.url(path), **asked)
    assert isinstance(got, Page), got
    return got


def failure(site: HostileSite, path: str, **asked: Any) -> FetchError:
    (got,) = fetch(site, site.url(path) if path.startswith("/") else path, **asked)
    assert isinstance(got, FetchError), got
    return got


# ---------------------------------------------------------------- what is kept


def test_a_page_carries_what_was_asked_and_what_was_served(site: HostileSite) -> None:
    got = page(site, "/ok")
    assert (got.requested_url, got.final_url, got.status) == (site.url("/ok"), site.url("/ok"), 200)
    assert (got.body, got.content_type, got.origin, got.moved_to) == (ARTICLE, "text/html", ORIGIN, None)
    assert got.captured_at.utcoffset() is not None


@pytest.mark.parametrize("coding", PACKED)
def test_every_coding_we_ask_for_is_undone(site: HostileSite, coding: str) -> None:
    assert page(site, "/packed/" + coding.replace(", ", "+")).body == ARTICLE


def test_a_request_is_honest_and_carries_nothing_personal(site: HostileSite) -> None:
    fetch(site, site.url("/cookie"))
    fetch(site, site.url("/cookie"), site.url("/cookie"))
    for request in site.asked("/cookie"):
        assert request.headers["user-agent"] == AGENT
        assert not {"cookie", "authorization", "referer"} & set(request.headers)


def test_validators_go_back_exactly_as_they_came(site: HostileSite) -> None:
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
def test_only_a_chain_of_permanent_redirects_moves_the_address(
    site: HostileSite, path: str, moves: bool
) -> None:
    got = page(site, path)
    assert got.final_url == site.url("/ok")
    assert got.moved_to == (site.url("/ok") if moves else None)


def test_five_redirects_are_followed_and_six_are_not(site: HostileSite) -> None:
    assert page(site, "/to/302" * 5 + "/ok").body == ARTICLE
    assert failure(site, "/to/302" * 6 + "/ok").kind == "too_many_redirects"


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
        # All at once, as a run meets them; the deadline bounds the lot.
        started = time.monotonic()
        found = fetch(site, *(site.url(path) for path in FAILURES), limits=replace(QUICK, document_s=4.0))
        assert time.monotonic() - started < 12
        assert all(isinstance(one, FetchError) for one in found), found
        return dict(zip(FAILURES, (one for one in found if isinstance(one, FetchError)), strict=True))


@pytest.mark.parametrize(("path", "kind", "transient"), [(p, *expected) for p, expected in FAILURES.items()])
def test_each_hazard_has_its_slug(
    failures: dict[str, FetchError], path: str, kind: str, transient: bool
) -> None:
    assert (failures[path].kind, failures[path].transient) == (kind, transient)
    assert failures[path].url in str(failures[path])


def test_refused_bombs_cost_little_memory(site: HostileSite) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert failure(site, "/bomb/br").kind == "too_large"
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 60


def test_bodies_of_redirects_stay_unread(site: HostileSite) -> None:
    started = time.monotonic()
    assert page(site, "/redirect/bomb").body == ARTICLE
    assert time.monotonic() - started < 1.0


@pytest.mark.parametrize(
    ("url", "kind"),
    [("http://news.example:8080/", "port"), ("ftp://news.example/", "scheme"), ("file:///etc/passwd", "scheme"),
     ("http://u:p@news.example/", "userinfo"), ("http://[::1/", "bad_url"), ("not a url", "bad_url"),
     ("http://10.0.0.1/", "blocked_address"), ("http://news.example/" + "a" * 2048, "url_too_long")],
)  # fmt: skip
def test_an_address_that_must_not_be_asked_is_never_asked(site: HostileSite, url: str, kind: str) -> None:
    error = failure(site, url)
    assert (error.kind, error.transient, site.requests) == (kind, False, [])


def test_content_is_not_judged_as_a_page_when_a_feed_is_asked_for(site: HostileSite) -> None:
    assert page(site, "/liar/type", kind="feed").body.startswith(b"%PDF")


# ---------------------------------------------------------------- addresses


INSIDE = [
    "http://127.0.0.1:CANARY/", "http://127.0.0.2:CANARY/", "http://2130706433:CANARY/", "http://0177.0.0.1:CANARY/",
    "http://0x7f.1:CANARY/", "http://0:CANARY/", "http://[::1]:CANARY/", "http://[::ffff:127.0.0.1]:CANARY/",
    "http://[64:ff9b::7f00:1]:CANARY/", "http://[2002:7f00:1::]:CANARY/", "http://localhost:CANARY/",
    "http://%31%32%37.0.0.1:CANARY/", "http://169.254.169.254/latest/", "http://x@127.0.0.1:CANARY/",
]  # fmt: skip


def test_no_spelling_of_an_internal_address_is_reached_by_a_redirect(site: HostileSite) -> None:
    found = fetch(site, *(site.url(f"/to/302/{target}") for target in INSIDE))
    assert {one.kind for one in found if isinstance(one, FetchError)} <= {"blocked_address", "userinfo"}
    assert len([one for one in found if isinstance(one, FetchError)]) == len(INSIDE)
    assert site.canary == 0


ANSWERS: dict[str, list[str]] = {
    "private.example": ["192.168.1.1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "mixed.example": ["93.184.215.14", "10.0.0.5"],
    "metadata.example": ["169.254.169.254"],
    "scoped.example": ["fe80::1%eth0"],
}


@pytest.mark.parametrize("host", ANSWERS)
def test_a_name_with_any_internal_answer_is_refused_whole(site: HostileSite, host: str) -> None:
    async def resolve(name: str, port: int) -> list[str]:
        return ANSWERS[name]

    error = failure(site, f"http://{host}/", resolver=resolve, kind="feed")
    assert (error.kind, error.transient) == ("blocked_address", False)


def test_a_name_that_changes_its_answer_is_looked_up_and_checked_at_each_hop(site: HostileSite) -> None:
    asked: list[str] = []

    async def resolve(name: str, port: int) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"] if name == "own.example" and len(asked) == 1 else ["127.0.0.53"]

    here = frozenset({("127.0.0.1", site.port), ("own.example", site.port)})
    got = fetch(
        site,
        f"http://own.example:{site.port}/to/302/http://rebound.example/",
        resolver=resolve,
        allow=here,
        kind="feed",
    )
    assert isinstance(got[0], FetchError)
    assert (got[0].kind, asked) == ("blocked_address", ["own.example", "rebound.example"])


def test_a_name_without_an_answer_is_a_dns_failure_within_the_limit(site: HostileSite) -> None:
    async def nobody(name: str, port: int) -> list[str]:
        return []

    async def silence(name: str, port: int) -> list[str]:
        await asyncio.sleep(60)
        return []

    started = time.monotonic()
    for resolve in (nobody, silence):
        error = failure(site, "http://nowhere.example/", resolver=resolve, kind="feed")
        assert (error.kind, error.transient) == ("dns", True)
    assert time.monotonic() - started < 3


def test_a_proxy_in_the_environment_is_not_used(site: HostileSite, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{site.canary_port}")
    assert page(site, "/ok").body == ARTICLE
    assert site.canary == 0


# ---------------------------------------------------------------- retries


@pytest.mark.parametrize("path", ["/reset/once", "/busy/once"])
def test_a_failure_before_any_body_is_tried_again(path: str) -> None:
    with HostileSite() as site:
        assert page(site, path).body == ARTICLE
        assert len(site.asked(path)) == 2


@pytest.mark.parametrize(
    ("path", "times"),
    [("/status/502", 3), ("/status/503", 3), ("/status/504", 3), ("/status/503?120", 1), ("/status/500", 1),
     ("/status/429", 1), ("/status/404", 1), ("/liar/length", 1), ("/reset/midway", 1), ("/garbage", 1)],
)  # fmt: skip
def test_only_what_a_retry_can_help_is_retried_and_twice_at_most(
    site: HostileSite, path: str, times: int
) -> None:
    failure(site, path)
    assert len(site.asked(path.partition("?")[0])) == times


def test_a_refused_connection_is_a_connect_failure(site: HostileSite) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        error = failure(
            site, f"http://127.0.0.1:{port}/", kind="feed", allow=frozenset({("127.0.0.1", port)})
        )
    assert (error.kind, error.transient) == ("connect", True)


def test_running_out_of_files_is_ours_and_not_the_hosts_failure(site: HostileSite) -> None:
    async def run() -> FetchError:
        async with Web(user_agent=AGENT, allow=site.allow, limits=QUICK) as web:
            await web.fetch(site.url("/ok"), kind="feed", origin=ORIGIN)
            hoard = []
            try:
                while True:
                    hoard.append(os.open(os.devnull, os.O_RDONLY))
            except OSError as exc:
                assert exc.errno == errno.EMFILE
            try:
                with pytest.raises(FetchError) as caught:
                    await web.fetch(site.url("/ok"), kind="feed", origin=ORIGIN)
            finally:
                for one in hoard:
                    os.close(one)
            assert isinstance(await web.fetch(site.url("/ok"), kind="feed", origin=ORIGIN), Page)
            return caught.value

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, hard), hard))
    try:
        error = asyncio.run(run())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (error.kind, error.transient) == ("local_resources", True)


@pytest.mark.parametrize(
    ("asked", "low", "high"), [("5", 5, 5), ("999999999", 86_400, 86_400), ("soon", None, None)]
)
def test_our_own_machines_may_ask_for_short_waits(
    site: HostileSite, asked: str, low: float, high: float
) -> None:
    error = failure(site, f"/status/429?{asked}")
    assert error.status == 429
    assert error.retry_after_s is None if low is None else low <= (error.retry_after_s or 0) <= high


# ---------------------------------------------------------------- robots.txt


@pytest.mark.parametrize(
    ("robots", "kind"),
    [
        (b"User-agent: *\nDisallow: /private\n", None),
        (b"User-agent: *\nDisallow: /ok\n", "robots"),
        (b"User-agent: other\nDisallow: /\n\nUser-agent: fivegwatch\nDisallow: /ok\n", "robots"),
        (b"User-agent: *\nDisallow: /\n\nUser-agent: FiveGWatch/2\nAllow: /ok\n", None),
        (b"User-agent: *\nDisallow: /\nAllow: /ok$\n", None),
        (b"<html>a page, not rules</html>", None),
        (b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /ok\r\n", "robots"),
        (b"User-agent: *\nDisallow: /ok\n" + b"# padding\n" * 100_000, "robots"),
        ("403 Forbidden", None),
        ("204 No Content", None),
        ("301 Moved -> http://127.0.0.1:CANARY/robots.txt", None),
        ("302 Found -> /robots.txt", None),
        ("503 Service Unavailable", "robots_unreachable"),
    ],
)
def test_robots_txt_decides_as_the_standard_says(robots: bytes | str, kind: str | None) -> None:
    with HostileSite(robots=robots) as site:
        (got,) = fetch(site, site.url("/ok"))
        assert (got.kind if isinstance(got, FetchError) else None) == kind
        assert len(site.asked("/ok")) == (0 if kind else 1)
        assert site.canary == 0


def test_robots_txt_is_asked_once_for_many_pages_and_never_for_feeds() -> None:
    with HostileSite(robots=b"User-agent: *\nDisallow: /feed\n") as site:
        fetch(site, *[site.url("/ok")] * 10)
        assert len(site.asked("/robots.txt")) == 1
        assert page(site, "/feed", kind="feed").body == FEED
        assert len(site.asked("/robots.txt")) == 1
        assert failure(site, "/feed", kind="feed", check_robots=True).kind == "robots"


def test_a_redirect_into_a_forbidden_path_is_not_followed() -> None:
    with HostileSite(robots=b"User-agent: *\nDisallow: /ok\n") as site:
        assert failure(site, "/to/302/ok").kind == "robots"
        assert site.asked("/ok") == []


# ---------------------------------------------------------------- TLS


def test_a_certificate_nobody_vouches_for_is_refused_and_an_own_ca_is_honoured(tmp_path: Path) -> None:
    authority = pytest.importorskip("tests.certificates")
    cert, key, ca = authority.make(tmp_path, "127.0.0.1")

    async def run(tls: ssl.SSLContext | None) -> Page | FetchError:
        served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        served.load_cert_chain(cert, key)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=served)
        port = server.sockets[0].getsockname()[1]
        async with (
            server,
            Web(user_agent=AGENT, allow=frozenset({("127.0.0.1", port)}), limits=QUICK, tls=tls) as web,
        ):
            try:
                got = await web.fetch(f"https://127.0.0.1:{port}/", kind="feed", origin=ORIGIN)
            except FetchError as exc:
                return exc
            assert isinstance(got, Page)
            return got

    refused = asyncio.run(run(None))
    assert isinstance(refused, FetchError)
    assert (refused.kind, refused.transient) == ("tls", False)
    trusted = asyncio.run(run(ssl.create_default_context(cafile=ca)))
    assert isinstance(trusted, Page)
