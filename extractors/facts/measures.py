"""The measures of a story, from all its sentences: who does what against whom.

sentences -> candidates (`measure_candidates`) -> joined by actor, group of acts and target, guesses by stage too ->
confidence -> the surest
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from fivegwatch.extractors.facts.act_kinds import GROUPS, STAGES
from fivegwatch.extractors.facts.act_parts import Part, merged_parts
from fivegwatch.extractors.facts.measure_candidates import Candidate, candidates_of
from fivegwatch.extractors.facts.measure_story import KEEP_OUT, MeasureStory
from fivegwatch.extractors.facts.reading import Reading
from fivegwatch.extractors.facts.sentences import Sentence
from fivegwatch.extractors.facts.weights import MEASURE_SHIFT, MEASURE_WEIGHTS, likelihood
from fivegwatch.extractors.story_facts import Measure, Role

_LEAST = 0.3
"""Least confidence of a measure that is stored."""
_MOST = 8
_HEDGES = ("considered", "proposed", "rejected", "lifted")
"""Statuses that a headline may leave unsaid; the lead then states them."""
_COUNTED = 2.0
"""Most other sentences with the same measure that are counted; further ones add nothing."""


def measures_of(candidates: Iterable[Candidate]) -> tuple[Measure, ...]:
    """The measures of a story, the surest first: for each actor and target one act, and a sanction if there is one.

    An act whose parts have deadlines of their own is one measure for each part.
    """
    parts: dict[Measure, tuple[Part, ...]] = {}
    for candidate in candidates:
        confidence = round(likelihood(MEASURE_WEIGHTS, candidate.signs, MEASURE_SHIFT), 2)
        parts[replace(candidate.measure, confidence=confidence)] = candidate.parts
    return tuple(part for measure in surest(parts) for part in _by_part(measure, parts[measure]))


def _by_part(measure: Measure, parts: Sequence[Part]) -> list[Measure]:
    if len(parts) < 2 or measure.action not in KEEP_OUT:
        return [measure]
    return [replace(measure, scope=scope, deadline=deadline) for scope, deadline in parts]


def read_by_rule(candidates: Iterable[Candidate]) -> tuple[Measure, ...]:
    """The measures of the ``candidates`` that are not guesses.

    Topics and events are decided from these measures only: guesses would make unlike stories look alike.
    """
    return measures_of(candidate for candidate in candidates if not candidate.guesses)


def measure_candidates(
    reading: Reading, sentences: Sequence[Sentence], countries: Sequence[Role], roles: Sequence[Role]
) -> list[Candidate]:
    """All measures that sentences of the story might report.

    The measures that the rules read come first, joined where actor, group of acts (`act_kinds.GROUPS`) and target are
    the same. Guesses from other readings of the sentences follow.
    """
    story = MeasureStory(reading, sentences, countries, roles)
    read: dict[tuple[str, str, str], Candidate] = {}
    guessed: dict[tuple[str, str, str, str], Candidate] = {}
    for sentence in sentences:
        for candidate in candidates_of(story, sentence):
            measure = candidate.measure
            key = (measure.by, GROUPS[measure.action], measure.target)
            if not candidate.guesses:
                read[key] = _joined(read[key], candidate) if key in read else candidate
            else:
                exact = (*key, STAGES[measure.status])
                known = guessed.get(exact)
                guessed[exact] = _supported(known, candidate) if known else candidate
    said = {(*key, STAGES[candidate.measure.status]) for key, candidate in read.items()}
    return [*read.values(), *(_beside(c, read) for exact, c in guessed.items() if exact not in said)]


def _joined(first: Candidate, other: Candidate) -> Candidate:
    """One candidate from two sentences about the same act. The earlier one counts: title before lead before body.

    The status is that of the earlier one, unless the lead adds a hedge that the headline leaves out.
    """
    surer, less = first.measure, other.measure
    hedged = (
        other.place == "lead" and other.explicit and not first.explicit
        and less.status in _HEDGES and surer.action == less.action != "sanction"
    )  # fmt: skip
    merged = replace(_completed(surer, less), status=less.status if hedged else surer.status)
    signs = dict(first.signs)
    if surer.passage.start != less.passage.start or first.place != other.place:
        same = STAGES[surer.status] == STAGES[less.status]
        name = "other sentences: same stage" if same else "other sentences: other stage"
        signs[name] = min(_COUNTED, signs.get(name, 0.0) + 1.0)
    parts = merged_parts(first.parts, other.parts)
    return replace(first, measure=merged, explicit=first.explicit or hedged, signs=signs, parts=parts)


def _supported(first: Candidate, other: Candidate) -> Candidate:
    """One candidate from two sentences that lead to the same guess; the one that departs less from the rules counts."""
    best, rest = (other, first) if other.guesses < first.guesses else (first, other)
    name = "guess: other sentences"
    more = float(first.measure.passage.start != other.measure.passage.start)
    signs = {**best.signs, name: min(_COUNTED, first.signs.get(name, 0.0) + more)}
    parts = merged_parts(best.parts, rest.parts)
    return replace(best, measure=_completed(best.measure, rest.measure), signs=signs, parts=parts)


def _beside(guess: Candidate, read: Mapping[tuple[str, str, str], Candidate]) -> Candidate:
    """``guess`` with signs of how it relates to ``read``, the measures that the rules read in the story.

    The key of ``read`` is the actor, the group of the act and the target.
    """
    one = guess.measure
    alike = read.get((one.by, GROUPS[one.action], one.target))
    signs = dict(guess.signs)
    signs["guess: rules read another stage"] = float(alike is not None)
    signs["guess: rules read another act"] = float(
        alike is None and any(by == one.by and target == one.target for by, _, target in read)
    )
    signs["guess: rules read it of another"] = float(
        any(
            group == GROUPS[one.action] and target == one.target and by != one.by
            for by, group, target in read
        )
    )
    signs["guess: rules read nothing"] = float(not read)
    return replace(guess, signs={name: value for name, value in signs.items() if value})


def _completed(measure: Measure, other: Measure) -> Measure:
    """``measure``, with fields it lacks taken from ``other``, the measure of another sentence."""
    return replace(
        measure, date=measure.date or other.date, date_source=measure.date_source or other.date_source,
        scope=_narrower(measure.scope, other.scope), instrument=measure.instrument or other.instrument,
        deadline=measure.deadline or other.deadline,
    )  # fmt: skip


def _narrower(one: str, other: str) -> str:
    return other if one in ("other", "all networks") and other != "other" else one


def surest(measures: Iterable[Measure]) -> tuple[Measure, ...]:
    """The surest act of each actor against each target, and a sanction if there is one; weaker measures are dropped."""
    kept: set[tuple[str, str, bool]] = set()
    chosen = []
    for measure in sorted(measures, key=lambda m: (-m.confidence, m.by, m.action, m.target)):
        key = (measure.by, measure.target, measure.action == "sanction")
        if key not in kept and measure.confidence >= _LEAST:
            kept.add(key)
            chosen.append(measure)
    return tuple(chosen[:_MOST])
