"""Bounds of completeness: they hold what is known, and narrow as more is known."""

from __future__ import annotations

import itertools

import pytest

from fivegwatch.flows.runs.coverage.figures import Counts, interval


def test_the_interval_is_wilsons() -> None:
    low, high = interval(8, 20)  # Newcombe (1998), Table I: 0.2188 to 0.6134
    assert (round(low, 4), round(high, 4)) == (0.2188, 0.6134)
    assert interval(0, 0) == (0.0, 1.0)
    assert interval(0, 30)[0] == 0.0
    assert interval(30, 30)[1] == 1.0


@pytest.mark.parametrize(
    ("counts", "share", "low", "high"),
    [
        (Counts(held=10), 1.0, 1.0, 1.0),
        (Counts(), None, 0.0, 1.0),
        (Counts(held=10, not_watched=30), None, 0.25, 1.0),
        (Counts(held=10, not_watched=30, sampled=30, sampled_kept=10), 0.5, 0.5, 0.5),
        (Counts(held=10, not_watched=30, sampled=30, sampled_kept=10, sampled_unread=10), 0.4, 1 / 3, 0.5),
        (Counts(not_announced=5, sampled=5, sampled_kept=5), 0.0, 0.0, 0.0),
    ],
)
def test_a_share_and_its_bounds(counts: Counts, share: float | None, low: float, high: float) -> None:
    assert counts.share() == (share, pytest.approx(low), pytest.approx(high))


def test_bounds_hold_the_share_and_narrow_with_the_sample() -> None:
    for held, missed in itertools.product((0, 3, 50), (1, 40, 900)):
        widths = []
        for sampled in (0, missed // 8, missed // 2, missed):
            kept = sampled // 3
            counts = Counts(held=held, not_watched=missed, sampled=sampled, sampled_kept=kept)
            share, low, high = counts.share()
            assert 0 <= low <= high <= 1
            assert share is None or low - 1e-9 <= share <= high + 1e-9
            if held and missed > 8:
                widths.append(high - low)
        assert widths == sorted(widths, reverse=True)


def test_files_that_are_a_sample_widen_the_bounds() -> None:
    whole = Counts(held=10, not_watched=30, sampled=30, sampled_kept=10)
    part = Counts(held=10, not_watched=30, sampled=30, sampled_kept=10, whole=False)
    assert part.share()[1] < whole.share()[1] == whole.share()[2] < part.share()[2]
