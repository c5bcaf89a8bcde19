"""The least and the greatest value of each limit in the settings, so that no setting makes a run hang or never
begin.
"""

from __future__ import annotations

from typing import Final

from fivegwatch.extractors.limits import MIB

DAY: Final = 86_400
YEAR: Final = 366 * DAY

Bounds = tuple[float, float]

_PAUSES: Final = frozenset(
    {
        "host_spacing_s", "retry_base_s", "crawl_delay_max_s", "poll_min_s", "poll_max_s", "retry_after_min_s",
        "retry_after_max_s", "backoff_max_s", "robots_failure_s", "robots_fresh_s", "unasked_s",
    }
)  # fmt: skip
"""Limits that are pauses in seconds; they may be 0."""
_MAY_BE_NONE: Final[dict[str, Bounds]] = {
    "retries": (0, 100),
    "redirects": (0, 50),
    "content_codings": (0, 10),
    "sitemap_depth": (0, 50),
    "categories": (0, 10_000),
}
_CROWDS: Final[dict[str, Bounds]] = {
    "concurrent": (1, 4_096),
    "concurrent_per_host": (1, 256),
    "own_concurrent_per_host": (1, 256),
    "dns_threads": (1, 256),
}
_SHORTEST: Final = 0.01
"""Shortest time limit in seconds: with a limit of 0, time would be up before anything begins."""


def limit_bounds(name: str) -> Bounds:
    """The least and the greatest valid value of the setting ``limits.NAME``."""
    if name in _MAY_BE_NONE or name in _CROWDS:
        return {**_MAY_BE_NONE, **_CROWDS}[name]
    if name in _PAUSES:
        return 0, 10 * YEAR
    if name.endswith("_s"):
        return _SHORTEST, 30 * DAY
    if name.endswith("_memory"):
        return 128 * MIB, 2**44
    if name == "url_chars":
        return 64, MIB
    return 1, 2**44
