"""For `explain`: judges a page now, and looks up facts that can only be found with the rules that made a verdict."""

from __future__ import annotations

from pathlib import Path

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.model import Article, Page
from fivegwatch.flows.explain.as_text import Background
from fivegwatch.flows.workers.compiled_rules import compiled_rules
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.rulebooks import kept_rules
from fivegwatch.storage.read.reports import Verdict


def judge_page(page: Page, watchlist: Path | None, keep: str = "") -> Verdict:
    """The verdict on ``page`` by ``watchlist`` (None: the shipped one) and ``keep``, the setting of what to keep.

    Raises:
        ExtractionError: the page has no article.
        WatchlistError: the watchlist is wrong.
    """
    # Extraction takes a third of a second to import, and a verdict that is looked up needs none.
    from fivegwatch.extractors.articles.article import extract_article
    from fivegwatch.extractors.facts.facts_of_story import judge_story

    article = extract_article(page)
    decision = judge_story(article, compiled_rules(read_watchlist(watchlist, keep)))
    return Verdict(
        url=article.url,
        title=article.title,
        text=article.text,
        relevant=decision.relevant,
        near_miss=decision.near_miss,
        score=decision.score,
        threshold=decision.threshold,
        reason=decision.reason,
        topics=decision.topics,
        topic_reasons=tuple((t.code, t.reason) for t in decision.facts.topics) if decision.facts else (),
        matches=decision.matches,
        parts=decision.parts,
        entities=tuple(mention.name for mention in decision.mentions),
        rules_fingerprint=decision.rules_fingerprint,
        language=article.language,
        history=(),
    )


def background_of(
    verdict: Verdict, watchlist: Path | None, database: Path | None, keep: str = ""
) -> Background:
    """The background of ``verdict``, from the rules that made it: those stored with the corpus, else those of
    ``watchlist``.

    If neither has the fingerprint of the verdict, only the roles are given, because other rules must not explain it.
    """
    kept = kept_rules(Layout.for_database(database), verdict.rules_fingerprint) if database else None
    try:
        rules = compiled_rules(kept or read_watchlist(watchlist, keep))
    except WatchlistError:
        return Background()
    roles = {name: facet.role for name, facet in rules.facets.items()}
    labels = {rule.id: rule.label for rule in rules.combinations}
    if rules.fingerprint != verdict.rules_fingerprint or not verdict.text:
        return Background(roles=roles, labels=labels)
    from fivegwatch.extractors.judging.judgement import judge
    from fivegwatch.extractors.tuning.what_if import what_would_flip

    article = Article(
        id="", url=verdict.url, title=verdict.title, text=verdict.text, language=verdict.language
    )
    decision = judge(article, rules)
    if decision.relevant != verdict.relevant:  # judged by another version of the program
        return Background(roles=roles, labels=labels)
    return Background(roles=roles, labels=labels, what_ifs=what_would_flip(article, decision, rules))
