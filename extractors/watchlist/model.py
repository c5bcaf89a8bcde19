"""What rules are made of: terms, entities, facets, combinations, guards. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = Literal["title", "lead", "body"]
"""Where a passage stands. The lead is the sentences that begin in the first few hundred characters."""
PLACES: tuple[Place, ...] = ("title", "lead", "body")

ScanFor = Literal["evidence", "names", "subjects"]
"""What a scan looks for: all evidence, the names of entities, or only what a story needs to be looked at."""
ROLES = ("subject", "angle", "direct", "negative", "hint", "topic", "mask")
GRADES = ("strong", "medium", "weak")


@dataclass(frozen=True, slots=True)
class Term:
    """Something to find: a term of a language, a name of an entity, or an identifier pattern."""

    id: str
    facet: str
    strong: bool
    language: str
    """Empty: applies to every language."""
    text: str
    case: bool = False
    """The original must be spelt as given (or all in capitals), not merely folded alike."""
    needs: tuple[str, ...] = ()
    """Folded words of which one must stand near; guards an ambiguous name."""
    regex: str = ""
    """Identifier pattern, tried on the original text where ``text`` was found."""
    entity: str = ""
    accents: bool = False
    """Accents must agree: the term is so short that without them it is another word (Vietnamese above all)."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Who or what a mention names."""

    id: str
    name: str
    type: str
    country: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A kind of evidence and what part it plays."""

    id: str
    role: str
    label: str
    bit: int
    """Bit of the facet; the next higher bit says that a strong term of it was seen."""


@dataclass(frozen=True, slots=True)
class Combination:
    """Facets that must meet in one passage."""

    id: str
    label: str
    grade: str
    masks: tuple[int, ...]
    """Each must share a bit with the passage."""
    absent: int
    """No bit of it may be in the passage."""
    topics: tuple[str, ...]
    within: int = 0
    """Most words (or characters) from the first of the meeting terms to the last; 0: anywhere in the sentence."""
    characters: bool = False
    """``within`` counts characters, not words."""
    fields: tuple[Place, ...] = PLACES
    """Places whose passages count."""
    count: int = 1
    """Passages it must fire in, title included, or it fires in none."""
    share: float = 0.0
    """Likewise, as a share of the text's passages (0 to 1, the title aside)."""

    @property
    def plain(self) -> bool:
        """Whether the facets of a passage alone decide that it fires."""
        return not self.within and self.fields == PLACES and self.count == 1 and not self.share


@dataclass(frozen=True, slots=True)
class Guard:
    """Words that make ``5g`` something else; folded."""

    grams: frozenset[str]
    classes: frozenset[str]
    units: frozenset[str]
