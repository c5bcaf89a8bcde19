"""Addresses: which may be fetched, and which name the same document."""

from __future__ import annotations

import hashlib
import ipaddress
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.web.urls import canonical_url, is_blocked_address, site_of, url_id, vet_url

# ---------------------------------------------------------------- strategies

HOST = st.builds(
    ".".join,
    st.lists(
        st.sampled_from(["www", "m", "mobile", "amp", "news", "co", "uk", "com", "example", "xn--p1ai"]),
        min_size=1,
        max_size=5,
    ),
)
PATH = st.lists(
    st.sampled_from(
        [
            "amp",
            "a",
            "b.amp",
            "c.amp.html",
            "amp.html",
            "",
            ".",
            "..",
            "%2e%2E",
            "%7Eu",
            "%zz",
            "s",
            "x;jsessionid=1",
            "é",
        ]
    ),
    max_size=6,
).map("/".join)
PAIR = st.builds(
    "=".join,
    st.tuples(
        st.sampled_from(["utm_source", "id", "ref", "cid", "amp", "outputType", "a", "", "%61", "q%"]),
        st.sampled_from(["1", "amp", "", "x y", "%2e", "é"]),
    ),
)
URLS = st.builds(
    lambda scheme, host, port, path, query, fragment: f"{scheme}://{host}{port}/{path}{query}{fragment}",
    st.sampled_from(["http", "https", "HTTP"]),
    HOST
    | st.sampled_from(["127.0.0.1", "[::1]", "www.google.com", "a-b.cdn.ampproject.org", "EXAMPLE.com."]),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    PATH
    | PATH.map(lambda path: "c/s/www.example.com/" + path)
    | PATH.map(lambda path: "amp/s/example.com/" + path),
    st.lists(PAIR, max_size=4).map(lambda pairs: "?" + "&".join(pairs) if pairs else ""),
    st.sampled_from(["", "#top"]),
)


# ---------------------------------------------------------------- what may be connected to


@given(
    st.one_of(st.text(max_size=80), URLS, st.text("htps:/@[]\\.0x127%#?", max_size=40).map("http://".__add__))
)
@example("http://[::1")
@example("http://../")
@example("https:///x")
@example("\udcff")
def test_whatever_is_given_the_result_is_a_web_address_or_a_refusal(text: str) -> None:
    try:
        vetted = vet_url(text, base="https://news.example.org/feed")
    except FetchError as exc:
        assert not exc.transient
        assert exc.kind in {"scheme", "port", "userinfo", "url_too_long", "bad_url", "blocked_address"}
        return
    parts = urlsplit(vetted)
    assert parts.scheme in {"http", "https"}
    assert "@" not in parts.netloc and not parts.fragment
    assert parts.port in {None, 80, 443}
    assert vetted.isascii() and len(vetted) <= 2048
    assert vet_url(vetted) == vetted


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("javascript:alert(1)", "scheme"),
        ("JaVa\tScRiPt:alert(1)", "scheme"),
        ("data:text/html,x", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("ftp://example.org/", "scheme"),
        ("blob:https://example.org/x", "scheme"),
        ("https://user@example.org/", "userinfo"),
        ("https://:p@example.org/", "userinfo"),
        ("https://example.org:22/", "port"),
        ("https://example.org:8080/", "port"),
        ("https://example.org:99999/", "bad_url"),
        ("http://127.0.0.1/", "blocked_address"),
        ("http://2130706433/", "blocked_address"),
        ("http://0177.1/", "blocked_address"),
        ("http://0x7f000001/", "blocked_address"),
        ("http://１２７.0.0.1/", "blocked_address"),
        ("http://[::1]/", "blocked_address"),
        ("http://[::ffff:7f00:1]/", "blocked_address"),
        ("http://[fd00:ec2::254]/", "blocked_address"),
        ("http:\\\\10.0.0.1\\x", "blocked_address"),
        ("http://localhost/", "blocked_address"),
        ("http://a.LOCALHOST./", "blocked_address"),
        ("http://169.254.169.254/", "blocked_address"),
        ("http://[::1", "bad_url"),
        ("http://[fe80::1%25lo]/", "bad_url"),
        ("https://", "bad_url"),
        ("https://exa mple.org/", "bad_url"),
        ("https://example.org/" + "a" * 2048, "url_too_long"),
        ("https://example.org/" + "é" * 600, "url_too_long"),
    ],
)
def test_a_dangerous_address_is_refused_by_name(url: str, kind: str) -> None:
    with pytest.raises(FetchError) as caught:
        vet_url(url)
    assert (caught.value.kind, caught.value.transient) == (kind, False)


@pytest.mark.parametrize(
    ("url", "base", "expected"),
    [
        ("../b?x=1#top", "https://example.org/a/c", "https://example.org/b?x=1"),
        ("//cdn.example.org/x", "https://example.org/", "https://cdn.example.org/x"),
        (" https://example.org:443/a ", None, "https://example.org/a"),
        ("https://bücher.example/ä", None, "https://xn--bcher-kva.example/%C3%A4"),
        ("https://example.org/a?utm_source=rss", None, "https://example.org/a?utm_source=rss"),
        ("http://8.8.8.8/", None, "http://8.8.8.8/"),
    ],
)
def test_an_address_is_read_as_a_browser_reads_it(url: str, base: str | None, expected: str) -> None:
    assert vet_url(url, base=base) == expected


