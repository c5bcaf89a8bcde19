"""Labelled texts for the relevance benchmarks: reading, scoring, groups for cross-validation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

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


def read_labelled(path: Path) -> list[Labelled]:
    """Items of a JSON-lines file; raises ValueError naming the line that is wrong."""
    items = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), 1):
        if not line.strip():
            continue
        row = json.loads(line)
        if row.get("label") not in ("relevant", "borderline", "irrelevant"):
            raise ValueError(f"{path}:{number}: label {row.get('label')!r}")
        items.append(
            Labelled(
                id=row["id"],
                label=row["label"],
                language=row.get("language") or "",
                kind=row.get("kind") or "",
                hard_negative=row.get("hard_negative") or "",
                publisher=row.get("publisher") or row["id"],
                article=Article(
                    id=row["id"],
                    url=row.get("url") or "",
                    title=row.get("title") or "",
                    text=row.get("text") or "",
                    language=row.get("language") or "",
                ),
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
