"""The parts of rules: terms, entities, facets, combinations, guards. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = Literal["title", "lead", "body"]
"""The place of a passage. The lead is the sentences that begin in the first 300 characters."""
PLACES: tuple[Place, ...] = ("title", "lead", "body")

ScanFor = Literal["evidence", "names", "subjects"]
"""What a scan looks for: all evidence, the names of entities, or only sure subjects."""
ROLES = ("subject", "angle", "direct", "negative", "contrast", "hint", "topic", "part", "mask")
GRADES = ("strong", "medium", "weak")
AGAINST = "against"
"""Grade of a rule that speaks against a story when it fires."""


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
    """Whether the article must have these capitals (or only capitals); being equal after folding is not enough."""
    needs: tuple[str, ...] = ()
    """Folded words, one of which must be near the term, because the term alone is ambiguous."""
    regex: str = ""
    """Identifier pattern, tried on the original text where the anchor (``text``) was found."""
    entity: str = ""
    """Id of the entity that the term names; empty if it names none."""
    accents: bool = False
    """Whether accents must agree, because the term is so short that without them it is another word (mostly in
    Vietnamese)."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Something with a name that an article can mention: a company, law, attack, ..."""

    id: str
    name: str
    type: str
    country: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A kind of evidence, and its role in judging."""

    id: str
    role: str
    label: str
    bit: int
    """The lower bit of the facet in masks, for any of its terms; the next higher bit is for strong terms."""


@dataclass(frozen=True, slots=True)
class Combination:
    """A rule: which facets must occur together in one passage, and in how many passages."""

    id: str
    label: str
    grade: str
    masks: tuple[int, ...]
    """The legs of the rule, as masks: the mask of a passage must share a bit with each."""
    absent: int
    """A mask of which the passage may have no bit."""
    topics: tuple[str, ...]
    within: int = 0
    """Most words (or characters) from the first of the terms that meet the legs to the last; 0: anywhere in the
    sentence."""
    characters: bool = False
    """Whether ``within`` counts characters instead of words."""
    opening: bool = False
    """Whether the rule looks at the opening: its first two legs must meet in one sentence there or in the title, the
    other legs anywhere in the opening."""
    beginning: bool = False
    """Whether the opening is longer than title and lead: see `BEGINNING_CHARS` in ``judging/passages.py``."""
    least: int = 0
    """How many of the legs after the first two the opening must meet; 0: all of them."""
    against: tuple[int, ...] = ()
    """Masks, used with ``least``: for each one that shares a bit with the opening, one more leg must be met."""
    fields: tuple[Place, ...] = PLACES
    """The places whose passages count."""
    count: int = 1
    """Fewest passages, title included, in which the facets must meet; with fewer, the rule does not fire at all."""
    share: float = 0.0
    """Like ``count``, as a share (0 to 1) of the text's passages, title excluded."""
    subject: bool = False
    """Whether the rule's terms together name a subject for certain, though none of them does alone: an operator's name
    and an attack."""
    excuses: tuple[str, ...] = ()
    """Facets and rules against a story that do not count against an article in whose title or lead this rule fires:
    people caught with a false base station may well have sent fraudulent messages from it."""

    @property
    def plain(self) -> bool:
        """Whether the facets of a passage alone decide whether the rule fires."""
        anywhere = not self.within and not self.opening and self.fields == PLACES
        return anywhere and self.count == 1 and not self.share

    def meets(self, mask: int) -> bool:
        """Whether a passage or an opening with the facets of ``mask`` meets the legs that the rule requires; ``absent``
        and ``against`` are ignored."""
        return self._has(mask, self.least)

    def fires(self, mask: int) -> bool:
        """Whether the rule fires by the facets of ``mask``; conditions such as nearness are not checked."""
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
