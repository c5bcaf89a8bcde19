"""The measures that a sentence might report: the one that the rules find, and guesses with another act, actor, target
or stage.

act x actor x target x stage -> candidates, each with the signs from which its confidence is computed
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from fivegwatch.extractors.facts.act_choice import (
    SECTOR_ACTS,
    Act,
    chosen_act,
    is_reprieve,
    other_acts,
    recommends,
)
from fivegwatch.extractors.facts.act_dates import ActDates, dates_in
from fivegwatch.extractors.facts.act_kinds import GROUPS, STAGES
from fivegwatch.extractors.facts.act_parts import Part, first_fit, parts_in
from fivegwatch.extractors.facts.actors import actor_of, is_addressed, named_states, pressers_of
from fivegwatch.extractors.facts.clauses import clause_of
from fivegwatch.extractors.facts.measure_story import KEEP_OUT, MeasureStory
from fivegwatch.extractors.facts.modality import (
    Modality,
    demanded_by,
    is_negated,
    is_question,
    status_of,
    status_of_sanction,
)
from fivegwatch.extractors.facts.sentences import Sentence
from fivegwatch.extractors.makers import maker_of
from fivegwatch.extractors.story_facts import Measure
from fivegwatch.extractors.watchlist.alternatives import words_of

_LISTED = 3
"""More states than this in one clause are a list of states that did the same."""
_RULES = ("law", "licence")
_SEVERAL = words_of(
    r"\b(?:companies|firms|vendors|suppliers|manufacturers|bedrijven|leveranciers|fabrikanten|anbietern?|hersteller[ns]?"
    r"|unternehmen|lieferanten|empresas|proveedores|fabricantes|companias|suministradores|entreprises|fournisseurs"
    r"|fabricants|equipementiers|aziende|imprese|fornitori|produttori|fornecedores|firmy|firmom|dostawc(?:y|ow|om)"
    r"|producen(?:ci|tow|tom)|dodavatel(?:e|u|um)|vyrobc(?:i|u|um)|firem|foretagen|leverantorer|bolagen"
    r"|компани(?:и|й|ям)|поставщик(?:и|ов|ам)|производител(?:и|ей|ям)|компаній|постачальник(?:и|ів))\b"
)
"""Words for firms in the plural, folded."""
_LOOKED_INTO = frozenset({"intrusion", "data_theft", "disruption"})
"""Kinds of incidents whose investigation is no review of a vendor."""
_MOST_GUESSES = 2
_MOST_ACTORS = 3
_OTHER_STAGE = {"done": "considered", "open": "decided", "not": "considered"}
"""Stage of a status to the other status that the sentence may mean."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measure that a sentence might report, with the signs from which its confidence is computed."""

    measure: Measure
    place: str
    """``title``, ``lead`` or ``body``."""
    explicit: bool
    """Whether words of the text state the status; otherwise it is assumed."""
    guesses: int
    """How many of act, actor, target and stage differ from the rules' choice."""
    signs: dict[str, float]
    parts: tuple[Part, ...] = ()
    """Parts of the network that have deadlines of their own."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """One way to read a sentence: the act, who acts, against whom, and how far the act has come."""

    act: Act
    by: str
    target: str
    how_far: Modality
    guesses: tuple[str, ...]


_new_measure, _new_candidate, _new_choice = maker_of(Measure), maker_of(Candidate), maker_of(_Choice)


def candidates_of(story: MeasureStory, sentence: Sentence) -> Iterator[Candidate]:
    """The measures that a sentence might report; none if the sentence has no word for an act or names nobody."""
    if not any(p.kind.startswith("act:") or p.kind == "use" for p in sentence.phrases):
        return
    choices = list(_choices(story, sentence))
    if not choices:
        return
    folded = sentence.folded
    dates = dates_in(folded, story.published)
    scope = first_fit(folded, story.about.scopes) or "other"
    parts = parts_in(folded, story.about.scopes, dates.deadline)
    for choice in choices:
        yield _new_candidate(
            _measure(sentence, choice, dates, scope), sentence.place, choice.how_far.explicit,
            len(choice.guesses), _signs(sentence, story, choice), parts,
        )  # fmt: skip


def _measure(sentence: Sentence, choice: _Choice, dates: ActDates, scope: str) -> Measure:
    laws = sentence.of_type("law")
    return _new_measure(
        by=choice.by, action=choice.act.action, target=choice.target, scope=scope,
        instrument=laws[0].name if laws else "", status=choice.how_far.status, date=dates.date,
        date_source=dates.source, confidence=0.0, passage=sentence.passage(), deadline=dates.deadline,
    )  # fmt: skip


def _choices(story: MeasureStory, sentence: Sentence) -> Iterator[_Choice]:
    named = _targets(sentence, sentence.folded, story)
    chosen = chosen_act(sentence, bool(named), story.actors[:1] if story.vendors else [], story.homes)
    acts: list[tuple[Act, tuple[str, ...]]] = [(chosen, ())] if chosen else []
    acts += [(act, ("act",)) for act in other_acts(sentence, chosen)]
    for act, guess in acts:
        if sentence.place != "title" and _is_aside(sentence, act, story.about.contested):
            continue
        how_far = _status(story, sentence, act)
        for by, by_guess in _actors(story, sentence, act):
            for target, target_guess in _targets_of(story, sentence, act, named):
                guesses = guess + by_guess + target_guess
                if len(guesses) > _MOST_GUESSES:
                    continue
                yield _new_choice(act, by, target, how_far, guesses)
                other = _OTHER_STAGE.get(STAGES[how_far.status])
                if (
                    other
                    and len(guesses) < _MOST_GUESSES
                    and GROUPS[act.action] not in ("look", "court", "sanction")
                ):
                    yield _new_choice(act, by, target, Modality(other, how_far.explicit), (*guesses, "stage"))


def _actors(story: MeasureStory, sentence: Sentence, act: Act) -> list[tuple[str, tuple[str, ...]]]:
    """Who may act: by rule, then the other states named in the sentence, then the main one of the story."""
    by = actor_of(sentence, act.phrase, act.action, story.actors)
    if not by and act.action == "advise" and recommends(sentence, act.phrase):
        by = next(iter(story.actors), "")  # a council recommends to its own state
    if act.action == "sue":
        return [(by, ())] if by else []
    states = [(at, code) for at, code in sentence.once(named_states) if code in story.actors]
    if act.action == "advise":
        beside = {code for at, code in states if is_addressed(sentence, at)}
    else:
        beside = pressers_of(sentence, act.phrase, states)[1]
    others = [code for code in (*(code for _, code in states), *story.actors[:1]) if code not in beside]
    # A firm that the rules read leaves no doubt: of such guesses on the annotated stories none was right.
    further = [] if len(by) > 2 else [code for code in dict.fromkeys(others) if code != by]
    return [(by, ())] * bool(by) + [(code, ("actor",)) for code in further[:_MOST_ACTORS]]


def _targets_of(
    story: MeasureStory, sentence: Sentence, act: Act, named: Sequence[str]
) -> list[tuple[str, tuple[str, ...]]]:
    """The possible targets of the act: vendors the sentence names or describes, then those whom the story is about."""
    if act.action == "fine":
        fined = [e.name for e in sentence.of_type("operator")] or story.operators[:1]
        named = fined or named
    if act.action == "sue":
        laws = [e.name for e in sentence.of_type("law")] or story.laws
        sued = (laws or [e.name for e in sentence.of_type("regulator")])[:1] or story.actors[:1]
        return [(target, ()) for target in sued]
    vendors = [*story.vendors.values()]
    if act.action == "review" and not _LOOKED_INTO.isdisjoint(sentence.kinds("attack:")):
        if "disruption" in sentence.kinds("attack:"):
            return []
        named, vendors = [target for target in named if target not in vendors], []
    if named:
        return [(target, ()) for target in named]
    if vendors:
        return [(target, ("target",)) for target in vendors[:2]]
    if act.action not in SECTOR_ACTS or sentence.place == "body" or not sentence.facets & story.about.sector:
        return []
    if act.action in ("advise", "review") and not sentence.of_type("agency", "regulator"):
        return []
    return [(story.group or story.about.sector_name, ())]


def _is_aside(sentence: Sentence, act: Act, contested: Container[str]) -> bool:
    """Whether the sentence lists what many states did, replaces other equipment, or withdraws something else."""
    start, end = clause_of(sentence, act.phrase.start)
    if len({code for at, code in sentence.states if start <= at < end}) > _LISTED:
        return True
    if act.action == "phase_out":
        vendors = [n for n in sentence.names if n.entity.type == "vendor"]
        after = [n.entity for n in vendors if n.start >= act.phrase.end]
        replaced = [n.entity for n in vendors if start <= n.start < act.phrase.start]
        return (
            bool(after)
            and after[0].country not in contested
            and not any(e.country in contested for e in replaced)
        )
    if act.action == "revoke":
        return not (set(sentence.kinds("act:")) & {"licence", "certify", "law"} or sentence.of_type("law"))
    return False


def _signs(sentence: Sentence, story: MeasureStory, choice: _Choice) -> dict[str, float]:
    """The signs, by name, from which the confidence in a reading of the sentence is computed.

    Weights belong to these names.
    """
    act, by, how_far = choice.act, choice.by, choice.how_far
    start, end = clause_of(sentence, act.phrase.start)
    named = {code: at for at, code in sentence.once(named_states)}
    vendors = [n for n in sentence.names if n.entity.type == "vendor"]
    at_target = [n.start for n in sentence.names if n.entity.name == choice.target]
    acts = {GROUPS[kind] for kind in sentence.kinds("act:")}
    group, stage = GROUPS[act.action], STAGES[how_far.status]
    described = bool(story.vendors) and choice.target not in story.vendors.values() and act.action in KEEP_OUT
    signs: dict[str, float] = {
        "base": 1.0,
        f"place: {sentence.place}": 1.0,
        f"act: {group}": 1.0,
        f"act: {group}, {sentence.place}": 1.0,
        f"act: {group}, {stage}, {sentence.place}": 1.0,
        f"act: {act.action}": 1.0,
        f"act: {group}, {stage}": 1.0,
        f"stage: {stage}": 1.0,
        f"stage: {how_far.status}": 1.0,
        "stage: no word for it": not how_far.explicit,
        f"stage: {stage}, no word for it": not how_far.explicit,
        "actor: main": by in story.actors[:1],
        "actor: the only one": len(story.actors) == 1,
        "actor: one of many": len(story.actors) > 2,
        "actor: in the clause": by in named and start <= named[by] < end,
        "actor: before the act": by in named and start <= named[by] < act.phrase.start,
        "actor: not named": by not in named and len(by) == 2,
        "actor: a firm": len(by) > 2,
        f"actor: {by}, {group}": by in ("US", "GB", "EU"),
        "target: in the clause": any(start <= at < end for at in at_target),
        "target: after the act": any(act.phrase.start < at < end for at in at_target),
        "target: no vendor": not story.vendors,
        "target: an operator": choice.target in story.carriers.values(),
        "target: not named": not vendors and bool(story.vendors),
        "target: described": described,
        "target: one of several": len({n.entity.id for n in vendors}) > 2,
        "neither actor nor target named": not vendors and by not in named and bool(story.vendors),
        "question": is_question(sentence),
        "negated": stage != "not" and is_negated(sentence, act.phrase),
        "other acts": len(acts - {group}),
        "no word of an act": act.phrase.start == act.phrase.end,
        "word of use": act.phrase.kind == "use",
        "pressed": "advise" in sentence.kinds("act:") and group != "look",
        "quoted title": bool(story.quoted) and sentence.place == "title",
        "no news": not story.reports,
        "aside": _is_aside(sentence, act, story.about.contested),
        "rule without a stage": act.action in _RULES and not how_far.explicit,
        "firm on others": len(by) > 2 and act.action != "sue" and stage != "done",
    }
    if not choice.guesses:
        return {name: float(value) for name, value in signs.items() if value}
    signs |= {f"guessed {guess}": 1.0 for guess in choice.guesses}
    signs |= {f"guessed {guess}, {sentence.place}": 1.0 for guess in choice.guesses}
    signs |= {f"guessed {guess}, {group}": 1.0 for guess in choice.guesses}
    signs["guessed several"] = len(choice.guesses) > 1
    return {f"guess: {name}": float(value) for name, value in signs.items() if value}


def _targets(sentence: Sentence, folded: str, story: MeasureStory) -> list[str]:
    firms = {**story.vendors, **story.carriers}
    named = [firms[e.id] for e in sentence.of_type("vendor", "operator") if e.id in firms]
    if named:
        return named[:5]
    if group := first_fit(folded, story.about.groups):
        return [group]
    if described := first_fit(folded, story.about.described):
        # "The Chinese firm" is the one vendor that the story is about; "Chinese firms" are a group.
        if len(story.vendors) > 1:
            return []
        if story.vendors and not _SEVERAL.matches(folded):
            return [*story.vendors.values()]
        return [described if story.vendors else story.group or described]
    if len(story.vendors) == 1 and sentence.place != "body" and not sentence.of_type("vendor"):
        return [*story.vendors.values()]  # what the whole story is about
    return []


def _status(story: MeasureStory, sentence: Sentence, act: Act) -> Modality:
    if act.action in ("advise", "review"):
        return Modality("announced", True)
    if act.action == "sue":
        return Modality("in_court", True)
    if act.action == "sanction":
        return status_of_sanction(sentence, act.phrase)
    if act.action == "licence" and is_reprieve(sentence.folded):
        return Modality("decided", True)
    status = status_of(sentence, act.phrase, restricts=act.action in KEEP_OUT and not act.denied)
    if status.explicit or sentence.place != "title":
        return status
    if demanded_by(story.quoted):
        return Modality("demanded", True)
    return story.hedge(act.action) or status
