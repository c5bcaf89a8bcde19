"""Annotated stories: the annotation guideline's JSON lines joined with their texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.labelled import article_of, day_of, rows_of
from fivegwatch.extractors.model import Article

_DOMAIN = re.compile(r"^[\w-]+(\.[\w-]+)+$")


@dataclass(frozen=True, slots=True)
class Annotated:
    """One story, what a reader says it tells, and its publisher."""

    article: Article
    gold: dict[str, Any]
    publisher: str


def read_annotated(gold: Path, texts: Iterable[Path]) -> list[Annotated]:
    """The stories of ``gold`` whose text is in one of ``texts``; raises ValueError when one has none."""
    rows = {row["id"]: row for path in texts for row in rows_of(path)}
    stories = []
    for said in rows_of(gold):
        if said["id"] not in rows:
            raise ValueError(f"{gold}: no text of {said['id']}; name its file with --texts")
        stories.append(_story(rows[said["id"]], said))
    return stories


def _story(row: dict[str, Any], gold: dict[str, Any]) -> Annotated:
    publisher = row.get("publisher") or row["id"]
    site = publisher if _DOMAIN.match(publisher) else ""
    return Annotated(article_of(row, site=site, published_at=day_of(row)), gold, publisher)


def folds_of(keys: list[str], count: int = 8, *, seed: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The fold of each item; items with one key (a publisher, an event) share a fold."""
    order = sorted(set(keys))
    np.random.RandomState(seed).shuffle(order)
    number = {key: i % count for i, key in enumerate(order)}
    return np.array([number[key] for key in keys])
