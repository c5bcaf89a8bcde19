"""Measures of a story: who does what against whom, from sentences that join an act with a vendor, operator or law.

sentence -> act (the surest kind of its words) -> actor, target, scope, instrument -> status (modality) -> date
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace

from fivegwatch.extractors.facts.act_dates import dates_in
from fivegwatch.extractors.facts.actors import actor_of, named_states
from fivegwatch.extractors.facts.clauses import clause_of
from fivegwatch.extractors.facts.event_signs import reports_event
from fivegwatch.extractors.facts.modality import (
    Modality,
    demanded_by,
    is_negated,
    is_question,
    status_of,
    status_of_sanction,
)
from fivegwatch.extractors.facts.phrases import Phrase
from fivegwatch.extractors.facts.reading import Reading
from fivegwatch.extractors.facts.sentences import Sentence
from fivegwatch.extractors.facts.weights import MEASURE_SHIFT, MEASURE_WEIGHTS, likelihood
from fivegwatch.extractors.story_facts import Measure, Role
from fivegwatch.extractors.text.folding import fold_text

_ORDER = (
    "sue", "remove_fund", "revoke", "sanction", "phase_out", "ban", "restrict", "allow", "fine", "certify", "advise",
    "review", "licence", "law",
)  # fmt: skip
"""Where a sentence has words of several acts, the first of these counts."""
_VENDORLESS = frozenset({"law", "licence", "fine", "review", "advise"})
"""Acts that may also be directed at operators or the sector; all others need a vendor."""
_LEAST = 0.3
_HEDGES = ("considered", "proposed", "rejected", "lifted")
"""Statuses that a headline may hide."""
_LISTED = 3
"""States in one clause that make it a list of who else did so."""
_PUT_OFF = ("ban", "restrict", "sanction", "allow", "law", "licence")
_QUOTES = tuple("'\"‘’“”„«»「『")
_RULES = ("law", "licence")
_KEEP_OUT = ("ban", "restrict", "phase_out", "remove_fund", "revoke")
_EASE = re.compile(
    r"\beas(?:e|es|ed|ing)\b|relax|loosen|soften|lockern|gelockert|versoepel|assoupl|flexibiliz|suaviz"
    r"|allenta|poluzow|zlagod|uvoln"
    r"|lattar|смягч|послаб|пом якш|gevset|noi long|تخفيف|ढील|放寬|放宽|鬆綁|松绑|緩和|완화"
)
_REPRIEVE = re.compile(
    r"reprieve|temporary (?:general )?licen|\b(?:30|60|90) (?:more )?days?\b|waiver|\buitstel|\bstel(?:t|de|len)\b.{1,60}\buit\b"
    r"|opschort|aufschub"
    r"|prorrog|moratori|sursis|rinvi|odroczen|odklad|uppskov|отсроч|відстроч|ertele|gia han|إرجاء|تأجيل"
    r"|मोहलत|豁免|暫緩|暂缓|猶予|유예"
)
"""A restriction put off is a licence for a time."""
_RECOMMEND = re.compile(
    r"recommend|advis|advies|aanbevel|empfehl|empfiehl|recommand|conseil|recomiend|recomend|raccomand"
    r"|zalec|rekomend|doporuc"
    r"|rekommend|рекоменд|tavsiye|khuyen|توصي|सलाह|建議|建议|勧告|권고"
)
GROUPS = {
    **dict.fromkeys(("ban", "restrict", "phase_out", "remove_fund", "revoke"), "keep out"),
    **dict.fromkeys(("allow", "certify"), "admit"), "sanction": "sanction", **dict.fromkeys(("review", "advise"), "look"),
    **dict.fromkeys(("law", "licence"), "rule"), **dict.fromkeys(("fine", "sue"), "court"),
}  # fmt: skip
"""Acts that differ in degree only: sentences about them agree."""
STAGES = {
    **dict.fromkeys(("demanded", "considered", "proposed"), "open"),
    **dict.fromkeys(("announced", "decided", "in_force"), "done"),
    **dict.fromkeys(("rejected", "lifted"), "not"), "in_court": "court",
}  # fmt: skip
"""Statuses that differ in degree only."""


@dataclass(frozen=True, slots=True)
class _Act:
    action: str
    phrase: Phrase
    denied: bool = False
    """Whether it is the denial of the phrase's own act."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measure that a sentence reports, with the signs from which its confidence is worked out."""

    measure: Measure
    place: str
    explicit: bool
    """Whether a word of its clause says how far the act is."""
    signs: dict[str, float]


