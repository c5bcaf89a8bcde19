"""The topics of a story: by the weights that the watchlist has for them, else by the rules that fire.

The weights of the shipped watchlist were learnt from the annotated stories (`benchmarks.train_facts`).
"""

from __future__ import annotations

from collections.abc import Mapping

from fivegwatch.extractors.facts.reading import Reading
from fivegwatch.extractors.facts.weights import TOPIC_THRESHOLDS, logistic
from fivegwatch.extractors.judging.judgement import rules_of_topics
from fivegwatch.extractors.story_facts import Topic
from fivegwatch.extractors.watchlist.compile import Rules

MOST = len(TOPIC_THRESHOLDS)
"""Most topics that a story can have."""
_SURE = 0.35
"""Below this confidence the reason of a topic says that its signs are weak."""
_REASONS = 3
_OF_GRADE = {"strong": 0.8, "medium": 0.65, "weak": 0.5}
"""Confidence of a topic by the grade of the rule that assigns it; chosen, not measured."""
_IN_TITLE = 0.1


def topics_of(signs: Mapping[str, float], reading: Reading) -> tuple[Topic, ...]:
    """Up to three topics of the watchlist, the likeliest first.

    Where topics have trained weights, a story without clear signs gets the likeliest topic, and the reason says so.
    """
    trained = reading.rules.topic_weights
    topics = list(_trained(signs, reading.rules)) if trained else []
    if trained.keys() < reading.rules.topics.keys():
        topics += _by_rules(reading)
        topics.sort(key=lambda topic: (-topic.confidence, topic.code))
    return tuple(topics[:MOST])


def _by_rules(reading: Reading) -> list[Topic]:
    """Topics without trained weights, from the rules that fired in title or lead or in several passages."""
    rules, best = reading.rules, dict[str, Topic]()
    for combination, in_title in rules_of_topics(reading.article, rules):
        confidence = round(_OF_GRADE.get(combination.grade, 0.5) + _IN_TITLE * in_title, 3)
        for code in combination.topics:
            if code not in rules.topic_weights and (code not in best or confidence > best[code].confidence):
                best[code] = Topic(code=code, confidence=confidence, reason=f"rule: {combination.label}")
    return list(best.values())


def _trained(signs: Mapping[str, float], rules: Rules) -> tuple[Topic, ...]:
    trained, weights_of = rules.topic_weights, rules.topic_weights_of
    totals = [0.0] * len(trained)
    for name, value in signs.items():
        for number, weight in weights_of.get(name, ()):
            totals[number] += weight * value
    scored = []
    for (code, weights), total in zip(trained.items(), totals, strict=True):
        score = weights.get("base", 0.0) + total
        scored.append((logistic(score), code))
    scored.sort(key=lambda each: (-each[0], each[1]))
    chosen = [each for each, least in zip(scored[:MOST], TOPIC_THRESHOLDS, strict=False) if each[0] >= least]
    return tuple(
        Topic(code=code, confidence=round(confidence, 3), reason=_reason(confidence, parts))
        for confidence, code in chosen
        for parts in (
            [(weight * signs[name], name) for name, weight in trained[code].items() if name in signs],
        )
    )


def _reason(confidence: float, parts: list[tuple[float, str]]) -> str:
    best = [name for _, name in sorted((-value, name) for value, name in parts if value > 0)[:_REASONS]]
    words = ", ".join(best) or "nothing in particular"
    return words if confidence >= _SURE else f"the likeliest of weak signs: {words}"
