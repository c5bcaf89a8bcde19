"""The text of an article is stored with its verdict where somebody will need it."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.model import Origin
from fivegwatch.flows.runs.verdicts import record_verdict
from fivegwatch.storage.spool.batches import Batch
from fivegwatch.storage.spool.records import Provenance
from tests.storage.builders import at, make_article, make_decision

FROM_A_FEED = Provenance(entry_id="e", origin=Origin(kind="feed", locator="f"), captured_at=at(0))


@pytest.mark.parametrize(
    ("relevant", "near_miss", "method", "text_stored", "kept"),
    [
        (True, False, "json-ld", False, True),
        (False, True, "json-ld", False, True),
        (False, False, "json-ld", False, False),
        (False, False, "amp", False, True),
        (True, False, "json-ld", True, False),
    ],
    ids=[
        "story",
        "near miss",
        "rejected",
        "rejected, from another version of the page",
        "text stored before",
    ],
)
def test_the_text_is_kept_of_stories_near_misses_and_what_the_archived_page_does_not_hold(
    relevant: bool, near_miss: bool, method: str, text_stored: bool, kept: bool
) -> None:
    batch, article = Batch(), make_article(text="Core network attacked.", method=method)
    decision = make_decision(article, relevant=relevant, near_miss=near_miss)
    record_verdict(batch, "run", (article, decision), FROM_A_FEED, at(1), text_stored=text_stored)
    ((kind, _, row),) = batch.rows
    assert (kind, row["text_kept"], row["text"]) == ("judged", kept, article.text if kept else None)
