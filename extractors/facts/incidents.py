"""Incidents of a story: what was done to networks, operators or subscribers, or shown to be possible.

sentence -> kind (the surest of its words) -> victims, actor, country -> status -> date
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fivegwatch.extractors.facts.act_dates import date_in
from fivegwatch.extractors.facts.reading import Reading
from fivegwatch.extractors.facts.sentences import Sentence
from fivegwatch.extractors.story_facts import Incident, Role
from fivegwatch.extractors.watchlist.subject import Subject

_ORDER = (
    "fake_base_station", "interception_abuse", "insider", "fraud_on_operator", "signalling_abuse", "vulnerability",
    "espionage", "data_theft", "disruption", "intrusion",
)  # fmt: skip
_PLACE = {"title": 0.75, "lead": 0.65, "body": 0.4}
_STATES = frozenset(
    {"CN", "RU", "IR", "KP", "US", "IL", "IN", "PK", "TR", "SA", "AE", "VN", "BY", "SY", "UG", "ZM"}
)
_STATUS = (("alleged", ("considered", "demanded")), ("denied", ("rejected",)))


def incidents_of(
    reading: Reading, sentences: Sequence[Sentence], countries: Sequence[Role], roles: Sequence[Role]
) -> tuple[Incident, ...]:
    """The incidents of a story, one for each kind, the surest first."""
    actors = [r for r in roles if r.type == "threat_actor" and r.is_subject]
    operators = [r for r in roles if r.type == "operator" and r.is_subject]
    best: dict[str, Incident] = {}
    for sentence in sentences:
        incident = _incident(reading, sentence, countries, actors, operators)
        if incident is None:
            continue
        known = best.get(incident.kind)
        if known is None or incident.confidence > known.confidence:
            best[incident.kind] = incident
    incidents = sorted(best.values(), key=lambda i: (-i.confidence, i.kind))
    if any(i.kind in ("espionage", "data_theft", "disruption") for i in incidents):
        incidents = [i for i in incidents if i.kind != "intrusion"]
    return tuple(incidents[:3])


def _incident(
    reading: Reading,
    sentence: Sentence,
    countries: Sequence[Role],
    actors: Sequence[Role],
    operators: Sequence[Role],
) -> Incident | None:
    kinds = set(sentence.kinds("attack:"))
    if sentence.of_type("threat_actor", "malware") and not kinds:
        kinds = {"espionage"}
    if not kinds or not (
        sentence.facets & reading.rules.subject.attacked or sentence.of_type("operator", "threat_actor")
    ):
        return None
    if (
        sentence.kinds("act:")
        and sentence.of_type("vendor")
        and not sentence.of_type("threat_actor", "malware")
    ):
        # A vendor beside an act: the attack is what it is feared for, not what happened.
        kinds &= {"vulnerability", "data_theft", "disruption"}
        if not kinds:
            return None
    hackers = bool(actors or sentence.of_type("threat_actor", "malware"))
    if hackers and kinds & {"intrusion", "espionage", "data_theft"}:
        kinds -= {"vulnerability", "interception_abuse"}  # a weakness is the hackers' means
    kind = next(kind for kind in _ORDER if kind in kinds)
    if kind == "intrusion" and actors:
        kind = "espionage"
    names = [e.name for e in sentence.of_type("operator")] or [r.name for r in operators]
    victims = tuple(dict.fromkeys(names))[:8] or (_default_victim(kind, reading.rules.subject),)
    confidence = _PLACE[sentence.place]
    confidence += 0.1 * bool(names) + 0.1 * bool(actors) - 0.15 * (kind == "intrusion" and not names)
    confidence -= _doubt(sentence, kind, hackers=hackers)
    published = reading.article.published_at
    day, source = date_in(sentence.value, sentence.folded, published.date() if published else None)
    actor = (
        actors[0].name
        if actors
        else next((r.name for r in countries if r.role == "accused" and r.entity in _STATES), "")
    )
    home = next(
        (r.entity for r in countries if r.is_subject and r.role != "accused" and r.entity != "CN"), ""
    )
    return Incident(
        kind=kind, victims=victims, actor=actor, country=home, method="", status=_status(sentence, kind),
        date=day, date_source=source, confidence=round(min(confidence, 0.95), 2), passage=sentence.passage(),
    )  # fmt: skip


def _doubt(sentence: Sentence, kind: str, *, hackers: bool) -> float:
    """What to subtract from the confidence, since an attack asked about, feared or warned of has not happened."""
    doubt = 0.2 if re.search("[?\u061f\uff1f]", sentence.value) else 0.0
    feared = {"considered", "demanded", "proposed"} & {
        *sentence.kinds("status:")
    } or "advise" in sentence.kinds("act:")
    if feared and not hackers and kind != "vulnerability":
        doubt += 0.25
    if (
        not hackers
        and sentence.of_type("vendor")
        and kind == "espionage"
        and not sentence.of_type("operator")
    ):
        doubt += 0.1
    return doubt


def _default_victim(kind: str, subject: Subject) -> str:
    subscribers = ("signalling_abuse", "fake_base_station", "vulnerability", "fraud_on_operator")
    return subject.users if kind in subscribers else subject.victims


def _status(sentence: Sentence, kind: str) -> str:
    known = set(sentence.kinds("status:"))
    if kind == "vulnerability":
        return "demonstrated"
    return next((name for name, words in _STATUS if known & set(words)), "confirmed")
