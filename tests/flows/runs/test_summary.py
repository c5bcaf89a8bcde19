"""The account of a run adds up, or the run says so loudly."""

from __future__ import annotations

import pytest

from fivegwatch.flows.runs.summary import Summary


def test_the_sentence_accounts_for_feeds_entries_and_pages() -> None:
    summary = Summary(
        feeds=52, feeds_unchanged=40, feeds_new=9, feeds_failed=3, announced=118, entries_new=18, entries_known=100,
        pages=20, pages_kept=4, pages_near_miss=1, pages_rejected=12, pages_retry=2, pages_gone=1, pages_left=2,
    )  # fmt: skip
    summary.check()
    assert summary.sentence() == (
        "52 feeds: 40 unchanged, 9 new, 3 failed; 118 entries: 18 new, 100 known; "
        "20 pages: 4 kept, 1 near miss, 12 rejected, 2 to retry, 1 given up, 2 left for later"
    )


@pytest.mark.parametrize("lost", [Summary(feeds=1), Summary(announced=1), Summary(pages=1)])
def test_counts_that_do_not_add_up_raise_an_assertion(lost: Summary) -> None:
    with pytest.raises(AssertionError):
        lost.check()


def test_adding_summaries_adds_every_count() -> None:
    total = Summary(feeds=1, pages=2)
    total.add(Summary(feeds=2, pages_kept=3))
    assert (total.feeds, total.pages, total.pages_kept) == (3, 2, 3)


@pytest.mark.parametrize(
    ("failed", "unreachable", "said"),
    [(235, 234, "234 of 235 feeds"), (235, 235, "235 of 235 feeds"), (235, 100, ""), (0, 0, "")],
)
def test_an_outage_is_said_though_some_feeds_failed_for_another_reason(
    failed: int, unreachable: int, said: str
) -> None:
    outage = Summary(feeds=failed, feeds_failed=failed, feeds_unreachable=unreachable).outage()
    assert said in outage and bool(said) == bool(outage)
