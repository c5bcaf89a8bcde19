"""Judge an article: language -> evidence -> score -> reason, topics, matches and mentions.

The score is the log-odds of relevance: the sum of the decision's parts, each a feature times its weight. Weights
were learnt from labelled texts; ``weights.toml`` says from which, and how well they do on unseen publishers.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_

from fivegwatch.extractors.judging.everyday_words import confirms
from fivegwatch.extractors.judging.evidence import Evidence, collect_evidence
from fivegwatch.extractors.judging.matching import Hit, find_hits, make_match
from fivegwatch.extractors.judging.reasons import make_reason
from fivegwatch.extractors.makers import maker_of
from fivegwatch.extractors.model import Article, Decision, Field, Match, Mention, Part
from fivegwatch.extractors.text.folding import Folded
from fivegwatch.extractors.watchlist.compile import OTHER, Rules
from fivegwatch.extractors.watchlist.model import Combination

_MATCHES_PER_TERM = 3
_MATCHES, _FEW_MATCHES = 80, 13
"""Most matches stored for a story or near miss, and for any other article."""
_TOPIC_PASSAGES = 2
"""A rule assigns its topics if it fires in title or lead, or in at least this many passages."""
_decision, _part, _mention = maker_of(Decision), maker_of(Part), maker_of(Mention)


def judge(article: Article, rules: Rules) -> Decision:
    """The decision on one article; the same article and rules always give the same decision."""
    language = terms_language(article)
    evidence = collect_evidence(article.title, article.text, language, rules)
    return decide(article, language, evidence, rules)


def decide(
    article: Article, language: str, evidence: Evidence, rules: Rules, *, facts_follow: bool = False
) -> Decision:
    """The decision that follows from the evidence, which was collected with the terms of ``language``.

    ``facts_follow``: leave topics and mentions of a story empty, because its facts will replace them.
    """
    if not (evidence.features or evidence.title_hits or evidence.text_hits):
        return _without_evidence(article, rules)
    parts = score_parts(evidence, rules)
    score = sum(part.value for part in parts)
    relevant = score >= rules.threshold
    near_miss = not relevant and score >= rules.threshold - rules.near_miss
    detailed = relevant or near_miss
    return _decision(
        article_id=article.id,
        relevant=relevant,
        near_miss=near_miss,
        score=score,
        threshold=rules.threshold,
        reason=make_reason(article, evidence, parts, rules, relevant=relevant),
        topics=_topics(evidence, rules) if detailed and not facts_follow else (),
        matches=_matches(article, evidence, rules, limit=_MATCHES if detailed else _FEW_MATCHES),
        mentions=_mentions(article, language, evidence, rules) if detailed and not facts_follow else (),
        parts=parts,
        rules_fingerprint=rules.fingerprint,
        stage="judge",
        facts=None,
    )


def _without_evidence(article: Article, rules: Rules) -> Decision:
    """The decision on an article in which nothing was found, as in most of the world's news: its score is the base
    rate."""
    base = rules.weights.get("base", 0.0)
    return _decision(
        article_id=article.id,
        relevant=base >= rules.threshold,
        near_miss=rules.threshold - rules.near_miss <= base < rules.threshold,
        score=base,
        threshold=rules.threshold,
        reason=rules.subject.wording["neither"].format(subject="", cause=""),
        topics=(),
        matches=(),
        mentions=(),
        parts=(_part("base", base),),
        rules_fingerprint=rules.fingerprint,
        stage="judge",
        facts=None,
    )


def terms_language(article: Article) -> str:
    """The language whose terms judge ``article``: the detected language if the words confirm it, else ``OTHER``.

    The language of a text of a few words cannot be detected.
    """
    language = article.language
    return language if not language or confirms(language, f"{article.title}\n{article.text}") else OTHER


def score_parts(evidence: Evidence, rules: Rules) -> tuple[Part, ...]:
    """What each feature adds to the score (log-odds): the base rate first, then by size."""
    weights = rules.weights
    parts = [
        _part(name, weight * value)
        for name, value in evidence.features.items()
        if value and (weight := weights.get(name))
    ]
    parts.sort(key=lambda part: (-abs(part.value), part.name))
    return (_part("base", weights.get("base", 0.0)), *parts)


def _matches(article: Article, evidence: Evidence, rules: Rules, *, limit: int) -> tuple[Match, ...]:
    """The first matches of each term that is evidence, by field and offset.

    Everyday words (facets of role part) are evidence where a rule that asks for them fires.
    """
    matches: list[Match] = []
    legs = reduce(or_, (leg for name in evidence.fired for leg in rules.rule[name].masks), 0)
    hidden = rules.part_bits & ~(legs | legs >> 1)
    fields: tuple[tuple[Field, str, list[Hit]], ...] = (
        ("title", article.title, evidence.title_hits),
        ("text", article.text, evidence.text_hits),
    )
    for name, value, hits in fields:
        seen: dict[int, int] = {}
        for hit in hits:
            count = seen.get(hit[2], 0)
            if count < _MATCHES_PER_TERM and not rules.masks[hit[2]] & hidden:
                seen[hit[2]] = count + 1
                matches.append(make_match(name, value, hit, rules))
                if len(matches) >= limit:
                    return tuple(matches)
    return tuple(matches)


def _mentions(article: Article, language: str, evidence: Evidence, rules: Rules) -> tuple[Mention, ...]:
    """Entities named in title or text, in the order in which they are first named."""
    first: dict[str, tuple[Field, int]] = {}
    counts: dict[str, int] = {}
    fields: tuple[tuple[Field, str, str, Folded], ...] = (
        ("title", article.title, "", evidence.folded[0]),
        ("text", article.text, article.title, evidence.folded[1]),
    )
    for name, value, context, folded in fields:
        for start, _, number in find_hits(value, folded, rules, language, "names", context=context):
            entity = rules.terms[number].entity
            first.setdefault(entity, (name, start))
            counts[entity] = counts.get(entity, 0) + 1
    return tuple(
        _mention(key, entity.name, entity.type, entity.country, counts[key], *place)
        for key, place in first.items()
        for entity in (rules.entities[key],)
    )


def rules_of_topics(article: Article, rules: Rules) -> Iterator[tuple[Combination, bool]]:
    """The rules with topics that fired in title or lead or in several passages, each with whether it fired in the
    title."""
    evidence = collect_evidence(article.title, article.text, terms_language(article), rules)
    for combination in _filing(evidence, rules):
        yield combination, combination.id in evidence.title_fired


def _filing(evidence: Evidence, rules: Rules) -> Iterator[Combination]:
    opening = {*evidence.title_fired, *evidence.lead_fired}
    for combination in rules.combinations:
        count = evidence.fired.get(combination.id, 0)
        if count and combination.topics and (combination.id in opening or count >= _TOPIC_PASSAGES):
            yield combination


def _topics(evidence: Evidence, rules: Rules) -> tuple[str, ...]:
    """Topics of the rules that fired in title or lead, or in several passages."""
    return tuple(sorted({topic for combination in _filing(evidence, rules) for topic in combination.topics}))
