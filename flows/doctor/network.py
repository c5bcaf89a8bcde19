"""Checks of the network: names, encryption, three feeds of the watchlist, and the clock against those feeds'
servers.
"""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

from fivegwatch.extractors.errors import NewsError
from fivegwatch.extractors.model import Feed, Origin
from fivegwatch.flows.doctor.findings import FAULT, NOTE, OK, Finding
from fivegwatch.flows.runs import clock as clocks
from fivegwatch.flows.runs.clock import NOTED_BEHIND_S
from fivegwatch.flows.runs.subscriptions import read_subscriptions
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.http.server_time import server_time
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.feeds import feed_states

FEEDS_TRIED = 3
REMEDIES = {
    "dns": "No name can be resolved: look at /etc/resolv.conf and the network.",
    "tls": "Encryption fails everywhere: look at the clock, the machine's certificates, and a proxy that decrypts.",
    "connect": "No connection can be made: look at the firewall. fivegwatch uses no HTTP proxy.",
    "timeout": "No server answers in time: look at the network, the firewall and the load of this machine.",
    "blocked_address": "The addresses are private ones: name those that are meant in `allow_addresses`.",
}


async def check_network(settings: Settings) -> list[Finding]:
    """Findings on the network, from requests to three feeds on different hosts; feeds that worked last time are
    preferred.
    """
    try:
        files = read_watchlist(settings.watchlist)
        feeds = _chosen(settings, read_subscriptions(settings, files))
    except NewsError as exc:
        return [Finding(check="network", level=NOTE, detail=f"not tried: {str(exc).splitlines()[0]}")]
    findings, kinds = [], Counter[str]()
    async with Web(user_agent=settings.user_agent, allow=settings.allow, limits=settings.limits) as web:
        for feed in feeds:
            try:
                await web.fetch(feed.url, kind="feed", origin=Origin(kind="feed", locator=feed.id))
                findings.append(Finding(check="feed", detail=f"{feed.id} answers ({feed.url})"))
            except NewsError as exc:
                kinds[exc.kind] += 1
                findings.append(Finding(check="feed", level=NOTE, detail=f"{feed.id}: {exc}",
                                        remedy="`fivegwatch feeds check` tries them all."))  # fmt: skip
        servers = await server_time(web, [feed.url for feed in feeds])
    findings.append(_verdict(len(feeds), kinds))
    if servers is not None:
        off = (clocks.utc_now() - servers).total_seconds()
        wrong = abs(off) > NOTED_BEHIND_S
        findings.append(
            Finding(
                check="clock", level=FAULT if wrong else OK,
                detail=f"{abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} the servers asked",
                remedy="Set this machine's clock; let it be kept by NTP." if wrong else "",
            )
        )  # fmt: skip
    return findings


def _chosen(settings: Settings, feeds: tuple[Feed, ...]) -> list[Feed]:
    """Feeds that are on, each on another host; those whose last poll worked come first."""
    states = feed_states(Layout.for_database(settings.database))

    def failures(feed: Feed) -> int:
        state = states.get(feed.id)
        return state.failures if state else 1

    by_host: dict[str, Feed] = {}
    for feed in sorted((feed for feed in feeds if feed.active), key=failures):
        by_host.setdefault(urlsplit(feed.url).netloc, feed)
    return list(by_host.values())[:FEEDS_TRIED]


def _verdict(tried: int, kinds: Counter[str]) -> Finding:
    if not tried:
        return Finding(check="network", level=NOTE, detail="no feed is on")
    failed = kinds.total()
    if failed < tried:
        return Finding(check="network", detail=f"{tried - failed} of {tried} feeds answer")
    kind = kinds.most_common(1)[0][0]
    return Finding(
        check="network", level=FAULT, detail=f"none of {tried} feeds answers ({', '.join(sorted(kinds))})",
        remedy=REMEDIES.get(kind, "Look at the lines above."),
    )  # fmt: skip