def measures_of(
    reading: Reading, sentences: Sequence[Sentence], countries: Sequence[Role], roles: Sequence[Role]
) -> tuple[Measure, ...]:
    """The measures of a story, one for each actor, act and target, the surest first."""
    return surest(
        replace(candidate.measure, confidence=likelihood(MEASURE_WEIGHTS, candidate.signs, MEASURE_SHIFT))
        for candidate in measure_candidates(reading, sentences, countries, roles)
    )


def measure_candidates(
    reading: Reading, sentences: Sequence[Sentence], countries: Sequence[Role], roles: Sequence[Role]
) -> list[Candidate]:
    """All measures that sentences of the story might report, those of one actor, kind of act and target joined."""
    story = _Story(reading, sentences, countries, roles)
    best: dict[tuple[str, str, str], Candidate] = {}
    for sentence in sentences:
        for candidate in _candidates(story, sentence):
            measure = candidate.measure
            key = (measure.by, GROUPS[measure.action], measure.target)
            known = best.get(key)
            best[key] = candidate if known is None else _joined(known, candidate)
    return list(best.values())


def _joined(first: Candidate, other: Candidate) -> Candidate:
    """Two sentences about one act, as one measure. The earlier one counts: title before lead before body.

    The status is that of the first, unless the lead hedges what a headline leaves out.
    """
    surer, less = first.measure, other.measure
    hedged = (
        other.place == "lead" and other.explicit and not first.explicit
        and less.status in _HEDGES and surer.action == less.action != "sanction"
    )  # fmt: skip
    merged = replace(
        surer, status=less.status if hedged else surer.status, date=surer.date or less.date,
        date_source=surer.date_source or less.date_source, scope=_narrower(surer.scope, less.scope),
        instrument=surer.instrument or less.instrument, deadline=surer.deadline or less.deadline,
    )  # fmt: skip
    signs = dict(first.signs)
    if surer.passage.start != less.passage.start or first.place != other.place:
        same = STAGES[surer.status] == STAGES[less.status]
        name = "other sentences: same stage" if same else "other sentences: other stage"
        signs[name] = min(2.0, signs.get(name, 0.0) + 1.0)
    return Candidate(merged, first.place, first.explicit or hedged, signs)


def _narrower(one: str, other: str) -> str:
    return other if one in ("other", "all networks") and other != "other" else one


class _Story:
    """What is known of the whole story when a sentence is read."""

    def __init__(
        self,
        reading: Reading,
        sentences: Sequence[Sentence],
        countries: Sequence[Role],
        roles: Sequence[Role],
    ) -> None:
        title = reading.title.value.strip()
        self.lead = [s for s in sentences if s.place == "lead"]
        self.quoted = self.lead if title[:1] in _QUOTES else []
        """The sentences that say whose words a quoted headline is."""
        self.about = reading.rules.subject
        self.reports = reports_event(title)
        self.subjects = [role.entity for role in countries if role.is_subject]
        self.actors = [code for code in self.subjects if code != "CN"]
        vendors = [role for role in roles if role.type == "vendor" and role.is_subject]
        self.vendors = {role.entity: role.name for role in vendors if role.country in self.about.contested}
        self.laws = [role.name for role in roles if role.type == "law" and role.is_subject]
        self.operators = [role.name for role in roles if role.type == "operator" and role.is_subject]
        published = reading.article.published_at
        self.published = published.date() if published else None

    def hedge(self, action: str) -> Modality | None:
        """That an act is only considered, if a sentence of the lead that names no vendor says so; else None."""
        for sentence in self.lead:
            act = next((p for p in sentence.phrases if p.kind == f"act:{action}"), None)
            if act and not sentence.of_type("vendor"):
                status = status_of(sentence, act, restricts=action in _KEEP_OUT)
                if status.explicit and status.status == "considered":
                    return status
        return None


