"""Judge an article: named evidence added up, compared with a named threshold, and said in a sentence.

The score is the log-odds of relevance: the sum of the decision's parts, each a feature times its weight. Weights
were learnt from labelled texts (``weights.toml`` says from which, and how they did on publishers unseen).
"""

from __future__ import annotations

from fivegwatch.extractors.judging.everyday_words import bears_out
from fivegwatch.extractors.judging.evidence import Evidence, collect_evidence
from fivegwatch.extractors.judging.matching import Hit, find_hits, make_match
from fivegwatch.extractors.model import Article, Decision, Field, Match, Mention, Part
from fivegwatch.extractors.text.folding import Folded
from fivegwatch.extractors.watchlist.compile import OTHER, Rules
from fivegwatch.extractors.watchlist.model import Combination

_MATCHES_PER_TERM = 3
_MATCHES = 80
_TOPIC_PASSAGES = 2


def judge(article: Article, rules: Rules) -> Decision:
    """The decision on one article; the same article and rules always give the same."""
    language = terms_language(article)
    evidence = collect_evidence(article.title, article.text, language, rules)
    parts = score_parts(evidence, rules)
    score = sum(part.value for part in parts)
    relevant = score >= rules.threshold
    near_miss = not relevant and score >= rules.threshold - rules.near_miss
    told = relevant or near_miss
    return Decision(
        article_id=article.id,
        relevant=relevant,
        near_miss=near_miss,
        score=score,
        threshold=rules.threshold,
        reason=_reason(article, evidence, rules, relevant=relevant),
        topics=_topics(evidence, rules) if told else (),
        matches=_matches(article, evidence, rules, limit=_MATCHES if told else _MATCHES // 6),
        mentions=_mentions(article, language, evidence, rules) if told else (),
        parts=parts,
        rules_fingerprint=rules.fingerprint,
    )


def terms_language(article: Article) -> str:
    """The language by whose terms ``article`` is judged: its own, if its words bear that out.

    A few words can be taken for any language; they get the terms of ``OTHER`` ones.
    """
    language = article.language
    return language if not language or bears_out(language, f"{article.title}\n{article.text}") else OTHER


def score_parts(evidence: Evidence, rules: Rules) -> tuple[Part, ...]:
    """The contributions to the score, the base rate first, then by size."""
    weights = rules.weights
    parts = [
        Part(name=name, value=weights[name] * value)
        for name, value in evidence.features.items()
        if value and weights.get(name)
    ]
    parts.sort(key=lambda part: (-abs(part.value), part.name))
    return (Part(name="base", value=weights.get("base", 0.0)), *parts)


def _matches(article: Article, evidence: Evidence, rules: Rules, *, limit: int) -> tuple[Match, ...]:
    """The first matches of each term that is evidence, in order."""
    found: list[Match] = []
    fields: tuple[tuple[Field, str, list[Hit]], ...] = (
        ("title", article.title, evidence.title_hits),
        ("text", article.text, evidence.text_hits),
    )
    for name, value, hits in fields:
        seen: dict[int, int] = {}
        for hit in hits:
            count = seen.get(hit[2], 0)
            if count < _MATCHES_PER_TERM:
                seen[hit[2]] = count + 1
                found.append(make_match(name, value, hit, rules))
                if len(found) >= limit:
                    return tuple(found)
    return tuple(found)


def _mentions(article: Article, language: str, evidence: Evidence, rules: Rules) -> tuple[Mention, ...]:
    """Entities named in title or text, by first occurrence."""
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
        Mention(
            entity=key,
            name=rules.entities[key].name,
            type=rules.entities[key].type,
            country=rules.entities[key].country,
            count=counts[key],
            field=field,
            start=start,
        )
        for key, (field, start) in first.items()
    )


def _topics(evidence: Evidence, rules: Rules) -> tuple[str, ...]:
    """Topics of the rules that fired in title or lead, or in several passages."""
    found: set[str] = set()
    opening = {*evidence.title_fired, *evidence.lead_fired}
    for combination in rules.combinations:
        count = evidence.fired.get(combination.id, 0)
        if count and (combination.id in opening or count >= _TOPIC_PASSAGES):
            found.update(combination.topics)
    return tuple(sorted(found))


def _reason(article: Article, evidence: Evidence, rules: Rules, *, relevant: bool) -> str:
    """One sentence: what met, in which words and where, and what spoke against it or did not."""
    said = [name for name in evidence.fired if name in rules.judging]
    if not said and evidence.text_hits and not evidence.title_hits:
        return "Mobile networks are named in passing at most."
    if not said:
        return "Nothing in it joins mobile networks with security, bans or attacks."
    known = {c.id: c for c in rules.combinations}
    order = {name: i for i, name in enumerate(known)}
    said.sort(
        key=lambda name: (name not in evidence.title_fired, name not in evidence.lead_fired, order[name])
    )
    best = known[said[0]]
    places = []
    if best.id in evidence.title_fired:
        places.append("title")
    passages = evidence.fired[best.id] - (best.id in evidence.title_fired)
    if passages:
        places.append("1 passage" if passages == 1 else f"{passages} passages")
    against = [
        facet.label
        for facet in rules.facets.values()
        if facet.role == "negative"
        and evidence.features.get(f"title: {facet.id}", 0) + evidence.features.get(f"text: {facet.id}", 0) > 1
    ]
    words = _words(article, evidence, best, rules)
    start = f"{best.label[:1].upper()}{best.label[1:]} ({' and '.join(places)}: {', '.join(words)})"
    if not relevant:
        beside = f"beside {', '.join(against[:2])}" if against else "for the story"
        return f"{start}, too little {beside}."
    if against:
        return f"{start}; despite {', '.join(against[:2])}."
    return f"{start}{_absent(evidence, rules)}."


def _words(article: Article, evidence: Evidence, combination: Combination, rules: Rules) -> list[str]:
    """The words that met where the combination fired first, one a leg, as they stand there."""
    passage = evidence.first_fired[combination.id]
    in_title = passage.place == "title"
    value = article.title if in_title else article.text
    hits = (evidence.title_hits if in_title else evidence.text_hits)[passage.first : passage.stop]
    found: list[str] = []
    for leg in combination.masks:
        start, end, _ = next(hit for hit in hits if rules.masks[hit[2]] & leg)
        found.append(" ".join(value[start:end].split()))
    return list(dict.fromkeys(found))


def _absent(evidence: Evidence, rules: Rules) -> str:
    """That nothing in a story of a vendor looks like news of its products, where that is so."""
    seen = 0
    for _, _, term in (*evidence.title_hits, *evidence.text_hits):
        seen |= rules.masks[term]
    vendor, phone = rules.facets.get("vendor"), rules.facets.get("phone")
    if not vendor or not phone or not seen & vendor.bit or seen & phone.bit:
        return ""
    return f"; no language of {phone.label}"
