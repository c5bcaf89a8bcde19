"""One page extracted and judged right here, for `explain FILE`."""

from __future__ import annotations

from pathlib import Path

from extractors.articles import extract_article
from extractors.judgement import judge
from extractors.model import Page
from extractors.rules import compile_rules
from sources.watchlist_files import read_watchlist
from storage.reports import Verdict


def judge_page(page: Page, watchlist: Path | None) -> Verdict:
    """The verdict on a page under a watchlist (None: the shipped one).

    Raises:
        ExtractionError: there is no article in it.
        WatchlistError: the watchlist is wrong.
    """
    article = extract_article(page)
    decision = judge(article, compile_rules(read_watchlist(watchlist)))
    return Verdict(
        url=article.url,
        title=article.title,
        text=article.text,
        relevant=decision.relevant,
        near_miss=decision.near_miss,
        score=decision.score,
        threshold=decision.threshold,
        reason=decision.reason,
        stage=decision.stage,
        topics=decision.topics,
        matches=decision.matches,
        parts=decision.parts,
        entities=tuple(mention.name for mention in decision.mentions),
        rules_fingerprint=decision.rules_fingerprint,
        history=(),
    )
