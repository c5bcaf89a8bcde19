"""From an announced address to an `Entry`: vet_url -> canonical_url -> url_id -> Entry, for every feed and listing."""

from __future__ import annotations

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.model import Entry, Origin, Skipped
from fivegwatch.extractors.text.plain import clean_line
from fivegwatch.extractors.web.urls import canonical_url, url_id, vet_url

SKIPPED_CHARS = 300
"""How much of an unusable address is stored, in characters."""


def announce(
    address: str,
    origin: Origin,
    *,
    title: str = "",
    base: str | None = None,
    allow: frozenset[tuple[str, int]] = frozenset(),
) -> Entry | Skipped:
    """The entry that ``address``, as a feed or listing has it, stands for; or why it cannot be used.

    The reasons are the kinds of error of `vet_url`, which also explains ``base`` and ``allow``.
    """
    try:
        return entry_at(vet_url(address, base=base, allow=allow), origin, title=title)
    except FetchError as error:
        return skip(error.kind, address)


def entry_at(url: str, origin: Origin, *, title: str = "") -> Entry:
    """The entry of ``url``, an address that was vetted before. Raises: FetchError as `canonical_url`."""
    canonical = canonical_url(url)
    return Entry(id=url_id(canonical), url=url, canonical_url=canonical, title=title, origin=origin)


def skip(reason: str, given: str) -> Skipped:
    """The record of something that cannot be used: the reason, and what was given as one short line."""
    return reason, clean_line(given, SKIPPED_CHARS)
