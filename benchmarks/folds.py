"""Folds for cross-validation by publisher and by event, and the line between kept and rejected chosen inside them.

A publisher is in one fold only. A text of another publisher about the same event as a tested text is left out of the
learning, so nothing of an event is in training and test at once.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.labelled import Labelled
from fivegwatch.extractors.text.scripts import UNBROKEN

Matrix = NDArray[np.float64]
Fit = Callable[[NDArray[np.bool_]], tuple[Matrix, float]]
"""Learns from the texts of a mask: weights of the features, and the base."""
_OPENING = 700
"""Characters of a text that are compared with others."""
_SAME_EVENT = 0.3
"""Likeness (cosine of tf-idf) from which two texts are of one event; read on all pairs above 0.2 in 858 texts."""
_COMMON = 200
"""Words of more texts than this say nothing of an event."""
_PLATEAU = 0.005
"""Lines whose F1 is within this of the best one are as good; the middle one carries over best."""


def _words(item: Labelled) -> Counter[str]:
    text = re.sub(r"\W+", " ", f"{item.article.title} {item.article.text[:_OPENING]}".lower())
    if len(re.findall(f"[{UNBROKEN}]", text)) > len(text) / 4:
        return Counter(text[i : i + 2] for i in range(len(text) - 1))
    return Counter(word for word in text.split() if len(word) > 3)


def same_event(items: Sequence[Labelled]) -> list[set[int]]:
    """For each text the numbers of the other texts about the same event."""
    bags = [_words(item) for item in items]
    spread = Counter(word for bag in bags for word in bag)
    vectors: list[dict[str, float]] = []
    holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, bag in enumerate(bags):
        vector = {w: (1 + math.log(n)) * math.log(len(items) / spread[w]) for w, n in bag.items()}
        length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
        vectors.append({word: value / length for word, value in vector.items()})
        for word, value in vectors[-1].items():
            holders[word].append((number, value))
    result: list[set[int]] = []
    for number, vector in enumerate(vectors):
        likeness: dict[int, float] = defaultdict(float)
        for word, value in vector.items():
            if len(holders[word]) <= _COMMON:
                for other, weight in holders[word]:
                    likeness[other] += value * weight
        result.append({other for other, like in likeness.items() if like > _SAME_EVENT and other != number})
    return result


def assign_folds(items: Sequence[Labelled], folds: int) -> NDArray[np.int64]:
    """The fold of each text: publishers, largest first, each into the fold that has the fewest texts so far."""
    sizes = Counter(item.publisher for item in items)
    filled, fold_of = [0] * folds, dict[str, int]()
    for publisher in sorted(sizes, key=lambda name: (-sizes[name], name)):
        fold_of[publisher] = filled.index(min(filled))
        filled[fold_of[publisher]] += sizes[publisher]
    return np.array([fold_of[item.publisher] for item in items])


def cross_validate(
    x: Matrix, folds: NDArray[np.int64], events: Sequence[set[int]], fit: Fit, among: NDArray[np.bool_]
) -> Matrix:
    """Score of each text of the mask ``among`` by a model that saw neither its publisher nor its event; others: nan."""
    scores = np.full(len(x), np.nan)
    for number in np.unique(folds[among]):
        test = among & (folds == number)
        learn = among & ~test
        for index in np.flatnonzero(test):
            learn[list(events[int(index)])] = False
        weights, base = fit(learn)
        scores[test] = x[test] @ weights + base
    return scores


def best_line(y: NDArray[np.bool_], scores: Matrix) -> float:
    """The line with the best F1, as the middle of all lines that are about as good."""
    lines = np.arange(-4.0, 4.0, 0.05)
    values = np.array([f1(y, scores >= line) for line in lines])
    good = lines[values >= values.max() - _PLATEAU]
    return float(np.median(good))


def f1(y: NDArray[np.bool_], kept: NDArray[np.bool_]) -> float:
    """Harmonic mean of precision and recall."""
    return float(2 * (y & kept).sum() / max(1, y.sum() + kept.sum()))


def line_of_recall(y: NDArray[np.bool_], scores: Matrix, recall: float) -> float:
    """The highest line at which at least this share of the relevant texts is kept."""
    relevant = np.sort(scores[y])[::-1]
    return float(relevant[math.ceil(recall * len(relevant)) - 1])


def line_of_precision(y: NDArray[np.bool_], scores: Matrix, precision: float) -> float:
    """The lowest line at which at least this share of what is kept is relevant."""
    order = np.argsort(-scores, kind="stable")
    shares = np.cumsum(y[order]) / np.arange(1, len(y) + 1)
    return float(scores[order][np.flatnonzero(shares >= precision)[-1]])


def average_precision(y: NDArray[np.bool_], scores: Matrix) -> float:
    """Mean precision at each relevant text, in the order of the scores."""
    order = np.argsort(-scores, kind="stable")
    shares = np.cumsum(y[order]) / np.arange(1, len(y) + 1)
    return float(shares[y[order]].mean())
