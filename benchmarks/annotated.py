"""Annotated stories: the annotation guideline's JSON lines joined with their texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

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
    rows: dict[str, dict[str, Any]] = {}
    for path in texts:
        for line in path.read_text(encoding="utf-8-sig").split("\n"):
            if line.strip():
                row = json.loads(line)
                rows[row["id"]] = row
    stories = []
    for line in gold.read_text(encoding="utf-8-sig").split("\n"):
        if not line.strip():
            continue
        said = json.loads(line)
        if said["id"] not in rows:
            raise ValueError(f"{gold}: no text of {said['id']}; name its file with --texts")
        stories.append(_story(rows[said["id"]], said))
    return stories


def _story(row: dict[str, Any], gold: dict[str, Any]) -> Annotated:
    publisher = row.get("publisher") or row["id"]
    day = row.get("date")
    return Annotated(
        Article(
            id=row["id"],
            url=row.get("url") or "",
            title=row.get("title") or "",
            text=row.get("text") or "",
            language=row.get("language") or "",
            site=publisher if _DOMAIN.match(publisher) else "",
            published_at=datetime.fromisoformat(day[:10]).replace(tzinfo=UTC) if day else None,
        ),
        gold,
        publisher,
    )


def folds_of(keys: list[str], count: int = 8, seed: int = 0) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The fold of each item; items with one key (a publisher, an event) share a fold."""
    order = sorted(set(keys))
    np.random.RandomState(seed).shuffle(order)
    number = {key: i % count for i, key in enumerate(order)}
    return np.array([number[key] for key in keys])
