"""Measures of a story: who does what against whom, from sentences that join an act with a vendor, operator or law.

sentence -> act (the surest kind of its words) -> actor, target, scope, instrument -> status (modality) -> date
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from fivegwatch.extractors.facts.act_dates import date_in
from fivegwatch.extractors.facts.act_words import CHINESE_VENDORS, HIGH_RISK
from fivegwatch.extractors.facts.reading import Reading
from fivegwatch.extractors.facts.sentences import Sentence
from fivegwatch.extractors.story_facts import Measure, Role
from fivegwatch.extractors.watchlist.subject import Subject

_ORDER = (
    "sue", "remove_fund", "revoke", "sanction", "phase_out", "ban", "restrict", "allow", "fine", "certify", "advise",
    "review", "licence", "law",
)  # fmt: skip
"""Where a sentence has words of several acts, the first of these counts."""
_VENDORLESS = frozenset({"law", "licence", "fine", "review", "advise"})
"""Acts that may also be directed at operators or the sector; all others need a vendor."""
_STATUS_ORDER = (
    "rejected",
    "lifted",
    "in_court",
    "considered",
    "demanded",
    "proposed",
    "in_force",
    "decided",
    "announced",
)
_PLACE = {"title": 0.75, "lead": 0.65, "body": 0.4}
_LEAST = 0.3
_AGREED = 0.1
_QUESTION = re.compile("[?\u061f\uff1f]")
_OWN_ACTS = frozenset({"ban", "restrict", "phase_out", "allow"})
"""What an operator does in its own network."""
_CONTESTED = ("CN", "RU")
"""Homes of the vendors whom measures are taken against."""
GROUPS = {
    **dict.fromkeys(("ban", "restrict", "phase_out", "remove_fund", "revoke"), "keep out"),
    **dict.fromkeys(("allow", "certify"), "admit"), "sanction": "sanction", **dict.fromkeys(("review", "advise"), "look"),
    **dict.fromkeys(("law", "licence"), "rule"), **dict.fromkeys(("fine", "sue"), "court"),
}  # fmt: skip
"""Acts that differ in degree only: sentences about them agree."""


def measures_of(
    reading: Reading, sentences: Sequence[Sentence], countries: Sequence[Role], roles: Sequence[Role]
) -> tuple[Measure, ...]:
    """The measures of a story, one for each actor, act and target, the surest first."""
    story = _Story(reading, countries, roles)
    measures = [measure for sentence in sentences for measure in _measures(story, sentence)]
    best: dict[tuple[str, str, str], Measure] = {}
    for measure in measures:
        key = (measure.by, GROUPS[measure.action], measure.target)
        known = best.get(key)
        if known is None:
            best[key] = measure
            continue
        surer, other = sorted((known, measure), key=lambda m: -m.confidence)
        # Two sentences that agree are surer than one.
        agreed = min(
            0.95, surer.confidence + (_AGREED if known.passage.start != measure.passage.start else 0.0)
        )
        best[key] = replace(
            surer, confidence=round(agreed, 2), date=surer.date or other.date,
            date_source=surer.date_source or other.date_source, scope=_narrower(surer.scope, other.scope),
            instrument=surer.instrument or other.instrument,
        )  # fmt: skip
    return _pruned(best.values())


def _narrower(one: str, other: str) -> str:
    return other if one in ("other", "all networks") and other != "other" else one


class _Story:
    """What is known of the whole story when a sentence is read."""

    def __init__(self, reading: Reading, countries: Sequence[Role], roles: Sequence[Role]) -> None:
        self.about = reading.rules.subject
        self.subjects = [role.entity for role in countries if role.is_subject]
        self.actors = [code for code in self.subjects if code != "CN"]
        vendors = [role for role in roles if role.type == "vendor" and role.is_subject]
        self.vendors = {role.entity: role.name for role in vendors if role.country in _CONTESTED}
        published = reading.article.published_at
        self.published = published.date() if published else None


def _pruned(measures: Iterable[Measure]) -> tuple[Measure, ...]:
    """For each actor and target the surest act, and a sanction if there is one; the weaker measures are dropped."""
    kept: set[tuple[str, str, bool]] = set()
    chosen = []
    for measure in sorted(measures, key=lambda m: (-m.confidence, m.by, m.action, m.target)):
        key = (measure.by, measure.target, measure.action == "sanction")
        if key not in kept and measure.confidence >= _LEAST:
            kept.add(key)
            chosen.append(measure)
    return tuple(chosen[:8])


def _measures(story: _Story, sentence: Sentence) -> list[Measure]:
    folded = sentence.folded
    targets = _targets(sentence, folded, story)
    kinds = sentence.kinds("act:")
    if "restriction!" in sentence.facets and not {*kinds} & {
        "restrict",
        "allow",
        "phase_out",
        "revoke",
        "sanction",
    }:
        kinds = [*kinds, "ban"]
    action = _action(kinds, bool(targets), sentence)
    if not action:
        return []
    if not targets:
        if story.vendors or sentence.place == "body" or not sentence.facets & story.about.sector:
            return []
        if action in ("advise", "review") and not sentence.of_type("agency", "regulator"):
            return []
        targets = [story.about.sector_name]
    by = _actor(sentence, story, action)
    if not by:
        return []
    if action == "sue":
        targets = [e.name for e in sentence.of_type("law", "regulator")][:1] or story.actors[:1]
    day, source = date_in(sentence.value, folded, story.published)
    laws = sentence.of_type("law")
    return [
        Measure(
            by=by, action=action, target=target, scope=_scope(folded, story.about), instrument=laws[0].name if laws else "",
            status=_status(sentence, action), date=day, date_source=source,
            confidence=_confidence(sentence, story, by, action), passage=sentence.passage(),
        )
        for target in targets
    ]  # fmt: skip


def _confidence(sentence: Sentence, story: _Story, by: str, action: str) -> float:
    value = _PLACE[sentence.place]
    value += 0.1 * (by in story.actors[:1]) - 0.15 * (len(story.actors) > 2)
    value += 0.1 * (len(story.actors) == 1)
    value -= 0.15 * bool(_QUESTION.search(sentence.value))
    value -= 0.1 * (action in ("law", "licence", "review", "certify", "advise"))
    value -= 0.1 * ("not" in sentence.kinds(""))
    value -= 0.2 * (not story.vendors)
    return round(max(0.05, min(0.9, value)), 2)


def _targets(sentence: Sentence, folded: str, story: _Story) -> list[str]:
    named = [story.vendors[e.id] for e in sentence.of_type("vendor") if e.id in story.vendors]
    if named:
        return named[:3]
    if re.search(HIGH_RISK, folded):
        return ["high-risk vendors"]
    if re.search(CHINESE_VENDORS, folded):
        # "The Chinese firm" is the one vendor that the story is about.
        return (
            [*story.vendors.values()]
            if len(story.vendors) == 1
            else []
            if story.vendors
            else ["Chinese vendors"]
        )
    return []


def _action(kinds: Sequence[str], has_target: bool, sentence: Sentence) -> str:
    known = set(kinds)
    if not has_target:
        known &= _VENDORLESS
    if "advise" in known and known & {"ban", "restrict", "allow"} and len({*sentence.countries} - {"CN"}) > 1:
        return "advise"
    if "allow" in known and known & {"ban", "restrict"}:
        # "decides not to ban but to allow" allows; a ban beside "limited role" restricts.
        return "restrict" if "restrict" in known else "allow" if "not" in sentence.kinds("") else "ban"
    if "allow" in known and "not" in sentence.kinds(""):
        known.discard("allow")  # "refuses to allow" does not say what is done instead
    return next((kind for kind in _ORDER if kind in known), "")


def _actor(sentence: Sentence, story: _Story, action: str) -> str:
    """The country whose act it is: the first subject named; the vendor itself where it sues."""
    if action == "sue":
        return next((e.name for e in sentence.of_type("vendor")), "")
    bodies = [e.country for e in sentence.of_type("agency", "regulator", "person") if len(e.country) == 2]
    operators = sentence.of_type("operator")
    own = not (bodies or sentence.countries or "demanded" in sentence.kinds("status:"))
    if operators and own and action in _OWN_ACTS:
        return operators[0].name
    if action == "sanction" and "US" in (*sentence.countries, *bodies):
        return "US"  # no other state has sanction lists of vendors
    if action == "advise":
        adviser = next((code for code in bodies if code in story.actors), "")
        if adviser or "US" in sentence.countries:
            return adviser or "US"
    for codes in (sentence.countries, bodies):
        for code in codes:
            if code in story.actors:
                return code
    return story.actors[0] if story.actors else ""


def _status(sentence: Sentence, action: str) -> str:
    known = set(sentence.kinds("status:"))
    if action in ("advise", "review"):
        return "announced"
    if action == "sue":
        return "in_court"
    if _QUESTION.search(sentence.value):
        return "considered"
    if "not" in sentence.kinds("") and action in ("ban", "restrict") and "considered" not in known:
        return "rejected"
    for status in _STATUS_ORDER:
        if status in known and not (status == "in_court" and action != "sue"):
            return status
    return (
        "in_force" if action == "sanction" else "announced" if action in ("advise", "review") else "decided"
    )


def _scope(folded: str, about: Subject) -> str:
    return next((name for name, pattern in about.scopes if pattern.search(folded)), "other")
