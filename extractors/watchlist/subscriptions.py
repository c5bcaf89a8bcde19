"""``feeds.toml`` to feeds: one table for each feed, its name the feed's id for ever.

    [light-reading]
    title = "Light Reading"
    url = "https://www.lightreading.com/rss.xml"
    language = "en"                 # BCP 47
    country = "US"                  # ISO 3166-1
    category = "telecom-trade"
    on = false                      # optional; then the reason is wanted
    off_because = "..."

Nothing in the file is ignored: an unknown key, a wrong type, the same feed twice are errors with file and
line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

import ada_url

from fivegwatch.extractors.errors import FetchError, WatchlistError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Feed
from fivegwatch.extractors.text.language_tags import language_tag
from fivegwatch.extractors.text.plain import clean_line
from fivegwatch.extractors.watchlist.toml import TomlFault, read_toml
from fivegwatch.extractors.web.urls import canonical_url, site_of

_TEXT_KEYS = ("title", "url", "site", "publisher", "language", "country", "category", "off_because")
_KEYS = (*_TEXT_KEYS, "on")
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")


def parse_subscriptions(text: str, *, file: str) -> tuple[Feed, ...]:
    """Return the feeds of a subscription file in its order, inactive ones included.

    Raises: WatchlistError naming ``file`` and line, what is wrong and the remedy.
    """
    try:
        tables = read_toml(text)
    except TomlFault as exc:
        raise WatchlistError(
            f"not TOML: {exc}.", file=file, line=exc.line, remedy="Text needs double quotes."
        ) from exc
    feeds: list[Feed] = []
    seen: dict[str, str] = {}
    for name, table in tables.items():
        feed = _Table(name, table, text, file).feed()
        key = canonical_url(feed.url)
        if key in seen:
            raise WatchlistError(
                f"[{name}] polls the same address as [{seen[key]}].",
                file=file,
                line=_line_of(text, name, "url"),
                remedy="Keep one of the two.",
            )
        seen[key] = name
        feeds.append(feed)
    return tuple(feeds)


class _Table:
    """One table of the file, with a way to complain about any of its keys."""

    def __init__(self, name: str, table: object, text: str, file: str) -> None:
        self.name, self.text, self.file = name, text, file
        if not isinstance(table, Mapping):
            raise self.wrong("", "is not in a table", "Put it below a line like [my-feed].")
        self.table: Mapping[str, object] = table

    def wrong(self, key: str, what: str, remedy: str) -> WatchlistError:
        place = f"[{self.name}] {key} {what}." if key else f"[{self.name}] {what}."
        return WatchlistError(place, file=self.file, line=_line_of(self.text, self.name, key), remedy=remedy)

    def feed(self) -> Feed:
        """Return the feed, every value checked."""
        if not _ID.fullmatch(self.name):
            raise self.wrong(
                "", "is no feed id", "Use small letters, digits and hyphens, like [light-reading]."
            )
        for key in self.table:
            if key not in _KEYS:
                near = get_close_matches(key, _KEYS, 1)
                hint = f"Did you mean {near[0]}?" if near else f"Known keys: {', '.join(_KEYS)}."
                raise self.wrong(key, "is not a known key", hint)
        url, active = self.address("url", wanted=True), self.active()
        return Feed(
            id=self.name,
            url=url,
            title=self.string("title") or self.name,
            site_url=self.address("site"),
            publisher=self.string("publisher") or site_of(self.address("site") or url),
            language=self.language(),
            country=self.matching("country", _COUNTRY, 'Use two capitals (ISO 3166-1), like "DE".'),
            category=self.matching("category", _SLUG, 'Use a word like "telecom-trade".'),
            active=active,
            inactive_reason=self.string("off_because"),
        )

    def string(self, key: str) -> str:
        value = self.table.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(key, "is not a text", "Put it in double quotes.")
        return clean_line(value, LIMITS.url_chars)

    def matching(self, key: str, pattern: re.Pattern[str], remedy: str) -> str:
        value = self.string(key)
        if value and not pattern.fullmatch(value):
            raise self.wrong(key, f"is {value!r}", remedy)
        return value

    def language(self) -> str:
        value = self.string("language")
        if value and not language_tag(value):
            raise self.wrong("language", f"is {value!r}", 'Use a BCP 47 tag like "en" or "zh-Hant".')
        return language_tag(value)

    def active(self) -> bool:
        active = self.table.get("on", True)
        if not isinstance(active, bool):
            raise self.wrong("on", "is neither true nor false", "Write on = false to switch the feed off.")
        if not active and not self.string("off_because"):
            raise self.wrong("on", "is false without a reason", 'Add off_because = "why".')
        if active and self.string("off_because"):
            raise self.wrong(
                "off_because", "is given for a feed that is on", "Add on = false, or take it out."
            )
        return active

    def address(self, key: str, *, wanted: bool = False) -> str:
        """Return an http(s) URL; whether it may be contacted is decided when it is."""
        value = self.string(key)
        if not value:
            if wanted:
                raise self.wrong(key, "is missing", "Add the address of the feed.")
            return ""
        try:
            parsed = ada_url.URL(value)
            canonical_url(value)
        except (ValueError, FetchError):
            raise self.wrong(key, f"is {value!r}", "Use a whole address: https://host/path.") from None
        if parsed.username or parsed.password:
            raise self.wrong(
                key, "holds a user name or password", "Credentials are never sent: take them out."
            )
        return str(parsed.href)


def _line_of(text: str, name: str, key: str) -> int | None:
    """Return the line, from 1, of ``key`` in table ``name``, else of the table's header, else None."""
    header = re.compile(rf"\s*\[\s*[\"']?{re.escape(name)}[\"']?\s*(?:\]|\.)")
    wanted = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=") if key else None
    found: int | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("["):
            if found is not None:
                break
            if header.match(line):
                found = number
                if wanted is None:
                    break
            continue
        key_here = wanted if found is not None else re.compile(rf"\s*{re.escape(name)}\s*=")
        if key_here is not None and key_here.match(line):
            return number
    return found
