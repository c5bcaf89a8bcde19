"""From an announced address to an `Entry`: vet_url -> canonical_url -> url_id -> Entry, for every feed and listing."""

from __future__ import annotations

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.model import Entry, Origin, Skipped
from fivegwatch.extractors.text.plain import clean_line
from fivegwatch.extractors.web.urls import canonical_url, url_id, vet_url

SKIPPED_CHARS = 300
"""Most characters stored of an unusable address."""


def announce(
    address: str,
    origin: Origin,
    *,
    title: str = "",
    base: str | None = None,
    allow: frozenset[tuple[str, int]] = frozenset(),
) -> Entry | Skipped:
    """The entry for ``address`` as written in a feed or listing; or the reason why the address cannot be used.

    The reasons are the kinds of error of `vet_url`, which also explains ``base`` and ``allow``.
    """
    try:
        return entry_at(vet_url(address, base=base, allow=allow), origin, title=title)
    except FetchError as error:
        return skip(error.kind, address)


def entry_at(url: str, origin: Origin, *, title: str = "") -> Entry:
    """The entry for ``url``, which must be vetted. Raises: FetchError as `canonical_url`."""
    canonical = canonical_url(url)
    return Entry(id=url_id(canonical), url=url, canonical_url=canonical, title=title, origin=origin)


def skip(reason: str, given: str) -> Skipped:
    """A `Skipped`: the reason, and the address or title as one short line."""
    return reason, clean_line(given, SKIPPED_CHARS)
