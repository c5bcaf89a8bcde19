"""What rules are made of: terms, entities, facets, combinations, guards. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = Literal["title", "lead", "body"]
"""Where a passage is. The lead is the sentences that begin in the first 300 characters."""
PLACES: tuple[Place, ...] = ("title", "lead", "body")

ScanFor = Literal["evidence", "names", "subjects"]
"""What a scan looks for: all evidence, the names of entities, or only sure subjects."""
ROLES = ("subject", "angle", "direct", "negative", "contrast", "hint", "topic", "part", "mask")
GRADES = ("strong", "medium", "weak")
AGAINST = "against"
"""Grade of a rule that speaks against a story where it fires."""


@dataclass(frozen=True, slots=True)
class Term:
    """Something to look for: a term of a language, a name of an entity, or the anchor of an identifier pattern."""

    id: str
    facet: str
    strong: bool
    language: str
    """Language of the term file (BCP 47); empty: every language."""
    text: str
    case: bool = False
    """The article must have these capitals (or only capitals); folding alike is not enough."""
    needs: tuple[str, ...] = ()
    """Folded words of which one must be near; they guard an ambiguous name."""
    regex: str = ""
    """Identifier pattern, tried on the original text where the anchor (``text``) was found."""
    entity: str = ""
    """Id of the entity it names; empty for all other terms."""
    accents: bool = False
    """Accents must agree, since the term is so short that without them it is another word (mostly in Vietnamese)."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Who or what a mention names: a company, law, attack, ..."""

    id: str
    name: str
    type: str
    country: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A kind of evidence and its role in the judgement."""

    id: str
    role: str
    label: str
    bit: int
    """The facet's bit in masks; the next higher bit says that a strong term of it was seen."""


@dataclass(frozen=True, slots=True)
class Combination:
    """A rule: facets that must occur together in one passage, and in how many passages they must do so."""

    id: str
    label: str
    grade: str
    masks: tuple[int, ...]
    """Its legs: each must share a bit with the mask of the passage."""
    absent: int
    """No bit of it may be in the mask of the passage."""
    topics: tuple[str, ...]
    within: int = 0
    """Most words (or characters) from the first term that meets to the last; 0: anywhere in the sentence."""
    characters: bool = False
    """``within`` counts characters, not words."""
    opening: bool = False
    """Its first two legs must meet in one sentence of the opening or in the title, the others anywhere there."""
    beginning: bool = False
    """The opening is longer than title and lead: see `BEGINNING_CHARS` in ``judging/passages.py``."""
    least: int = 0
    """How many of the legs after the first two must meet in the opening; 0: all of them."""
    against: tuple[int, ...] = ()
    """With ``least``: each of these masks that shares a bit with the opening asks for one leg more."""
    fields: tuple[Place, ...] = PLACES
    """Places whose passages count."""
    count: int = 1
    """Fewest passages it fires in, title included; if they are fewer, it does not fire at all."""
    share: float = 0.0
    """Fewest passages of the text it fires in, as a share (0 to 1) of them, title excluded."""
    subject: bool = False
    """Whether what meets names a subject surely, though no single term does: an operator's name and an attack."""
    excuses: tuple[str, ...] = ()
    """Facets, and rules against a story, that do not count against an article in whose title or lead this rule fires:
    people caught with a false base station may well have sent fraudulent messages from it."""

    @property
    def plain(self) -> bool:
        """Whether the facets of a passage alone decide that it fires."""
        anywhere = not self.within and not self.opening and self.fields == PLACES
        return anywhere and self.count == 1 and not self.share

    def meets(self, mask: int) -> bool:
        """Whether a passage, or an opening, with these facets has the legs it asks for, whatever else is there."""
        return self._has(mask, self.least)

    def fires(self, mask: int) -> bool:
        """Whether it fires by these facets, conditions such as nearness aside."""
        if mask & self.absent:
            return False
        return self._has(mask, self.least and self.least + sum(mask & bits > 0 for bits in self.against))

    def _has(self, mask: int, least: int) -> bool:
        if not least:
            return all(mask & leg for leg in self.masks)
        met = all(mask & leg for leg in self.masks[:2])
        return met and sum(mask & leg > 0 for leg in self.masks[2:]) >= least

    @property
    def sentence_masks(self) -> tuple[int, ...]:
        """The legs that must meet in one sentence."""
        return self.masks[:2] if self.opening else self.masks


@dataclass(frozen=True, slots=True)
class Guard:
    """Folded words that, next to ``5g``, show that no network is meant but a weight, a school class or a frequency."""

    grams: frozenset[str]
    classes: frozenset[str]
    units: frozenset[str]
