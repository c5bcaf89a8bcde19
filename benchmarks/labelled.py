"""Labelled texts for the relevance benchmarks: reading, scoring, groups for cross-validation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fivegwatch.extractors.model import Article


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled text."""

    id: str
    label: str
    language: str
    kind: str
    hard_negative: str
    publisher: str
    article: Article


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON-lines file."""
    lines = path.read_text(encoding="utf-8-sig").split("\n")
    return [json.loads(line) for line in lines if line.strip()]


def article_of(row: dict[str, Any], **further: Any) -> Article:
    """The article of a row with ``id``, and what it has of ``url``, ``title``, ``text`` and ``language``."""
    texts = {key: row.get(key) or "" for key in ("url", "title", "text", "language")}
    return Article(**{"id": row.get("id") or "", **texts, **further})


def day_of(row: dict[str, Any]) -> datetime | None:
    """The ``date`` of a row, which may be only a year."""
    day = f"{row['date']}-01-01"[:10] if row.get("date") else ""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None


def read_labelled(path: Path) -> list[Labelled]:
    """Items of a JSON-lines file; raises ValueError naming the text that is wrong."""
    items = []
    for number, row in enumerate(rows_of(path), 1):
        if row.get("label") not in ("relevant", "borderline", "irrelevant"):
            raise ValueError(f"{path}, text {number}: label {row.get('label')!r}")
        items.append(
            Labelled(
                id=row["id"],
                label=row["label"],
                language=row.get("language") or "",
                kind=row.get("kind") or "",
                hard_negative=row.get("hard_negative") or "",
                publisher=row.get("publisher") or row["id"],
                article=article_of(row),
            )
        )
    return items


@dataclass(slots=True)
class Tally:
    """Counts of one group, with precision, recall and F1."""

    tp: int = 0
    fp: int = 0
    fn: int = 0
    tn: int = 0

    def add(self, relevant: bool, kept: bool) -> None:
        """Count one item."""
        self.tp += relevant and kept
        self.fn += relevant and not kept
        self.fp += kept and not relevant
        self.tn += not kept and not relevant

    @property
    def precision(self) -> float:
        """Share of what was kept that is relevant."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0

    @property
    def recall(self) -> float:
        """Share of what is relevant that was kept."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / both if both else 0.0
