"""Addresses: which ones may be fetched (`vet_url`), and which ones name the same document (`canonical_url`).

A vetted address is as the publisher wrote it, tracking parameters included. A canonical address is only a key: it lacks
everything that does not change the document, and is never fetched.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from functools import lru_cache
from typing import Final

import ada_url

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.web.tracking import is_tracking

WEB_PORTS: Final = {"http:": 80, "https:": 443}

# ``ipaddress.is_global`` of Python 3.11 is True for multicast, NAT64, 6to4 and others that lead to private networks.
# 168.63.129.16 is the host agent of a cloud provider.
BLOCKED_NETWORKS: Final = tuple(
    ipaddress.ip_network(block)
    for block in re.findall(
        r"\S+",
        """
        0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
        192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24
        224.0.0.0/4 240.0.0.0/4 168.63.129.16/32 ::/96 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48
        100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10
        ff00::/8
        """,
    )
)

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_AMP_TAIL = re.compile(r"(?<=[^/])(?:/+amp(?:\.html?)?|\.amp)$|\.amp(?=\.html?$)", re.IGNORECASE)
_AMP_HEAD = re.compile(r"^/+amp(?=/+[^/])", re.IGNORECASE)
_AMP_CACHE_PATH = re.compile(r"^/(?:[a-z]/)?(?:(s)/)?([^/]+\.[^/]+)(/.*)?$")
_DEVICE_LABELS = frozenset({"www", "m", "mobile", "amp"})


def is_blocked_address(address: str) -> bool:
    """True when the IP literal ``address`` is not, or may not be, on the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    return any(ip.version == net.version and ip in net for net in BLOCKED_NETWORKS)


@lru_cache(maxsize=4096)
def host_and_port(url: str) -> tuple[str, int]:
    """The host (lower case, no brackets) and the port of a vetted URL."""
    return _host_and_port(ada_url.URL(url))


def _host_and_port(parsed: ada_url.URL) -> tuple[str, int]:
    return parsed.hostname.strip("[]"), int(parsed.port or WEB_PORTS[parsed.protocol])


@lru_cache(maxsize=256)
def request_parts(url: str) -> tuple[str, str, bool]:
    """For a request to a vetted URL: the Host header, the path with the query, and whether the request uses TLS."""
    parsed = ada_url.URL(url)
    return parsed.host, parsed.pathname + parsed.search, parsed.protocol == "https:"


def vet_url(
    url: str,
    *,
    base: str | None = None,
    allow: frozenset[tuple[str, int]] = frozenset(),
    max_chars: int = LIMITS.url_chars,
) -> str:
    """The http(s) URL to fetch: ``url`` resolved against ``base`` as browsers do, without its fragment.

    ``allow`` lists (host, port) pairs that may be fetched although their address or port is not public; a host is a
    name or an IP literal. The addresses to which a name resolves are checked later, when a connection is made.

    Raises: FetchError, never transient, of kind ``bad_url``, ``url_too_long``, ``scheme``, ``userinfo``, ``port`` or
    ``blocked_address``.

    Standard: WHATWG URL.
    """
    parsed, href = _parse(url, base, max_chars)
    host, port = _host_and_port(parsed)
    if (host, port) not in allow:
        _refuse_private(url, host, port)
    return href


def web_address(url: str, *, max_chars: int = LIMITS.url_chars) -> str:
    """``url`` as browsers write it, without its fragment. Only its form is checked, so use it for pages that are never
    fetched.

    Raises: FetchError, never transient, of kind ``bad_url``, ``url_too_long``, ``scheme`` or ``userinfo``.

    Standard: WHATWG URL.
    """
    return _parse(url, None, max_chars)[1]


def _parse(url: str, base: str | None, max_chars: int) -> tuple[ada_url.URL, str]:
    """The parts of ``url``, and all of it as browsers write it, without its fragment."""
    if len(url) > max_chars:
        raise _refusal(url, "url_too_long", f"the URL has {len(url):,} characters, more than {max_chars:,}")
    try:
        parsed = ada_url.URL(url, base=base)
    except ValueError as exc:
        raise _refusal(url, "bad_url", "not a URL a browser could open") from exc
    if parsed.protocol not in WEB_PORTS:
        raise _refusal(url, "scheme", f"{parsed.protocol} is not http or https")
    if parsed.username or parsed.password:
        raise _refusal(url, "userinfo", "a user name or password in a URL is never sent")
    if base is not None or "#" in url:
        parsed.hash = ""
    if len(href := str(parsed.href).removesuffix("#")) > max_chars:
        raise _refusal(url, "url_too_long", f"the URL has {len(href):,} characters, more than {max_chars:,}")
    return parsed, href


def bracketed(host: str) -> str:
    """``host`` as it is written before a port: in brackets if it is an IPv6 address."""
    return f"[{host}]" if ":" in host else host


def _refuse_private(url: str, host: str, port: int) -> None:
    own = f"; if it is your own, add {bracketed(host)}:{port} to allow_addresses in fivegwatch.toml"
    if _is_ip(host):
        if is_blocked_address(host):
            raise _refusal(url, "blocked_address", f"{host} is not an address of the public internet{own}")
    elif not host.strip("."):
        raise _refusal(url, "bad_url", "the URL names no host")
    elif host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost"):
        raise _refusal(url, "blocked_address", f"{host} is this machine{own}")
    if port not in WEB_PORTS.values():
        raise _refusal(url, "port", f"port {port} is not a web port; only 80 and 443 are used{own}")


def _refusal(url: str, kind: str, why: str) -> FetchError:
    short = url if len(url) <= 200 else url[:200] + "..."
    return FetchError(f"{short}: {why}", url=url[: LIMITS.url_chars], kind=kind, transient=False)


