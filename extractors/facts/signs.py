"""Signs from which topics are learnt: what a story names in title, lead and text, its subjects, and the measures
and incidents it reports.

A sign never names a word, only facets, kinds of entities, the watchlist's `topic_words`, places, roles and acts, so
that a weight learnt from one language is valid in others.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from fivegwatch.extractors.facts.reading import BODIES, Reading, Text
from fivegwatch.extractors.story_facts import Incident, Measure, Role
from fivegwatch.extractors.watchlist.alternatives import alternatives_of

_WEAK = 0.4
"""The weight of a weak term; a strong term counts 1."""
_SHORTEST_SCALE = 0.5
"""Thousands of characters that are added to a text's length before densities are computed, so that a few words do not
make a high density."""
_TOGETHER = (
    ("operator", "threat_actor"), ("operator", "vendor"), ("operator", "body"), ("vendor", "body"), ("law", "body"),
    ("operator", "no vendor"), ("body", "no vendor"), ("law", "no vendor"),
)  # fmt: skip
"""Kinds of subjects that say more about a topic together than each one alone."""
_BREAK_INS = frozenset({"intrusion", "espionage", "data_theft"})
_ADDRESSEE = "US"
"""The state whose sanctions and export bans are a topic of their own, apart from bans from networks."""


def signs_of(
    reading: Reading,
    measures: Sequence[Measure] = (),
    incidents: Sequence[Incident] = (),
    roles: Sequence[Role] = (),
    pairs: Collection[tuple[str, str]] = (),
) -> dict[str, float]:
    """All signs of a story that are not 0, by name.

    The names are ``title: x`` and ``lead: x`` (1 or less), ``text: x`` (logarithm of a density), ``act: x`` (confidence
    of a measure or incident of kind x), ``reports: x`` (confidence of a measure or incident with the property x, such
    as an actor), ``subject: x`` (confidence of the likeliest subject of type x), ``named: x`` (only bystanders of type
    x), ``subjects: x + y`` (both), and ``opening: x + y`` for the ``pairs``, by default those for which the watchlist's
    topics have weights.
    """
    title: dict[str, float] = {}
    lead: dict[str, float] = {}
    counts: defaultdict[str, float] = defaultdict(float)
    end = reading.lead_end
    for _, name, weight in _named(reading, reading.title):
        if weight > title.get(name, 0.0):
            title[name] = weight
    for start, name, weight in _named(reading, reading.text):
        counts[name] += weight
        if start < end and weight > lead.get(name, 0.0):
            lead[name] = weight
    scale = len(reading.text.value) / 1000 + _SHORTEST_SCALE
    signs = {f"title: {name}": value for name, value in title.items()}
    signs |= {f"lead: {name}": value for name, value in lead.items()}
    signs |= {f"text: {name}": math.log1p(value / scale) for name, value in counts.items()}
    for kind, confidence in (
        *((m.action, m.confidence) for m in measures), *((i.kind, i.confidence) for i in incidents)
    ):  # fmt: skip
        signs[f"act: {kind}"] = max(signs.get(f"act: {kind}", 0.0), confidence)
    for part, confidence in _reported(reading, measures, incidents):
        signs[f"reports: {part}"] = max(signs.get(f"reports: {part}", 0.0), confidence)
    signs |= _subjects(roles)
    opening = {**lead, **title}
    for one, other in pairs or reading.rules.topic_pairs:
        if one in opening and other in opening:
            signs[f"opening: {one} + {other}"] = min(opening[one], opening[other])
    return signs


def _reported(
    reading: Reading, measures: Sequence[Measure], incidents: Sequence[Incident]
) -> Iterator[tuple[str, float]]:
    """Signs of who acts, at what stage, and whether an attack has a named victim or attacker, each with a
    confidence."""
    unnamed = {reading.rules.subject.victims, reading.rules.subject.users}
    for incident in incidents:
        kind = "break-in" if incident.kind in _BREAK_INS else incident.kind
        yield kind, incident.confidence
        yield f"incident {incident.status}", incident.confidence
        if set(incident.victims) - unnamed:
            yield f"{kind} of a named victim", incident.confidence
            yield "a named victim", incident.confidence
        if incident.actor:
            yield f"{kind} by a named attacker", incident.confidence
            yield "a named attacker", incident.confidence
    for measure in measures:
        by = _ADDRESSEE if measure.by == _ADDRESSEE else "a state" if len(measure.by) == 2 else "a firm"
        yield f"{measure.action} by {by}" if by == _ADDRESSEE else f"an act of {by}", measure.confidence
        yield measure.status, measure.confidence


def _subjects(roles: Sequence[Role]) -> dict[str, float]:
    """Signs of the kinds of entities that are subjects, that are only named, and that are subjects together."""
    signs: dict[str, float] = {}
    for role in roles:
        if role.type == "country":
            if role.is_subject and role.role in ("acts", "accused"):
                signs[f"subject: country that {role.role}"] = 1.0
            if role.is_subject and role.entity == _ADDRESSEE:
                signs[f"subject: {_ADDRESSEE}"] = 1.0
        elif role.is_subject:
            name = f"subject: {role.type}"
            signs[name] = max(signs.get(name, 0.0), role.confidence)
    for kind in {role.type for role in roles} - {"country"}:
        if f"subject: {kind}" not in signs:
            signs[f"named: {kind}"] = 1.0
    if not any(role.type == "country" and role.is_subject for role in roles):
        signs["subject: no country"] = 1.0
    kinds = {name.removeprefix("subject: ") for name in signs if name.startswith("subject: ")}
    kinds |= {"body"} if kinds & BODIES else set()
    kinds |= set() if "vendor" in kinds else {"no vendor"}
    signs |= {f"subjects: {a} + {b}": 1.0 for a, b in _TOGETHER if a in kinds and b in kinds}
    return signs


def _named(reading: Reading, text: Text) -> list[tuple[int, str, float]]:
    """Offset, facet or kind of entity, and weight of everything named in title or text."""
    terms = reading.rules.terms
    hits = [
        (start, terms[number].facet, 1.0 if terms[number].strong else _WEAK)
        for start, _, number in text.terms
    ]
    hits += [(named.start, named.entity.type, 1.0) for named in text.names]
    words = alternatives_of(reading.rules.subject.topic_words)
    hits += [(text.folded.origin(start), name, 1.0) for name, start, _ in words.spans(text.folded.text)]
    return hits