def surest(measures: Iterable[Measure]) -> tuple[Measure, ...]:
    """For each actor and target the surest act, and a sanction if there is one; the weaker measures are dropped."""
    kept: set[tuple[str, str, bool]] = set()
    chosen = []
    for measure in sorted(measures, key=lambda m: (-m.confidence, m.by, m.action, m.target)):
        key = (measure.by, measure.target, measure.action == "sanction")
        if key not in kept and measure.confidence >= _LEAST:
            kept.add(key)
            chosen.append(measure)
    return tuple(chosen[:8])


def _candidates(story: _Story, sentence: Sentence) -> list[Candidate]:
    if not any(p.kind.startswith("act:") for p in sentence.phrases):
        return []
    folded = sentence.folded
    targets = _targets(sentence, folded, story)
    act = _act(sentence, bool(targets), story.actors[:1] if story.vendors else [])
    if act is None:
        return []
    action = act.action
    if not targets:
        if story.vendors or sentence.place == "body" or not sentence.facets & story.about.sector:
            return []
        if action in ("advise", "review") and not sentence.of_type("agency", "regulator"):
            return []
        targets = [story.about.sector_name]
    by = actor_of(sentence, act.phrase, action, story.actors)
    if not by and action == "advise" and _recommends(sentence, act.phrase):
        by = next(iter(story.actors), "")  # a council recommends to its own state
    if not by or _is_aside(sentence, act, story.about.contested):
        return []
    if action == "fine":
        targets = [e.name for e in sentence.of_type("operator")] or story.operators[:1] or targets
    if action == "sue":
        named = [e.name for e in sentence.of_type("law")] or story.laws
        targets = (named or [e.name for e in sentence.of_type("regulator")])[:1] or story.actors[:1]
        if not targets:
            return []
    dates = dates_in(folded, story.published)
    laws = sentence.of_type("law")
    how_far = _status(story, sentence, act)
    if act.action == "licence" and _REPRIEVE.search(folded):
        how_far = Modality("decided", True)
    elif action in _RULES and not how_far.explicit:
        return []  # a law that is only mentioned
    if len(by) > 2 and action != "sue" and STAGES[how_far.status] != "done":
        return []  # what an operator says of a ban by others
    described = bool(story.vendors) and targets[0] not in story.vendors.values() and action in _KEEP_OUT
    signs = _signs(sentence, story, act, by, how_far, described=described)
    return [
        Candidate(
            Measure(
                by=by, action=action, target=target, scope=_first_fit(folded, story.about.scopes) or "other", instrument=laws[0].name if laws else "",
                status=how_far.status, date=dates.date, date_source=dates.source, confidence=0.0,
                passage=sentence.passage(), deadline=dates.deadline,
            ),
            sentence.place,
            how_far.explicit,
            signs,
        )
        for target in targets
    ]  # fmt: skip


def _is_aside(sentence: Sentence, act: _Act, contested: Container[str]) -> bool:
    """Whether the sentence lists what many states did, replaces another firm's equipment, or withdraws something else."""
    start, end = clause_of(sentence, act.phrase.start)
    if len({code for at, code in sentence.states if start <= at < end}) > _LISTED:
        return True
    if act.action == "phase_out":
        after = [n.entity for n in sentence.names if n.entity.type == "vendor" and n.start >= act.phrase.end]
        return bool(after) and after[0].country not in contested
    if act.action == "revoke":
        return not (set(sentence.kinds("act:")) & {"licence", "certify", "law"} or sentence.of_type("law"))
    return False