@lru_cache(maxsize=4096)
def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def joined(base: str, reference: str) -> str:
    """The http(s) URL that ``reference`` means on the page at ``base``; empty if it means none.

    Standard: WHATWG URL.
    """
    try:
        return _parse(reference.strip(), base, LIMITS.url_chars)[1]
    except FetchError:
        return ""


# Cached, because the address of one page is compared with those of all its links.
@lru_cache(maxsize=1024)
def canonical_url(url: str) -> str:
    """The identity key of a document: URLs with the same key name the same document.

    These differences are removed: scheme, ``www.``, mobile and AMP hosts and paths, AMP caches, default port, fragment,
    tracking parameters, session ids, order of the query, trailing slash, percent-encoding of plain characters. The key
    of a key is the key itself. In case of doubt one document has two keys: a wrong merge would lose a story, while a
    copy is found again by its text.

    Raises: FetchError(kind ``bad_url`` or ``scheme``) when ``url`` is not an http(s) URL.
    """
    current = url
    while True:  # after the first round, each one shortens the URL or leaves it unchanged
        folded = _fold(current)
        if folded == current:
            return folded
        current = folded


def public_url(url: str) -> str:
    """The address for readers: ``url`` without fragment and tracking parameters.

    Unlike a canonical URL it leads to the page. Anything that is not an http(s) URL is returned unchanged.
    """
    try:
        parsed = ada_url.URL(url)
    except ValueError:
        return url
    if parsed.protocol not in WEB_PORTS:
        return url
    pairs = [pair for pair in parsed.search.removeprefix("?").split("&") if pair]
    kept = [pair for pair in pairs if not is_tracking(*_split_pair(pair))]
    parsed.search = "?" + "&".join(kept) if kept else ""
    parsed.hash = ""
    return str(parsed.href)


def _fold(url: str) -> str:
    try:
        parsed = ada_url.URL(url)
    except ValueError as exc:
        raise _refusal(url, "bad_url", "not a URL a browser could open") from exc
    if parsed.protocol not in WEB_PORTS:
        raise _refusal(url, "scheme", f"{parsed.protocol} is not http or https")
    wrapped = _unwrap_amp_cache(parsed.hostname, parsed.pathname)
    if wrapped:
        return wrapped + parsed.search
    host = _fold_host(parsed.hostname.rstrip("."))
    if not host:
        raise _refusal(url, "bad_url", "the URL names no host")
    port = f":{parsed.port}" if parsed.port else ""
    return f"https://{host}{port}{_fold_path(parsed.pathname)}{_fold_query(parsed.search)}"


def _unwrap_amp_cache(host: str, path: str) -> str | None:
    """The publisher's URL inside a Google or Bing AMP cache URL, or None when it is not one."""
    if re.fullmatch(r"(?:www\.)?google\.[a-z.]{2,6}", host) and path.startswith("/amp/"):
        path = path.removeprefix("/amp")
    elif not host.endswith((".cdn.ampproject.org", ".bing-amp.com")):
        return None
    match = _AMP_CACHE_PATH.match(path)
    return f"https://{match[2]}{match[3] or '/'}" if match else None


def _fold_host(host: str) -> str:
    """``host`` without the labels ``www``, ``m``, ``mobile`` and ``amp`` before its registrable domain."""
    if _is_ip(host.strip("[]")):
        return host
    own = registrable_domain(host)
    if not own:
        return host
    labels = host.removesuffix(own).rstrip(".").split(".")
    kept = [label for label in labels if label and label not in _DEVICE_LABELS]
    return ".".join([*kept, own])


def _fold_path(path: str) -> str:
    path = _ESCAPE.sub(_plain_or_upper, path)
    path = _SESSION.sub("", path)
    while True:
        shorter = _AMP_TAIL.sub("", _AMP_HEAD.sub("", path.rstrip("/")))
        if shorter == path:
            return path or "/"
        path = shorter


def _fold_query(search: str) -> str:
    """The query, sorted, without tracking parameters. Empty values stay: they may select a page."""
    pairs = {_ESCAPE.sub(_plain_or_upper, pair) for pair in search.removeprefix("?").split("&") if pair}
    kept = sorted(pair for pair in pairs if not is_tracking(*_split_pair(pair)))
    return "?" + "&".join(kept) if kept else ""


def _split_pair(pair: str) -> tuple[str, str]:
    name, _, value = pair.partition("=")
    return name, value


def _plain_or_upper(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return char if char in _UNRESERVED else match[0].upper()


def url_id(canonical: str) -> str:
    """SHA-256 (hex) of a canonical URL: the id of an entry or an article."""
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """The registrable domain (``bbc.co.uk`` of ``news.bbc.co.uk``); empty for IPs and bare suffixes.

    Standard: Public Suffix List with private suffixes: ``a.blogspot.com`` and ``b.blogspot.com`` differ.
    """
    if _is_ip(host):
        return ""
    from tld import get_fld  # loads its list of suffixes, which most runs do without

    domain = get_fld(f"https://{host}", fail_silently=True, search_private=True)
    return str(domain) if domain else ""


@lru_cache(maxsize=4096)
def site_of(url: str) -> str:
    """The site ``url`` belongs to: its registrable domain, else the bare host without ``www``.

    Raises: FetchError(kind ``bad_url``) when ``url`` cannot be parsed.
    """
    try:
        host = ada_url.URL(url).hostname.strip("[]").rstrip(".")
    except ValueError as exc:
        raise _refusal(url, "bad_url", "not a URL a browser could open") from exc
    return registrable_domain(host) or host.removeprefix("www.")
