"""What a document asks of those who poll it."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.feeds.asked_pauses import asked_pause, skipped_times


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        ({"ttl": "45"}, 2_700),
        ({"sy_updateperiod": "hourly", "sy_updatefrequency": "2"}, 1_800),
        ({"sy_updateperiod": "\n daily "}, 86_400),
        ({"ttl": "10", "sy_updateperiod": "hourly"}, 3_600),
        ({"ttl": "soon", "sy_updateperiod": "always", "sy_updatefrequency": "-1"}, 0),
        ({}, 0),
    ],
)
def test_the_longest_pause_asked_for_counts(channel: dict[str, str], seconds: float) -> None:
    assert asked_pause(channel) == seconds


def test_hours_and_days_to_skip_are_read_and_all_of_them_mean_none() -> None:
    text = "<skipHours><hour>0</hour><hour> 23</hour><hour>99</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
    assert skipped_times(text) == ((0, 23), (6,))
    every = "".join(f"<hour>{n}</hour>" for n in range(24))
    assert skipped_times(f"<skipHours>{every}</skipHours>") == ((), ())
