"""The incidents of a story: what was done to networks, operators or subscribers, or shown to be possible.

sentence -> kind (the surest of its words) -> victims, attacker, country, method -> status -> date
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from fivegwatch.extractors.facts.act_dates import dates_in
from fivegwatch.extractors.facts.country_roles import country_name
from fivegwatch.extractors.facts.event_signs import reports_event
from fivegwatch.extractors.facts.incident_status import is_suspected, stage_of, statuses_of
from fivegwatch.extractors.facts.incident_words import (
    CRITICS,
    CVE,
    DELIBERATE,
    EXPLOIT,
    FAULT,
    HACKERS,
    RESEARCH,
    RESEMBLED,
    SHOWN,
)
from fivegwatch.extractors.facts.measure_story import KEEP_OUT
from fivegwatch.extractors.facts.modality import is_negated, is_question
from fivegwatch.extractors.facts.reading import Reading
from fivegwatch.extractors.facts.sentences import Sentence
from fivegwatch.extractors.facts.victims import (
    USERS,
    WATCHED,
    exposes_users,
    hit_operators,
    hit_vendors,
    is_of_government,
    means_of,
    weak_things,
)
from fivegwatch.extractors.story_facts import Incident, Role
from fivegwatch.extractors.text.folding import fold_text

_ORDER = (
    "fake_base_station", "interception_abuse", "insider", "fraud_on_operator", "signalling_abuse", "vulnerability",
    "espionage", "data_theft", "disruption", "intrusion",
)  # fmt: skip
_DENIABLE = ("attack:fake_base_station", "attack:data_theft", "attack:disruption")
BREAK_IN = frozenset({"intrusion", "espionage", "data_theft"})
"""Kinds of incidents that one attack can combine: hackers break in, spy and take data. A story has one of these kinds
per attacker."""
_PLACE = {"title": 0.75, "lead": 0.65, "body": 0.4}
_STATES = frozenset(
    {"CN", "RU", "IR", "KP", "US", "IL", "IN", "PK", "TR", "SA", "AE", "VN", "BY", "SY", "UG", "ZM"}
)


@dataclass(frozen=True, slots=True)
class _Report:
    """A sentence that reports an incident, and the kind of incident."""

    kind: str
    sentence: Sentence
    confidence: float


class _Story:
    """What the whole story says, known when one of its sentences is read."""

    def __init__(
        self,
        reading: Reading,
        sentences: Sequence[Sentence],
        countries: Sequence[Role],
        roles: Sequence[Role],
    ) -> None:
        self.about = reading.rules.subject
        self.countries = countries
        self.opening = [s for s in sentences if s.place != "body"]
        self.opening_text = " ".join(s.folded for s in self.opening)
        self.reports = reports_event(reading.title.value)
        self.attackers = _attackers(sentences, roles)
        groups = {r.name: r.country for r in roles if r.type == "threat_actor"}
        self.origins = {name: groups[name] for name in self.attackers}
        self.spied = any(s.kinds("attack:espionage") for s in sentences)
        self.roles = [role for role in roles if role.entity not in self._kept_out()]
        self.accused = next((r.name for r in countries if r.role == "accused" and r.entity in _STATES), "")
        self.signalling = any(s.kinds("attack:signalling_abuse") for s in sentences)
        published = reading.article.published_at
        self.published = published.date() if published else None
        self.attacked = frozenset(
            e.id for s in sentences if s.place != "body" or s.kinds("attack:") for e in s.of_type("operator")
        )
        self.homes = {role.name: role.country for role in roles if role.type == "operator"}

    @cached_property
    def research(self) -> bool:
        """Whether title or lead have words of research."""
        return RESEARCH.matches(self.opening_text)

    @cached_property
    def shown(self) -> bool:
        """Whether title or lead name what is weak, or say that somebody found or showed a weakness."""
        return self.research or any(
            s.of_type("vendor", "product", "attack", "company")
            or s.kinds("stage:inquired")
            or s.kinds("stage:patched")
            or SHOWN.matches(s.folded)
            or CVE.search(s.value)
            for s in self.opening
        )

    @cached_property
    def deliberate(self) -> bool:
        """Whether title or lead name an attack, and no fault as the cause."""
        return not FAULT.matches(self.opening_text) and any(
            set(s.kinds("attack:")) - {"disruption"}
            or s.of_type("threat_actor", "malware", "attack")
            or DELIBERATE.matches(s.folded)
            for s in self.opening
        )

    def _kept_out(self) -> set[str]:
        """Ids of operators from contested countries against whom title or lead report an act: incidents that the text
        ascribes to them are reasons for that act, not incidents they suffered."""
        return {
            entity.id
            for s in self.opening
            if set(s.kinds("act:")) & set(KEEP_OUT)
            for entity in s.of_type("operator")
            if entity.country in self.about.contested
        }


def _attackers(sentences: Sequence[Sentence], roles: Sequence[Role]) -> list[str]:
    """Names of the groups that the story is about, without those that an attacker merely resembles."""
    subjects = {role.entity: role.name for role in roles if role.type == "threat_actor" and role.is_subject}
    names: dict[str, bool] = {}
    for sentence in sentences:
        for named in sentence.names:
            if named.entity.type == "threat_actor" and named.entity.id in subjects:
                before = fold_text(sentence.text.value[sentence.start : named.start]).text
                name = subjects[named.entity.id]
                names[name] = names.get(name, True) and not RESEMBLED.matches(before)
    titled = {e.id for s in sentences if s.place == "title" for e in s.of_type("threat_actor")}
    in_title = {subjects[one] for one in titled if one in subjects}
    return [name for name, did in names.items() if did and (name in in_title or not in_title)]


def incidents_of(
    reading: Reading, sentences: Sequence[Sentence], countries: Sequence[Role], roles: Sequence[Role]
) -> tuple[Incident, ...]:
    """The incidents of a story, one for each kind and attacker, the surest first."""
    reports = [s for s in sentences if s.kinds("attack:") or s.of_type("threat_actor", "malware")]
    if not reports:
        return ()
    story = _Story(reading, sentences, countries, roles)
    best: dict[str, _Report] = {}
    kinds: dict[str, set[str]] = {}
    for sentence in reports:
        kind = _kind(story, sentence)
        if not kind:
            continue
        group = "break-in" if kind in BREAK_IN else kind
        kinds.setdefault(group, set()).add(kind)
        report = _Report(kind, sentence, _confidence(story, sentence, kind))
        if group not in best or report.confidence > best[group].confidence:
            best[group] = report
    broken = best.pop("break-in", None)
    if broken and broken.kind == "intrusion" and not story.attackers and "disruption" in best:
        broken = None  # the attack is what cut the service off
    chosen = [_incident(story, report) for report in best.values()]
    if broken:
        chosen.extend(_per_attacker(story, _incident(story, broken), kinds["break-in"]))
    return tuple(sorted(chosen, key=lambda i: (-i.confidence, i.kind, i.actor))[:5])


def _per_attacker(story: _Story, incident: Incident, kinds: set[str]) -> list[Incident]:
    """The break-in as one incident for each of up to three attackers that the story is about: espionage for a group of
    a state, else the kind that the story's words name.

    Without an attacker there is a single incident, of the kind that the words name ("data theft", "espionage"), if any.
    """
    if story.attackers:
        # Groups of states come to spy; ransomware gangs do so only if the text says it.
        plain = "espionage" if story.spied else _first(("data_theft",), kinds) or "intrusion"
        spies = [(name, bool(story.origins[name])) for name in story.attackers[:3]]
        return [replace(incident, kind="espionage" if spy else plain, actor=name) for name, spy in spies]
    kind = incident.kind if incident.kind != "intrusion" else _first(("data_theft", "espionage"), kinds)
    return [replace(incident, kind=kind or incident.kind)]


def _first(order: Sequence[str], kinds: set[str]) -> str:
    return next((kind for kind in order if kind in kinds), "")


def _incident(story: _Story, report: _Report) -> Incident:
    """The incident that a sentence reports, with what title and lead add to it."""
    kind, sentence = report.kind, report.sentence
    near = [sentence, *(s for s in story.opening if s is not sentence)]
    operators = hit_operators(sentence, story.roles, story.attacked)
    victims = _victims(story, report, near, operators)
    dates = dates_in(sentence.folded, story.published)
    country = _country(story, report, operators)
    return Incident(
        kind=kind, victims=victims, actor=_actor(story, kind, country), country=country, method=means_of(near),
        status=stage_of(sentence, kind, near), date=dates.date, date_source=dates.source if dates.date else "", confidence=report.confidence,
        passage=sentence.passage(),
    )  # fmt: skip


def _victims(
    story: _Story, report: _Report, near: Sequence[Sentence], operators: tuple[str, ...]
) -> tuple[str, ...]:
    """Who suffered the incident, in the words of the sentence, title and lead; empty if they do not say it."""
    kind, sentence, users = report.kind, report.sentence, story.about.users
    if kind == "vulnerability":
        victims = weak_things(near) or (*hit_operators(sentence, story.roles, ()), users)
        return (*victims, users) if users not in victims and exposes_users(near) else victims
    spied_on = kind == "interception_abuse" and CRITICS.matches(sentence.folded)
    if kind in ("signalling_abuse", "fake_base_station") or spied_on:
        on_operators = kind == "signalling_abuse" and not any(WATCHED.matches(s.folded) for s in near)
        return (story.about.victims if on_operators else users,)
    if kind == "espionage" and not story.attackers and is_suspected(sentence):
        named = hit_operators(sentence, story.roles, ())
        return named or ((story.about.victims,) if any("operator" in s.facets for s in near) else ())
    if operators:
        return operators
    if kind == "fraud_on_operator":
        return (users,)
    if kind in BREAK_IN | {"disruption"}:
        vendors = hit_vendors(sentence, story.about.contested)
        if vendors or is_of_government(sentence):
            return vendors
    return (story.about.victims,)


def _kind(story: _Story, sentence: Sentence) -> str:
    """The kind of incident that a sentence reports; empty if it reports none."""
    kinds = {
        p.kind.removeprefix("attack:")
        for p in sentence.phrases
        if p.kind.startswith("attack:") and not (p.kind in _DENIABLE and is_negated(sentence, p))
    }
    hackers = bool(story.attackers or sentence.of_type("threat_actor", "malware"))
    if sentence.of_type("threat_actor", "malware") and not kinds:
        kinds = {"espionage"}
    if "espionage" in kinds and not hackers and is_suspected(sentence):
        return "espionage"
    if not story.deliberate:
        kinds -= {"disruption"}  # a network that fails or is switched off was not attacked
    if not kinds or not (
        sentence.facets & story.about.attacked
        or sentence.of_type("operator", "threat_actor")
        or (kinds & BREAK_IN and hit_vendors(sentence, story.about.contested))
    ):
        return ""
    if not hackers and not (
        sentence.facets & (story.about.attacked - {"generation"})
        or sentence.of_type("operator")
        or hit_vendors(sentence, story.about.contested)
    ):
        kinds -= BREAK_IN  # nothing that was broken into is named
    if story.research and not story.attackers and _is_shown(sentence, kinds):
        kinds = {"vulnerability"}
    if sentence.kinds("act:") and sentence.of_type("vendor") and not hackers:
        # A vendor beside an act: the attack is what it is feared for, not what happened.
        kinds &= {"vulnerability", "data_theft", "disruption"}
    if hackers and kinds & BREAK_IN:
        kinds -= {"vulnerability", "interception_abuse"}  # a weakness is the hackers' means
    kind = _first(_ORDER, kinds)
    if kind == "espionage" and story.signalling and not hackers and not sentence.of_type("vendor"):
        return "signalling_abuse"  # spying on phones through SS7 and the like
    watched = kind == "espionage" and bool(story.accused) and not hackers
    watched = watched and bool(story.signalling or sentence.facets & story.about.attacked)
    spied_on = watched and USERS.matches(story.opening_text)
    if spied_on and not sentence.of_type("vendor", "operator"):
        return "signalling_abuse"  # a state that watches phone users through foreign networks
    if kinds >= {"vulnerability", "espionage"} and story.signalling and _is_exploited(sentence):
        return "signalling_abuse"  # those who watch phone users exploit the signalling network
    if kind == "vulnerability" and story.signalling and story.accused and not sentence.of_type("vendor"):
        return "signalling_abuse"  # a state that uses a weakness of the signalling network
    if kind == "espionage" and not hackers and CRITICS.matches(sentence.folded):
        return "interception_abuse"
    if kind == "intrusion" and story.accused and HACKERS.matches(sentence.folded):
        return "espionage"
    return kind


def _is_shown(sentence: Sentence, kinds: Set[str]) -> bool:
    """Whether researchers demonstrated the attack that the sentence reports: the attack has a name, or no victim and no
    hackers."""
    if sentence.of_type("attack"):
        return True
    hit = sentence.of_type("operator", "threat_actor", "malware") or "operator" in sentence.facets
    return kinds == {"intrusion"} and not hit and not HACKERS.matches(sentence.folded)


def _is_exploited(sentence: Sentence) -> bool:
    """Whether the sentence says of weaknesses only that they are exploited, and names no vendor."""
    value = sentence.text.value
    weak = [p for p in sentence.phrases if p.kind == "attack:vulnerability"]
    return not sentence.of_type("vendor") and all(EXPLOIT.match(value, p.start) for p in weak)


def _confidence(story: _Story, sentence: Sentence, kind: str) -> float:
    operators = bool(story.homes) and bool(hit_operators(sentence, story.roles, story.attacked))
    named = operators or "operator" in sentence.facets or bool(hit_vendors(sentence, story.about.contested))
    value = _PLACE[sentence.place] + 0.1 * operators + 0.1 * bool(story.attackers)
    value += 0.1 * (kind == "signalling_abuse" and story.signalling and bool(story.accused))
    value += 0.1 * (kind == "vulnerability" and story.research and sentence.place == "lead")
    value -= 0.15 * (kind == "intrusion" and not named)
    suspected = kind == "espionage" and not story.attackers and is_suspected(sentence)
    value += 0.1 * suspected if suspected else -_doubt(story, sentence, kind)
    return round(max(0.05, min(value, 0.95)), 2)


def _doubt(story: _Story, sentence: Sentence, kind: str) -> float:
    """The amount to subtract from the confidence where the sentence only asks about, fears or guards against an
    attack."""
    doubt = 0.2 if is_question(sentence) else 0.1 * (not story.reports)
    hackers = bool(story.attackers or sentence.of_type("threat_actor", "malware"))
    if hackers:
        return doubt
    status, stage = statuses_of(sentence), set(sentence.kinds("stage:"))
    if "guarded" in stage:
        doubt += 0.25
    # An operator that warns of its own breach reports it; anyone else warns of what may come.
    warns = "advise" in sentence.kinds("act:")
    if kind == "vulnerability":
        speaks = warns or bool(sentence.of_type("agency", "regulator"))
        in_general = speaks and not sentence.of_type("vendor", "product") and not story.research
        if not in_general and not story.shown:
            doubt += 0.1
        return doubt + 0.25 * in_general  # an agency warns of risks, not of a weakness that somebody showed
    reported = warns and bool(sentence.of_type("operator")) and kind in BREAK_IN
    if not reported and (warns or status & {"considered", "demanded", "proposed"}):
        doubt += 0.25
    if sentence.of_type("vendor") and kind == "espionage":
        doubt += 0.1
    return doubt


def _actor(story: _Story, kind: str, country: str) -> str:
    """The first attacker, else the accused state; no state breaks into networks of its own."""
    if story.attackers:
        return story.attackers[0]
    return "" if kind in BREAK_IN and story.accused == country_name(country) else story.accused


def _country(story: _Story, report: _Report, operators: Sequence[str]) -> str:
    """The country in which an incident happened; empty if unknown, or if there are several.

    It is the home country of all operators that were hit. If no operator is known, it is the one country in the
    sentence that is neither accused nor the home of a contested vendor, else the only such country among the story's
    subjects. A weakness has no country.
    """
    if report.kind == "vulnerability":
        return ""
    homes = {story.homes.get(name, "") for name in operators}
    if homes:
        return homes.pop() if len(homes) == 1 else ""
    about = [r.entity for r in story.countries if r.is_subject and r.role != "accused"]
    about = [code for code in about if code not in story.about.contested]
    accused = {r.entity for r in story.countries if r.role == "accused"} | story.about.contested
    accused.update(story.origins.values())
    here = {*report.sentence.countries, *report.sentence.origins} - accused
    if len(here) > 1:
        here = here & set(story.opening[0].countries) or here
    if len(here) == 1:
        return here.pop()
    return about[0] if len(about) == 1 and not here else ""