def test_only_the_exact_host_and_port_that_the_operator_names_are_allowed() -> None:
    allow = frozenset({("127.0.0.1", 8000), ("intranet.example", 8443)})
    assert vet_url("http://127.0.0.1:8000/x", allow=allow)
    assert vet_url("https://intranet.example:8443/x", allow=allow)
    for url in (
        "http://127.0.0.1:8001/",
        "http://127.0.0.2:8000/",
        "http://a.intranet.example:8443/",
        "http://127.0.0.1/",
    ):
        with pytest.raises(FetchError):
            vet_url(url, allow=allow)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.31.255.255",
        "192.168.0.1",
        "198.19.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_an_internal_address_is_blocked_in_every_spelling(address: str) -> None:
    assert is_blocked_address(address)


@given(st.ip_addresses())
def test_every_special_network_of_the_registries_is_blocked(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if not address.is_global:
        assert is_blocked_address(str(address)) or address in ipaddress.ip_network("192.0.0.0/24")


# ---------------------------------------------------------------- what names the same document


@given(URLS)
def test_the_canonical_url_of_a_canonical_url_is_itself(url: str) -> None:
    try:
        key = canonical_url(url)
    except FetchError as exc:
        assert exc.kind == "bad_url"
        return
    assert canonical_url(key) == key
    assert key.startswith("https://") and "#" not in key and "utm_" not in key


@pytest.mark.parametrize(
    "same",
    [
        (
            "https://example.org/a",
            "http://example.org/a",
            "https://www.example.org/a/",
            "https://EXAMPLE.org:443/a#top",
            "https://example.org./a",
        ),
        ("https://example.org/", "http://www.example.org", "https://m.example.org/?"),
        (
            "https://example.org/a?b=2&a=1",
            "https://example.org/a?a=1&b=2",
            "https://example.org/a/?a=1&b=2&b=2",
        ),
        (
            "https://example.org/a",
            "https://example.org/a?utm_source=rss&utm_medium=feed",
            "https://example.org/a?fbclid=x&at_campaign=y",
            "https://example.org/a?ref=rss",
            "https://example.org/a?CMP=share",
        ),
        (
            "https://example.org/x/a",
            "https://amp.example.org/x/a",
            "https://example.org/x/a/amp/",
            "https://example.org/amp/x/a",
            "https://example.org/x/a.amp",
            "https://example.org/x/a?amp=1",
            "https://example.org/x/a?outputType=amp",
        ),
        ("https://example.org/a.html", "https://m.example.org/a.amp.html"),
        (
            "https://example.org/x",
            "https://www.google.com/amp/s/www.example.org/x",
            "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/x",
        ),
        ("https://example.org/~u/%E4", "https://example.org/%7eu/%e4"),
        (
            "https://example.org/a",
            "https://example.org/a;jsessionid=AF01",
            "https://example.org/a?PHPSESSID=1",
        ),
        ("https://en.wikipedia.org/wiki/5G", "https://en.m.wikipedia.org/wiki/5G"),
    ],
)
def test_spellings_of_one_document_have_one_canonical_url(same: tuple[str, ...]) -> None:
    assert len({canonical_url(url) for url in same}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a?cid=1", "https://example.org/a?cid=2"),
        ("https://example.org/?p=1", "https://example.org/?p=2"),
        ("https://a.example.org/", "https://b.example.org/"),
        ("https://example.org/amp", "https://example.org/"),
        ("https://example.org/v?source=20261123", "https://example.org/v?source=20261124"),
        ("https://example.org/a?game=x", "https://example.org/a?game=y"),
        ("https://example.org/camp", "https://example.org/c"),
        ("https://example.org:8080/", "https://example.org/"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/a?reference=x", "https://example.org/a?reference=y"),
        ("https://m.com/", "https://www.com/"),
    ],
)
def test_two_documents_have_two_canonical_urls(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://news.bbc.co.uk/x", "bbc.co.uk"),
        ("https://www.spiegel.de/", "spiegel.de"),
        ("https://a.blogspot.com/", "a.blogspot.com"),
        ("http://127.0.0.1:8000/", "127.0.0.1"),
        ("https://[2001:4860::1]/", "2001:4860::1"),
        ("https://www.localnews/", "localnews"),
        ("https://yle.fi./", "yle.fi"),
        ("https://www.asahi.co.jp/", "asahi.co.jp"),
    ],
)
def test_a_site_is_a_registrable_domain(url: str, site: str) -> None:
    assert site_of(url) == site


def test_an_id_is_the_digest_of_the_canonical_url() -> None:
    assert url_id("https://example.org/") == hashlib.sha256(b"https://example.org/").hexdigest()
    assert url_id("https://example.org/") != url_id("https://example.org/a")
