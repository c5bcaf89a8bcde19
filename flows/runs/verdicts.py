"""Records a verdict, whether the page came from a live request, from an archive or from our own store."""

from __future__ import annotations

from datetime import datetime

from fivegwatch.extractors.model import Article, Decision
from fivegwatch.storage.spool.batches import Batch
from fivegwatch.storage.spool.records import Judged, Provenance

VERSIONS = frozenset({"amp", "print"})
"""Methods of articles whose text comes from another version of the page."""


def record_verdict(
    batch: Batch,
    run_id: str,
    judged: tuple[Article, Decision],
    provenance: Provenance,
    judged_at: datetime,
    *,
    text_stored: bool = False,
) -> None:
    """Add an article and the verdict on it to ``batch``. The text is included for stories, near misses, and articles
    whose text comes from another version of the page.

    ``text_stored`` means that the corpus has the text already, and the loader never removes a stored text.
    """
    article, decision = judged
    # A text from another version of the page could not be extracted from the archived page again.
    wanted = decision.verdict != "rejected" or article.method in VERSIONS
    batch.add(
        Judged.of(
            run_id, article, decision, provenance, judged_at=judged_at, keep_text=wanted and not text_stored
        )
    )
