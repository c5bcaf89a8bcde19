"""Records a verdict, whether its page came from a live request, a slice of an archive or our own store."""

from __future__ import annotations

from datetime import datetime

from fivegwatch.extractors.model import Article, Decision
from fivegwatch.storage.spool.batches import Batch
from fivegwatch.storage.spool.records import Judged, Provenance

VERSIONS = frozenset({"amp", "print"})
"""Methods of articles whose text is not from the page itself but from another version of it."""


def record_verdict(
    batch: Batch,
    run_id: str,
    judged: tuple[Article, Decision],
    provenance: Provenance,
    judged_at: datetime,
    *,
    text_stored: bool = False,
) -> None:
    """Add an article and the verdict on it to ``batch``, with the text of stories and near misses.

    ``text_stored``: the corpus has the text already, and the loader never drops one.
    """
    article, decision = judged
    # A text from another version of the page could not be extracted from the archived page again.
    wanted = decision.verdict != "rejected" or article.method in VERSIONS
    batch.add(
        Judged.of(
            run_id, article, decision, provenance, judged_at=judged_at, keep_text=wanted and not text_stored
        )
    )
