"""What learnt weights of facts give for stories whose publisher (or event) they never saw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.annotated import Annotated, folds_of
from benchmarks.train_facts import (
    SURE,
    CountryTask,
    EventTask,
    MeasureTask,
    acting_states,
)
from fivegwatch.extractors.facts.measures import surest
from fivegwatch.extractors.facts.reading import Reading
from fivegwatch.extractors.facts.weights import (
    MEASURE_SHIFT,
    SETTLED_COUNTRY_THRESHOLD,
    likelihood,
)
from fivegwatch.extractors.story_facts import Measure


def event_scores(task: EventTask, seed: int) -> dict[tuple[str, str], float]:
    """The likeness of each pair, by weights that never saw either's event."""
    fold = folds_of([str(event or f"-{i}") for i, event in enumerate(task.events)], seed=seed)
    links: dict[tuple[str, str], float] = {}
    one_fold = np.array([fold[i] for i, _ in task.pairs])
    other_fold = np.array([fold[j] for _, j in task.pairs])
    for k in sorted(set(fold)):
        weights = task.learn((one_fold != k) & (other_fold != k))
        for row in np.flatnonzero(other_fold == k):
            i, j = task.pairs[row]
            ids = sorted((_id(task, i), _id(task, j)))
            links[ids[0], ids[1]] = float(1 / (1 + np.exp(-np.clip(task.x[row] @ weights, -30, 30))))
    return links


def _id(task: EventTask, i: int) -> str:
    story = task.stories[i]
    assert story is not None
    return story.id


def country_folds(
    stories: Sequence[Annotated], readings: Sequence[Reading], publishers: list[str], seed: int
) -> dict[int, set[str]]:
    """Subject countries of each story, by weights of countries and acts that never saw its publisher."""
    first = CountryTask(stories, readings)
    fold = folds_of(publishers, seed=seed)
    chosen: dict[int, set[str]] = defaultdict(set)
    for k in sorted(set(fold)):
        learnt = first.learn(fold[[i for i, _ in first.keys]] != k)
        task = CountryTask(stories, readings, acting_states(readings, first.names, learnt))
        of_row = fold[[i for i, _ in task.keys]]
        weights = task.learn(of_row != k)
        for row in np.flatnonzero(of_row == k):
            if 1 / (1 + np.exp(-task.x[row] @ weights)) >= SETTLED_COUNTRY_THRESHOLD:
                i, code = task.keys[row]
                chosen[i].add(code)
    return chosen


def measure_folds(task: MeasureTask, publishers: list[str], seed: int) -> list[list[Measure]]:
    """The measures shown of each story by weights that never saw its publisher."""
    fold = folds_of(publishers, seed=seed)[[i for i, _ in task.keys]]
    given: dict[int, list[Measure]] = defaultdict(list)
    for k in sorted(set(fold)):
        weights = dict(zip(task.names, task.learn(fold != k), strict=True))
        for row in np.flatnonzero(fold == k):
            i, measure = task.keys[row]
            signs = dict(zip(task.names, task.x[row], strict=True))
            given[i].append(replace(measure, confidence=round(likelihood(weights, signs, MEASURE_SHIFT), 2)))
    return [[m for m in surest(given[i]) if m.confidence >= SURE] for i in range(len(publishers))]