def _signs(
    sentence: Sentence, story: _Story, act: _Act, by: str, how_far: Modality, *, described: bool
) -> dict[str, float]:
    """What makes it likely that a reader would say the same, by name; the weights belong to these names."""
    start, end = clause_of(sentence, act.phrase.start)
    named = {code: at for at, code in named_states(sentence)}
    targets = [n.start for n in sentence.names if n.entity.type == "vendor"]
    acts = {GROUPS[kind] for kind in sentence.kinds("act:")}
    group = GROUPS[act.action]
    signs = {
        "base": 1.0,
        f"place: {sentence.place}": 1.0,
        f"act: {group}": 1.0,
        f"act: {group} below the lead": float(sentence.place == "body"),
        f"stage: {STAGES[how_far.status]}": 1.0,
        "stage: no word for it": float(not how_far.explicit),
        "actor: main": float(by in story.actors[:1]),
        "actor: the only one": float(len(story.actors) == 1),
        "actor: one of many": float(len(story.actors) > 2),
        "actor: in the clause": float(by in named and start <= named[by] < end),
        "actor: not named": float(by not in named and len(by) == 2),
        "target: in the clause": float(any(start <= at < end for at in targets)),
        "target: no vendor": float(not story.vendors),
        "target: not named": float(not targets and bool(story.vendors)),
        "target: described": float(described),
        "neither actor nor target named": float(not targets and by not in named and bool(story.vendors)),
        "question": float(is_question(sentence)),
        "negated": float(is_negated(sentence, act.phrase)),
        "other acts": float(len(acts - {group})),
        "no word of an act": float(act.phrase.start == act.phrase.end),
        "pressed": float("advise" in sentence.kinds("act:") and group != "look"),
        "quoted title": float(bool(story.quoted) and sentence.place == "title"),
        "no news": float(not story.reports),
    }
    return {name: value for name, value in signs.items() if value}


def _targets(sentence: Sentence, folded: str, story: _Story) -> list[str]:
    named = [story.vendors[e.id] for e in sentence.of_type("vendor") if e.id in story.vendors]
    if named:
        return named[:5]
    if group := _first_fit(folded, story.about.groups):
        return [group]
    if described := _first_fit(folded, story.about.described):
        # "The Chinese firm" is the one vendor that the story is about.
        return [*story.vendors.values()] if len(story.vendors) == 1 else [] if story.vendors else [described]
    if len(story.vendors) == 1 and sentence.place != "body" and not sentence.of_type("vendor"):
        return [*story.vendors.values()]  # what the whole story is about
    return []


def _act(sentence: Sentence, has_target: bool, states: Sequence[str]) -> _Act | None:
    """The act that a sentence reports; its kind may be another than its phrase's own."""
    acts = [p for p in sentence.phrases if p.kind.startswith("act:")]
    known = {p.kind.removeprefix("act:") for p in acts}
    if not has_target:
        known &= _VENDORLESS
    action = _action(known, acts, sentence)
    if not action:
        return None
    phrase = next((p for p in acts if p.kind == f"act:{action}"), None) or next(
        p for p in acts if p.kind == "act:allow"
    )
    if action in _PUT_OFF and "US" in states and _REPRIEVE.search(sentence.folded):
        return _Act("licence", phrase)
    if action == "allow" and is_negated(sentence, phrase):
        return _Act("ban", phrase, denied=True)  # "may not supply" and "refuses to let in" keep out
    return _Act(action, phrase)


def _action(known: set[str], acts: Sequence[Phrase], sentence: Sentence) -> str:
    if "advise" in known and known & {"ban", "restrict", "allow"} and len({*sentence.countries} - {"CN"}) > 1:
        return "advise"
    if "allow" in known and _EASE.search(sentence.folded):
        return "allow"  # "eases the ban"
    if (
        acts[0].kind == "act:advise"
        and known & {"ban", "restrict", "allow"}
        and _recommends(sentence, acts[0])
    ):
        return "advise"
    if "allow" in known and known & {"ban", "restrict"}:
        # "decides not to ban but to allow" allows; a ban beside "limited role" restricts.
        return "restrict" if "restrict" in known else "allow" if "not" in sentence.kinds("") else "ban"
    return next((kind for kind in _ORDER if kind in known), "")


def _recommends(sentence: Sentence, act: Phrase) -> bool:
    return _RECOMMEND.search(fold_text(sentence.text.value[act.start : act.end]).text) is not None


def _status(story: _Story, sentence: Sentence, act: _Act) -> Modality:
    if act.action in ("advise", "review"):
        return Modality("announced", True)
    if act.action == "sue":
        return Modality("in_court", True)
    if act.action == "sanction":
        return status_of_sanction(sentence, act.phrase)
    status = status_of(sentence, act.phrase, restricts=act.action in _KEEP_OUT and not act.denied)
    if status.explicit or sentence.place != "title":
        return status
    if demanded_by(story.quoted):
        return Modality("demanded", True)
    return story.hedge(act.action) or status


def _first_fit(folded: str, patterns: Sequence[tuple[str, re.Pattern[str]]]) -> str:
    return next((name for name, pattern in patterns if pattern.search(folded)), "")
