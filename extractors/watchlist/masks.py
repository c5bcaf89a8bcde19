"""Facets as bits: which sets of facets name a subject, give a reason to report on it, or may make a story.

A *mask* is a set of facets as an integer. Each facet has two bits: the lower one is set when any term of the facet was
seen, the higher one when a strong term was. A *leg* of a rule is a mask of which a passage must have a bit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, reduce
from operator import or_

from fivegwatch.extractors.watchlist.model import AGAINST, GRADES, Combination, Facet
from fivegwatch.extractors.watchlist.subject import Subject

_MOST_MASKS = 20_000
"""Most masks whose facets are kept in memory; they take some 20 MB."""


class FacetMasks:
    """What masks mean by the facets, combinations and subject of `Rules`. Properties ending in ``_bits`` are masks."""

    facets: Mapping[str, Facet]
    combinations: tuple[Combination, ...]
    subject: Subject
    _grades: dict[int, int]
    _facets: dict[int, frozenset[str]]

    def _bits(self, *roles: str, but: Collection[str] = ()) -> int:
        """The lower bits of the facets with one of ``roles``; those in ``but`` are left out unless they are direct."""
        facets = (
            f for f in self.facets.values() if f.role in roles and (f.role == "direct" or f.id not in but)
        )
        return sum(facet.bit for facet in facets)

    def facets_of(self, mask: int) -> frozenset[str]:
        """Ids of the facets in a mask; ``x!`` too if a strong term of x was seen."""
        known = self._facets.get(mask)
        if known is None:
            if len(self._facets) >= _MOST_MASKS:
                self._facets.clear()
            weak = (f.id for f in self.facets.values() if mask & f.bit)
            strong = (f"{f.id}!" for f in self.facets.values() if mask & f.bit << 1)
            known = self._facets[mask] = frozenset((*weak, *strong))
        return known

    @cached_property
    def hiding(self) -> int:
        """Facets of role ``mask``: their terms hide every hit inside them."""
        return self._bits("mask")

    @cached_property
    def part_bits(self) -> int:
        """The lower bits of facets of everyday words, which count only where a rule asks for them."""
        return self._bits("part")

    @cached_property
    def any_bits(self) -> int:
        """The lower bits of all facets."""
        return sum(facet.bit for facet in self.facets.values())

    @cached_property
    def named_bits(self) -> int:
        """Any subject, weak or strong; a direct term is a subject and an angle in one."""
        return 3 * self._bits("subject", "direct")

    @cached_property
    def subject_bits(self) -> int:
        """Facets that surely name a subject: strong subjects and strong direct terms."""
        return self._bits("subject", "direct") << 1

    @cached_property
    def leaning_bits(self) -> int:
        """Facets that make a story likelier once a subject is named: strong angles, strong hints, strong direct
        terms."""
        return self._bits("angle", "hint", "direct") << 1

    @cached_property
    def reason_bits(self) -> int:
        """Reasons to report on a subject: angles and direct terms, weak or strong."""
        return 3 * self._bits("angle", "direct")

    @cached_property
    def danger_bits(self) -> int:
        """Dangers, weak or strong: angles that are dangers by themselves, and direct terms."""
        return 3 * self._bits("angle", "direct", but=self.subject.no_danger)

    def joins(self, mask: int) -> bool:
        """Whether facets of one passage surely name a subject and a reason to report on it, as every story does."""
        return self._joins_surely(mask) or _meet(mask, self._opening_legs)

    def _joins_surely(self, mask: int) -> bool:
        sure = bool(mask & self.subject_bits and mask & self.reason_bits)
        return sure or _meet(mask, self._sentence_legs)

    def names_subject(self, mask: int) -> bool:
        """Whether facets of one passage surely name a subject: by a strong term or by a rule with ``subject``."""
        return bool(mask & self.subject_bits) or _meet(mask, self._sentence_legs)

    @cached_property
    def _sentence_legs(self) -> tuple[tuple[int, ...], ...]:
        """The legs of each rule with ``subject`` that fires in one sentence."""
        return tuple(c.masks for c in self.combinations if c.subject and not c.opening)

    @cached_property
    def _opening_legs(self) -> tuple[tuple[int, ...], ...]:
        """For each rule with ``subject`` within the opening, title and lead: legs that must meet in one sentence."""
        return tuple(c.sentence_masks for c in self.combinations if c.subject and c.opening)

    @cached_property
    def deed_bits(self) -> int:
        """The facets that rules with ``subject`` ask for in a sentence beside those that name a subject."""
        legs = (leg for c in self.combinations if c.subject and not c.opening for leg in c.masks)
        return reduce(or_, legs, 0) & ~self.named_bits

    @cached_property
    def opening_combinations(self) -> tuple[Combination, ...]:
        """Combinations that need their facets only somewhere in title and lead; the others need them in one passage."""
        return tuple(c for c in self.combinations if c.opening)

    @cached_property
    def sought_bits(self) -> int:
        """Facets of which a text must have one to be read further: sure subjects, and the first leg of rules with
        ``subject``."""
        return reduce(or_, (c.masks[0] for c in self.combinations if c.subject), self.subject_bits)

    def suffices(self, mask: int) -> bool:
        """Whether one sentence with these facets may be enough for a story.

        It is if `joins` is true and a rule of grade medium or better needs no further facet. Conditions such as
        nearness are not checked.
        """
        return self._best_grade(mask) <= GRADES.index("medium") and self.joins(mask)

    def suffices_anywhere(self, mask: int) -> bool:
        """Whether a sentence with these facets `suffices` wherever it stands, by a rule that is not limited to the
        opening."""
        return self.suffices(mask) and self._joins_surely(mask)

    def may_open(self, sentence: int, opening: int) -> bool:
        """Whether a sentence that `suffices` may make a story in a title and lead with the facets of ``opening`` at
        most.

        It may if a rule within the opening has all its facets, or if they name a subject surely and a reason: such
        texts have been near misses with any such sentence.
        """
        met = (c for c in self.opening_combinations if _meet(sentence, [c.sentence_masks]))
        return self._joins_surely(opening) or any(c.meets(opening) for c in met)

    def headlines(self, mask: int) -> bool:
        """Whether a title with these facets is about a subject: it surely names one, or it has all that some rule
        needs."""
        return bool(mask & self.subject_bits) or self._best_grade(mask) < len(GRADES)

    def _best_grade(self, mask: int) -> int:
        """Index into ``GRADES`` of the best rule that these facets may fire; ``len(GRADES)`` if there is none."""
        known = self._grades.get(mask)
        if known is None:
            grades = (
                GRADES.index(c.grade)
                for c in self.combinations
                if c.id in self.judging and c.grade != AGAINST and _meet(mask, [c.sentence_masks])
            )
            known = self._grades[mask] = min(grades, default=len(GRADES))
        return known

    @cached_property
    def network_bits(self) -> int:
        """Strong subjects that are enough by themselves (networks, not vendors), and strong direct terms."""
        return self._bits("subject", "direct", but=self.subject.not_alone) << 1

    @cached_property
    def plain_bits(self) -> int:
        """Subjects named plainly: ``network_bits``, and vendors, weak or strong."""
        vendors = self._bits("subject") & ~self._bits("subject", but=self.subject.not_alone)
        return self.network_bits | 3 * vendors

    @cached_property
    def negative_bits(self) -> int:
        """Counter-evidence: strong terms of facets that are easily mistaken for the subject, such as phones."""
        return self._bits("negative") << 1

    @cached_property
    def contrast_bits(self) -> int:
        """Signs of other news: strong terms of facets such as contracts, arrests, other sectors."""
        return self._bits("contrast") << 1

    @cached_property
    def angle_bits(self) -> int:
        """Strong angles that are enough by themselves, and strong direct terms."""
        return self._bits("angle", "direct", but=self.subject.not_alone) << 1

    @cached_property
    def rule(self) -> Mapping[str, Combination]:
        """The combinations by their ids."""
        return {c.id: c for c in self.combinations}

    @cached_property
    def objections(self) -> frozenset[str]:
        """Ids of the combinations that speak against a story where they fire."""
        return frozenset(c.id for c in self.combinations if c.grade == AGAINST)

    @cached_property
    def against(self) -> Mapping[str, tuple[str, int]]:
        """Rules and facets that speak against a story: label, and bit of the facet's strong terms (0 for a rule)."""
        rules = {c.id: (c.label, 0) for c in self.combinations if c.grade == AGAINST}
        return rules | {
            f.id: (f.label, f.bit << 1) for f in self.facets.values() if f.role in ("negative", "contrast")
        }

    @cached_property
    def excuses(self) -> dict[str, frozenset[str]]:
        """For each rule, by its id, the counter-evidence that is ignored when the rule fires in title or lead."""
        return {c.id: frozenset(c.excuses) for c in self.combinations if c.excuses}

    @cached_property
    def judging(self) -> frozenset[str]:
        """Ids of the combinations that count in the score; the others only assign topics."""
        return frozenset(
            c.id for c in self.combinations if not c.id.startswith("topic_") and c.grade != AGAINST
        )


def _meet(mask: int, rules: Sequence[Sequence[int]]) -> bool:
    """Whether ``mask`` shares a bit with every leg of one of the ``rules``."""
    return any(all(mask & leg for leg in legs) for legs in rules)
