"""Reads feeds from ``feeds.toml``: one table for each feed, whose name is the feed's id for ever.

    [light-reading]
    title = "Light Reading"
    url = "https://www.lightreading.com/rss.xml"
    language = "en"                 # BCP 47
    country = "US"                  # ISO 3166-1
    category = "telecom-trade"
    on = false                      # optional; then the reason is wanted
    off_because = "..."

Nothing in the file is ignored: an unknown key, a wrong type or the same feed twice is a fault with file and line.
"""

from __future__ import annotations

import re

import ada_url

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Feed
from fivegwatch.extractors.text.language_tags import language_tag
from fivegwatch.extractors.text.plain import clean_line
from fivegwatch.extractors.watchlist.tables import Faults, Table
from fivegwatch.extractors.web.urls import canonical_url, site_of

_KEYS = ("title", "url", "site", "publisher", "language", "country", "category", "on", "off_because")
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")


def parse_subscriptions(text: str, *, file: str) -> tuple[Feed, ...]:
    """The feeds of a subscription file in the order of the file, inactive ones included.

    Raises: WatchlistError that names, for every fault, ``file``, line, what is wrong and the remedy.
    """
    faults = Faults()
    feeds: list[Feed] = []
    addresses: dict[str, str] = {}
    for name, table in faults.parse(file, text).tables("Put it below a line like [my-feed]."):
        if not _ID.fullmatch(name):
            table.fault("", "is no feed id", "Use small letters, digits and hyphens, like [light-reading].")
        feed = _read_feed(name, table)
        other = addresses.setdefault(canonical_url(feed.url), name) if feed.url else name
        if other != name:
            table.fault("url", f"is the same address as that of [{other}]", "Keep one of the two.")
        feeds.append(feed)
    faults.raise_all()
    return tuple(feeds)


def _read_feed(name: str, table: Table) -> Feed:
    table.only(*_KEYS)
    url, site = _address(table, "url"), _address(table, "site")
    if not url:
        table.fault("url", "is missing", "Add the address of the feed.")
    active, reason = table.flag("on", default=True), _line(table, "off_because")
    if not active and not reason:
        table.fault("on", "is false without a reason", 'Add off_because = "why".')
    if active and reason:
        table.fault("off_because", "is given for a feed that is on", "Add on = false, or take it out.")
    language = _line(table, "language")
    if language and not language_tag(language):
        table.fault("language", f"is {language!r}", 'Use a BCP 47 tag like "en" or "zh-Hant".')
    return Feed(
        id=name,
        url=url,
        title=_line(table, "title") or name,
        site_url=site,
        publisher=_line(table, "publisher") or (site_of(site or url) if site or url else ""),
        language=language_tag(language),
        country=_matching(table, "country", _COUNTRY, 'Use two capitals (ISO 3166-1), like "DE".'),
        category=_matching(table, "category", _SLUG, 'Use a word like "telecom-trade".'),
        active=active,
        inactive_reason=reason,
    )


def _line(table: Table, key: str) -> str:
    """A text in one line, without control characters."""
    return clean_line(table.text(key), LIMITS.url_chars)


def _matching(table: Table, key: str, pattern: re.Pattern[str], remedy: str) -> str:
    value = _line(table, key)
    if value and not pattern.fullmatch(value):
        table.fault(key, f"is {value!r}", remedy)
    return value


def _address(table: Table, key: str) -> str:
    """An http(s) URL, or empty. Whether it may be fetched is decided when it is."""
    value = _line(table, key)
    if not value:
        return ""
    try:
        parsed = ada_url.URL(value)
        canonical_url(value)
    except (ValueError, FetchError):
        table.fault(key, f"is {value!r}", "Use a whole address: https://host/path.")
        return ""
    if parsed.username or parsed.password:
        table.fault(key, "holds a user name or password", "Credentials are never sent: take them out.")
    return str(parsed.href)
