"""The HTTP client: refused addresses, retries, certificates and robots.txt."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.model import Page
from fivegwatch.sources.http.client import Web
from tests import certificates
from tests.conftest import ROOT
from tests.hostile_site import ARTICLE, FEED, HostileSite
from tests.sources.asking import AGENT, HURRIED, ORIGIN, QUICK, failure, fetch, page

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
        await asyncio.sleep(600)
        return []

    started = time.monotonic()
    for resolve in (nobody, silence):
        error = failure(site, "http://nowhere.example/", resolver=resolve, kind="feed", limits=HURRIED)
        assert (error.kind, error.transient) == ("dns", True)
    assert time.monotonic() - started < 300  # given up after half a second, not when the silence ends


def test_a_proxy_in_the_environment_is_not_used(site: HostileSite, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{site.canary_port}")
    assert page(site, "/ok").body == ARTICLE
    assert site.canary == 0


# ---------------------------------------------------------------- retries


@pytest.mark.parametrize("path", ["/reset/once", "/busy/once"])
def test_a_failure_before_the_body_is_retried(path: str) -> None:
    with HostileSite() as site:
        assert page(site, path).body == ARTICLE
        assert len(site.asked(path)) == 2


@pytest.mark.parametrize(
    ("path", "times"),
    [("/status/502", 3), ("/status/503", 3), ("/status/504", 3), ("/status/503?120", 1), ("/status/500", 1),
     ("/status/429", 1), ("/status/404", 1), ("/liar/length", 1), ("/reset/midway", 1), ("/garbage", 1)],
)  # fmt: skip
def test_only_transient_failures_are_retried_and_at_most_twice(
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


def test_running_out_of_open_files_does_not_count_against_the_host(site: HostileSite) -> None:
    command = [sys.executable, "-m", "tests.sources.starving", site.url("/ok")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=True)
    assert done.stdout.strip() == "page, local_resources True, page"


@pytest.mark.parametrize(
    ("asked", "low", "high"), [("5", 5, 5), ("999999999", 86_400, 86_400), ("soon", None, None)]
)
def test_the_operators_own_machines_may_ask_for_short_waits(
    site: HostileSite, asked: str, low: float, high: float
) -> None:
    error = failure(site, f"/status/429?{asked}")
    assert error.status == 429
    assert error.retry_after_s is None if low is None else low <= (error.retry_after_s or 0) <= high


# ---------------------------------------------------------------- robots.txt


NOTHING = b"User-agent: *\nDisallow: /\n"


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
        (("203 Non-Authoritative", "", NOTHING), "robots"),
        (("206 Partial Content", "", NOTHING), "robots"),
        (("226 IM Used", "", NOTHING), "robots"),
        (("299 Odd", "", NOTHING), "robots"),
        (("404 Not Found", "", NOTHING), None),
        (("200 OK", "UTF-8", NOTHING), "robots"),
        (("200 OK", "none", NOTHING), "robots"),
        (("200 OK", "gzip", gzip.compress(NOTHING)), "robots"),
        (("200 OK", "gzip", gzip.compress(NOTHING * 50)[:-8]), "robots_unreachable"),
        (("200 OK", "gzip", NOTHING), "robots_unreachable"),
        (("200 OK", "compress", NOTHING), "robots_unreachable"),
    ],
)
def test_robots_txt_decides_as_the_standard_says(
    robots: bytes | str | tuple[str, str, bytes], kind: str | None
) -> None:
    with HostileSite(robots=robots) as site:
        (got,) = fetch(site, site.url("/ok"))
        assert (got.kind if isinstance(got, FetchError) else None) == kind
        assert len(site.asked("/ok")) == (0 if kind else 1)
        assert site.canary == 0


def test_robots_txt_is_fetched_once_for_many_pages_and_never_for_feeds() -> None:
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


def test_an_untrusted_certificate_is_refused_and_a_given_ca_is_trusted(tmp_path: Path) -> None:
    cert, key, ca = certificates.make(tmp_path, "127.0.0.1")

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
    assert (refused.kind, refused.transient) == ("tls", True)
    trusted = asyncio.run(run(ssl.create_default_context(cafile=ca)))
    assert isinstance(trusted, Page)
