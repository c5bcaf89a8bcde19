"""The completeness of a corpus in figures: the share of an independent index's stories that the corpus has, with
bounds.

candidates with their status, sample of the unread ones -> share, low, high

A candidate is an address in the index that the watchlist may want. A sample of the candidates that we never read is
judged, to see how many of them are stories. Pages that were read and rejected are no stories by our rules.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

SURE = 1.96
"""Standard errors on each side of a share: the true share is inside the bounds in 95 of 100 samples."""
MISSED = ("not_watched", "not_announced", "not_fetched")
"""Statuses of candidates that we never read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many candidates have each status, and how many of the sample of unread ones are stories."""

    held: int = 0
    """Kept as a story, under this address or another one."""
    rejected: int = 0
    not_fetched: int = 0
    not_announced: int = 0
    not_watched: int = 0
    sampled: int = 0
    """Number of unread candidates whose page was requested."""
    sampled_kept: int = 0
    """Number of sampled pages that are stories by our rules."""
    sampled_unread: int = 0
    """Number of sampled pages that could not be read, so that nobody knows whether they are stories."""
    whole: bool = True
    """Whether all files of the index were read; if not, the files are a sample too."""

    @property
    def missed(self) -> int:
        """Number of candidates that we never read."""
        return self.not_fetched + self.not_announced + self.not_watched

    @property
    def candidates(self) -> int:
        """Number of all candidates."""
        return self.held + self.rejected + self.missed

    def share(self) -> tuple[float | None, float, float]:
        """The share of the index's stories that we have, its lower and its upper bound, each from 0 to 1.

        The share is None if nothing is known of the unread candidates, or if there were no stories.
        """
        low_rate, rate, high_rate = self._rate_of_stories()
        fewest, most = (self.missed * rate_ for rate_ in (low_rate, high_rate))
        low = self.held / (self.held + most) if self.held + most else 0.0
        high = self.held / (self.held + fewest) if self.held + fewest else 1.0
        if not self.whole:
            low = min(low, interval(self.held, self.held + most)[0])
            high = max(high, interval(self.held, self.held + fewest)[1])
        stories = self.held + self.missed * rate if rate is not None else 0.0
        return (self.held / stories if stories else None), low, high

    def _rate_of_stories(self) -> tuple[float, float | None, float]:
        """The share of stories among unread candidates: lower bound, estimate, upper bound."""
        if not self.missed:
            return 0.0, 0.0, 0.0
        read = self.sampled - self.sampled_unread
        rate = self.sampled_kept / read if read else None
        # What the sample itself settles bounds the shares whatever chance does.
        surely = self.sampled_kept / self.missed
        possibly = (self.missed - (read - self.sampled_kept)) / self.missed
        if self.sampled >= self.missed:
            return surely, rate, possibly
        low, _ = interval(self.sampled_kept, self.sampled)
        _, high = interval(self.sampled_kept + self.sampled_unread, self.sampled)
        return max(low, surely), rate, min(high, possibly)


def interval(hits: float, of: float) -> tuple[float, float]:
    """The lower and the upper 95 % bound of a share, if ``hits`` of a sample of ``of`` items have the property.

    Without a sample the bounds are 0 and 1.

    Standard: Wilson (1927), the score interval.
    """
    if of <= 0:
        return 0.0, 1.0
    share, square = hits / of, SURE**2
    centre = share + square / (2 * of)
    reach = SURE * math.sqrt(max(0.0, share * (1 - share)) / of + square / (4 * of * of))
    return max(0.0, (centre - reach) / (1 + square / of)), min(1.0, (centre + reach) / (1 + square / of))
