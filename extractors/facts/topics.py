"""The topics of a story: each has weights of its own, learnt over the annotated stories (`benchmarks.train_facts`)."""

from __future__ import annotations

import math
from collections.abc import Mapping

from fivegwatch.extractors.facts.weights import TOPIC_THRESHOLD, TOPIC_WEIGHTS
from fivegwatch.extractors.story_facts import Topic

MOST = 3
"""Most topics of a story."""
_REASONS = 3


def topics_of(signs: Mapping[str, float], known: Mapping[str, str]) -> tuple[Topic, ...]:
    """One to three topics of ``known`` (code to label), the likeliest first.

    A story whose signs point nowhere gets its likeliest topic, and the reason says so.
    """
    scored = []
    for code, weights in TOPIC_WEIGHTS.items():
        if code not in known:
            continue
        parts = [(weights[name] * value, name) for name, value in signs.items() if name in weights]
        score = weights.get("base", 0.0) + sum(value for value, _ in parts)
        scored.append((1 / (1 + math.exp(-max(-30.0, min(30.0, score)))), code, parts))
    scored.sort(key=lambda each: (-each[0], each[1]))
    chosen = [each for each in scored[:MOST] if each[0] >= TOPIC_THRESHOLD] or scored[:1]
    return tuple(
        Topic(code=code, confidence=round(confidence, 3), reason=_reason(confidence, parts))
        for confidence, code, parts in chosen
    )


def _reason(confidence: float, parts: list[tuple[float, str]]) -> str:
    best = [name for value, name in sorted(parts, key=lambda p: (-p[0], p[1])) if value > 0][:_REASONS]
    words = ", ".join(best) or "nothing in particular"
    return words if confidence >= TOPIC_THRESHOLD else f"the likeliest of weak signs: {words}"
