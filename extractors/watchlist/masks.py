"""Sets of facets as bits: which sets name a subject, give a reason to report on it, or may make a story.

A *mask* is a set of facets as an integer. Each facet has two bits: the lower one is set when any term of the facet was
seen, the higher one when a strong term was seen. A *leg* of a rule is a mask; a passage meets the leg if it has at
least one bit of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, reduce
from operator import or_

from fivegwatch.extractors.watchlist.model import AGAINST, GRADES, Combination, Facet
from fivegwatch.extractors.watchlist.subject import Subject

_MOST_MASKS = 20_000
"""Most masks whose facets are cached; they take some 20 MB."""


class FacetMasks:
    """The meaning of masks under the facets, combinations and subject of `Rules`. Properties whose names end in
    ``_bits`` are masks."""

    facets: Mapping[str, Facet]
    combinations: tuple[Combination, ...]
    subject: Subject
    _grades: dict[int, int]
    _facets: dict[int, frozenset[str]]

    def _bits(self, *roles: str, but: Collection[str] = ()) -> int:
        """The lower bits of the facets that have one of ``roles``; facets in ``but`` are left out unless their role is
        ``direct``."""
        facets = (
            f for f in self.facets.values() if f.role in roles and (f.role == "direct" or f.id not in but)
        )
        return sum(facet.bit for facet in facets)

    def facets_of(self, mask: int) -> frozenset[str]:
        """Ids of the facets in a mask; also ``x!`` if a strong term of facet x was seen."""
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
        """Lower bits of the facets with role ``mask``: their terms hide every hit inside them."""
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
        """Bits, weak and strong, of the facets that name a subject; a *direct* facet is subject and angle at once."""
        return 3 * self._bits("subject", "direct")

    @cached_property
    def subject_bits(self) -> int:
        """Strong bits of the facets that name a subject, direct ones included: a passage with one names its subject for
        certain."""
        return self._bits("subject", "direct") << 1

    @cached_property
    def leaning_bits(self) -> int:
        """Strong bits of the facets that make a story likelier once a subject is named: angles, hints and direct
        facets."""
        return self._bits("angle", "hint", "direct") << 1

    @cached_property
    def reason_bits(self) -> int:
        """Bits, weak and strong, of the facets that are a reason to report on a subject: angles and direct facets."""
        return 3 * self._bits("angle", "direct")

    @cached_property
    def danger_bits(self) -> int:
        """Bits, weak and strong, of the facets that are dangers: direct facets, and angles that are dangers by
        themselves."""
        return 3 * self._bits("angle", "direct", but=self.subject.no_danger)

    def joins(self, mask: int) -> bool:
        """Whether the facets of one passage name for certain a subject and a reason to report on it, as every story
        does."""
        return self._joins_surely(mask) or _meet(mask, self._opening_legs)

    def _joins_surely(self, mask: int) -> bool:
        sure = bool(mask & self.subject_bits and mask & self.reason_bits)
        return sure or _meet(mask, self._sentence_legs)

    def names_subject(self, mask: int) -> bool:
        """Whether the facets of one passage name a subject for certain: by a strong term or by a rule with
        ``subject``."""
        return bool(mask & self.subject_bits) or _meet(mask, self._sentence_legs)

    @cached_property
    def _sentence_legs(self) -> tuple[tuple[int, ...], ...]:
        """The legs of each rule with ``subject`` that fires in one sentence."""
        return tuple(c.masks for c in self.combinations if c.subject and not c.opening)

    @cached_property
    def _opening_legs(self) -> tuple[tuple[int, ...], ...]:
        """For each rule with ``subject`` that looks at the opening (title and lead): the legs that must meet in one
        sentence."""
        return tuple(c.sentence_masks for c in self.combinations if c.subject and c.opening)

    @cached_property
    def deed_bits(self) -> int:
        """The bits that rules with ``subject`` ask for in a sentence, without those of facets that name a subject."""
        legs = (leg for c in self.combinations if c.subject and not c.opening for leg in c.masks)
        return reduce(or_, legs, 0) & ~self.named_bits

    @cached_property
    def opening_combinations(self) -> tuple[Combination, ...]:
        """Combinations whose facets may be spread over title and lead; the other combinations need them in one
        passage."""
        return tuple(c for c in self.combinations if c.opening)

    @cached_property
    def sought_bits(self) -> int:
        """Bits of which a text must have at least one to be read further: sure subjects, and the first legs of rules
        with ``subject``."""
        return reduce(or_, (c.masks[0] for c in self.combinations if c.subject), self.subject_bits)

    def suffices(self, mask: int) -> bool:
        """Whether one sentence with these facets may be enough for a story.

        It may be enough if `joins` is true for it and a rule of grade medium or better needs no further facet in that
        sentence. Conditions such as nearness are not checked.
        """
        return self._best_grade(mask) <= GRADES.index("medium") and self.joins(mask)

    def suffices_anywhere(self, mask: int) -> bool:
        """Whether `suffices` is true for a sentence with these facets in any place, by a rule that is not limited to
        the opening."""
        return self.suffices(mask) and self._joins_surely(mask)

    def may_open(self, sentence: int, opening: int) -> bool:
        """Whether a sentence for which `suffices` is true may make a story, if title and lead have no facets beyond
        those of ``opening``.

        It may if the sentence meets the first two legs of a rule within the opening, and ``opening`` meets the legs
        that this rule requires. It also may if ``opening`` names for certain a subject and a reason: texts with such an
        opening have been near misses with any such sentence.
        """
        met = (c for c in self.opening_combinations if _meet(sentence, [c.sentence_masks]))
        return self._joins_surely(opening) or any(c.meets(opening) for c in met)

    def headlines(self, mask: int) -> bool:
        """Whether a title with these facets is about a subject: it names one by a strong term, or it meets the legs
        that some rule needs in one sentence."""
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
        """Strong bits of direct facets, and of subjects that are enough by themselves (networks, not vendors)."""
        return self._bits("subject", "direct", but=self.subject.not_alone) << 1

    @cached_property
    def plain_bits(self) -> int:
        """Bits of the subjects that an article names plainly: ``network_bits``, and vendors, weak or strong."""
        vendors = self._bits("subject") & ~self._bits("subject", but=self.subject.not_alone)
        return self.network_bits | 3 * vendors

    @cached_property
    def negative_bits(self) -> int:
        """Bits of counter-evidence: strong terms of facets that are easily mistaken for the subject, such as phones."""
        return self._bits("negative") << 1

    @cached_property
    def contrast_bits(self) -> int:
        """Bits of signs of other news: strong terms of facets such as contracts, arrests, other sectors."""
        return self._bits("contrast") << 1

    @cached_property
    def angle_bits(self) -> int:
        """Strong bits of direct facets, and of angles that are enough by themselves."""
        return self._bits("angle", "direct", but=self.subject.not_alone) << 1

    @cached_property
    def rule(self) -> Mapping[str, Combination]:
        """Id of each combination to the combination."""
        return {c.id: c for c in self.combinations}

    @cached_property
    def objections(self) -> frozenset[str]:
        """Ids of the combinations that speak against a story when they fire."""
        return frozenset(c.id for c in self.combinations if c.grade == AGAINST)

    @cached_property
    def against(self) -> Mapping[str, tuple[str, int]]:
        """Id of each rule or facet that speaks against a story, mapped to its label and to the bit of the facet's
        strong terms (0 for a rule)."""
        rules = {c.id: (c.label, 0) for c in self.combinations if c.grade == AGAINST}
        return rules | {
            f.id: (f.label, f.bit << 1) for f in self.facets.values() if f.role in ("negative", "contrast")
        }

    @cached_property
    def excuses(self) -> dict[str, frozenset[str]]:
        """Id of each rule to the counter-evidence that is ignored when the rule fires in title or lead."""
        return {c.id: frozenset(c.excuses) for c in self.combinations if c.excuses}

    @cached_property
    def judging(self) -> frozenset[str]:
        """Ids of the combinations that count in the score; the others only assign topics."""
        return frozenset(
            c.id for c in self.combinations if not c.id.startswith("topic_") and c.grade != AGAINST
        )


def _meet(mask: int, rules: Sequence[Sequence[int]]) -> bool:
    """Whether ``mask`` shares a bit with every leg of at least one rule; ``rules`` holds the legs of each."""
    return any(all(mask & leg for leg in legs) for legs in rules)
