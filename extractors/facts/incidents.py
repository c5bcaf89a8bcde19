"""Incidents of a story: what was done to networks, operators or subscribers, or shown to be possible.

sentence -> kind (the surest of its words) -> victims, attacker, country, method -> status -> date
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fivegwatch.extractors.facts.act_dates import dates_in
from fivegwatch.extractors.facts.event_signs import reports_event
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

_CVE = re.compile(r"\b(?:CVE|CVD)-\d{4}-\d{4,7}\b", re.IGNORECASE)
_ORDER = (
    "fake_base_station", "interception_abuse", "insider", "fraud_on_operator", "signalling_abuse", "vulnerability",
    "espionage", "data_theft", "disruption", "intrusion",
)  # fmt: skip
_DENIABLE = ("attack:fake_base_station", "attack:data_theft", "attack:disruption")
_RESEARCH = re.compile(
    r"researcher|academic|university|framework|proof of concept|chercheur|universit|forscher|onderzoeker"
    r"|investigador|ricercator"
    r"|pesquisador|badacz|naukowc|vyzkumnik|forskare|исследовател|дослідник|arastirmac|nha nghien cuu|باحث"
    r"|शोधकर्ता|研究人员|研究人員|研究者|연구"
)
_SHOWN = re.compile(
    r"\b(?:study|studie|estudio|etude|estudo|studium|badani|report|rapport|informe|relatorio|raport|zprav|bericht|analy[sz]|analis"
    r"|found|finds?|reveal|discover|demonstr|expert|detect|halla[dnr]|gevonden|ontdek|entdeck|decouv|descubr|descobr|scopert|scopr|odkry|wykry"
    r"|upptack)|исследован|доклад|отчет|обнаруж|эксперт|дослідженн|звіт|виявл|arastirma|\brapor|tespit|nghien cuu|bao cao|phat hien"
    r"|دراسه|تقرير|اكتش|अध्ययन|रिपोर्ट|报告|報告|发现|發現|研究|専門家|発見|調査|보고서|발견|연구"
)
"""Words for finding or showing a weakness; a text without any only complains of known ones."""
BREAK_IN = frozenset({"intrusion", "espionage", "data_theft"})
"""Kinds that one attack has at once: hackers break in, spy and take data. A story has one of them per attacker."""
_PLACE = {"title": 0.75, "lead": 0.65, "body": 0.4}
_STATES = frozenset(
    {"CN", "RU", "IR", "KP", "US", "IL", "IN", "PK", "TR", "SA", "AE", "VN", "BY", "SY", "UG", "ZM"}
)
_RESEMBLED = re.compile(
    r"similar|resembl|overlap|close to|akin|reminiscent|lijk\w* op|verwant|ahnl|uberschneid|proche|ressembl|rappel"
    r"|parecid|semejan|simil[ei]|semelhan|podobn|liknar|похож|схож|benzer|tuong tu|giong|مشابه|समान|相似|类似|類似|유사"
)
"""Words of likeness: the group that the attacker resembles is not the attacker."""
_EXPLOIT = re.compile("exploit|explot|esplor", re.IGNORECASE)
_CRITICS = re.compile(
    r"opposition|oppositie|opponent|journalist|dissident|activist|oposicion|opositor|periodist|opposant|giornalist|attivist"
    r"|jornalist|oposicao|opozyc|dziennikarz|novinar|oppositionell|оппозиц|журналист|опозиц|muhalef|gazeteci|nha bao"
    r"|معارض|صحفي|विपक्ष|पत्रकार|記者|记者|異見|异见|反対派|ジャーナリスト|야당|기자"
)
"""People on whom a state may spy by abusing the means of interception of its own operators."""
_HACKERS = re.compile(
    r"hacker|hacking group|cyber ?sp[iy]|cyber actor|threat actor|state sponsored|state linked|apt group"
    r"|pirates? informatique"
    r"|piratas? informatic|staatshacker|statshacker|хакер|tin tac|黑客|駭客|ハッカー|해커|قراصنه|قراصنة|हैकर"
)


@dataclass(frozen=True, slots=True)
class _Report:
    """A sentence that reports an incident, and the kind of incident."""

    kind: str
    sentence: Sentence
    confidence: float


class _Story:
    """What is known of the whole story when a sentence is read."""

    def __init__(
        self,
        reading: Reading,
        sentences: Sequence[Sentence],
        countries: Sequence[Role],
        roles: Sequence[Role],
    ) -> None:
        self.about = reading.rules.subject
        self.roles = roles
        self.countries = countries
        self.opening = [s for s in sentences if s.place != "body"]
        self.opening_text = " ".join(s.folded for s in self.opening)
        self.research = bool(_RESEARCH.search(self.opening_text))
        self.shown = self.research or any(
            s.of_type("vendor", "product", "attack", "company")
            or s.kinds("stage:inquired")
            or s.kinds("stage:patched")
            or _SHOWN.search(s.folded)
            or _CVE.search(s.value)
            for s in self.opening
        )
        self.reports = reports_event(reading.title.value)
        self.attackers = _attackers(sentences, roles)
        self.accused = next((r.name for r in countries if r.role == "accused" and r.entity in _STATES), "")
        self.signalling = any(s.kinds("attack:signalling_abuse") for s in sentences)
        published = reading.article.published_at
        self.published = published.date() if published else None
        self.attacked = frozenset(
            e.id for s in sentences if s.place != "body" or s.kinds("attack:") for e in s.of_type("operator")
        )
        self.homes = {role.name: role.country for role in roles if role.type == "operator"}


def _attackers(sentences: Sequence[Sentence], roles: Sequence[Role]) -> list[str]:
    """Names of the groups that the story is about, without those that an attacker merely resembles."""
    subjects = {role.entity: role.name for role in roles if role.type == "threat_actor" and role.is_subject}
    names: dict[str, bool] = {}
    for sentence in sentences:
        for named in sentence.names:
            if named.entity.type == "threat_actor" and named.entity.id in subjects:
                before = fold_text(sentence.text.value[sentence.start : named.start]).text
                name = subjects[named.entity.id]
                names[name] = names.get(name, True) and _RESEMBLED.search(before) is None
    titled = {e.id for s in sentences if s.place == "title" for e in s.of_type("threat_actor")}
    in_title = {subjects[one] for one in titled if one in subjects}
    return [name for name, did in names.items() if did and (name in in_title or not in_title)]


def incidents_of(
    reading: Reading, sentences: Sequence[Sentence], countries: Sequence[Role], roles: Sequence[Role]
) -> tuple[Incident, ...]:
    """The incidents of a story, one for each kind and attacker, the surest first."""
    story = _Story(reading, sentences, countries, roles)
    best: dict[str, _Report] = {}
    kinds: dict[str, set[str]] = {}
    for sentence in sentences:
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
    """The break-in as espionage, once for each of up to three attackers that the story is about.

    Without an attacker, a single one: what the story's words name ("data theft", "espionage"), if they name one.
    """
    if story.attackers:
        return [replace(incident, kind="espionage", actor=name) for name in story.attackers[:3]]
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
    return Incident(
        kind=kind, victims=victims, actor=_actor(story), country=_country(story, report, operators), method=means_of(near),
        status=_status(sentence, kind, near), date=dates.date, date_source=dates.source if dates.date else "", confidence=report.confidence,
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
    spied_on = kind == "interception_abuse" and _CRITICS.search(sentence.folded)
    if kind in ("signalling_abuse", "fake_base_station") or spied_on:
        on_operators = kind == "signalling_abuse" and not any(WATCHED.search(s.folded) for s in near)
        return (story.about.victims if on_operators else users,)
    if kind == "espionage" and not story.attackers and _is_suspected(sentence):
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
    if "espionage" in kinds and not hackers and _is_suspected(sentence):
        return "espionage"
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
    if sentence.of_type("attack") and not story.attackers and story.research:
        kinds = {"vulnerability"}  # an attack that researchers named and showed
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
    spied_on = watched and USERS.search(story.opening_text)
    if spied_on and not sentence.of_type("vendor", "operator"):
        return "signalling_abuse"  # a state that watches phone users through foreign networks
    if kinds >= {"vulnerability", "espionage"} and story.signalling and _is_exploited(sentence):
        return "signalling_abuse"  # those who watch phone users exploit the signalling network
    if kind == "vulnerability" and story.signalling and story.accused and not sentence.of_type("vendor"):
        return "signalling_abuse"  # a state that uses a weakness of the signalling network
    if kind == "espionage" and not hackers and _CRITICS.search(sentence.folded):
        return "interception_abuse"
    if kind == "intrusion" and story.accused and _HACKERS.search(sentence.folded):
        return "espionage"
    return kind


def _is_exploited(sentence: Sentence) -> bool:
    """Whether the sentence says of weaknesses only that they are exploited, without naming the vendor."""
    value = sentence.text.value
    weak = [p for p in sentence.phrases if p.kind == "attack:vulnerability"]
    return not sentence.of_type("vendor") and all(_EXPLOIT.match(value, p.start) for p in weak)


def _confidence(story: _Story, sentence: Sentence, kind: str) -> float:
    operators = bool(story.homes) and bool(hit_operators(sentence, story.roles, story.attacked))
    named = operators or "operator" in sentence.facets or bool(hit_vendors(sentence, story.about.contested))
    value = _PLACE[sentence.place] + 0.1 * operators + 0.1 * bool(story.attackers)
    value += 0.1 * (kind == "signalling_abuse" and story.signalling and bool(story.accused))
    value += 0.1 * (kind == "vulnerability" and story.research and sentence.place == "lead")
    value -= 0.15 * (kind == "intrusion" and not named)
    suspected = kind == "espionage" and not story.attackers and _is_suspected(sentence)
    value += 0.1 * suspected if suspected else -_doubt(story, sentence, kind)
    return round(max(0.05, min(value, 0.95)), 2)


def _doubt(story: _Story, sentence: Sentence, kind: str) -> float:
    """The amount to subtract from the confidence where the sentence only asks about, fears or guards against an
    attack."""
    doubt = 0.2 if is_question(sentence) else 0.1 * (not story.reports)
    hackers = bool(story.attackers or sentence.of_type("threat_actor", "malware"))
    if hackers:
        return doubt
    status, stage = _statuses(sentence), set(sentence.kinds("stage:"))
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


def _actor(story: _Story) -> str:
    return story.attackers[0] if story.attackers else story.accused


def _country(story: _Story, report: _Report, operators: Sequence[str]) -> str:
    """The country in which an incident happened; empty if unknown, or if there are several.

    It is the home that all operators hit share. Without an operator, it is the country that the sentence names beside
    the accused ones and the homes of contested vendors, else the only such country that the story is about. A weakness
    has none.
    """
    if report.kind == "vulnerability":
        return ""
    homes = {story.homes.get(name, "") for name in operators}
    if homes:
        return homes.pop() if len(homes) == 1 else ""
    about = [r.entity for r in story.countries if r.is_subject and r.role != "accused"]
    about = [code for code in about if code not in story.about.contested]
    accused = {r.entity for r in story.countries if r.role == "accused"} | story.about.contested
    here = {*report.sentence.countries, *report.sentence.origins} - accused
    if len(here) == 1:
        return here.pop()
    return about[0] if len(about) == 1 and not here else ""


def _status(sentence: Sentence, kind: str, opening: Sequence[Sentence]) -> str:
    """How sure the text is that the incident happened, as a status.

    A denial elsewhere in title or lead makes it "alleged", unless the sentence says that it was confirmed.
    """
    status, stage = _statuses(sentence), set(sentence.kinds("stage:"))
    if kind == "vulnerability":
        patched = any("patched" in s.kinds("stage:") for s in opening)
        return "patched" if patched else "demonstrated"
    confirmed = any(_acknowledges(other) for other in opening)
    if _denies(sentence) or "rejected" in status:
        return "alleged" if confirmed else "denied"
    if confirmed:
        return "confirmed"
    denied = any(_denies(other) and not other.of_type("vendor") for other in opening)
    spying = kind == "espionage" and "inquired" in stage and not sentence.of_type("threat_actor")
    if denied or spying or "alleged" in stage or status & {"considered", "demanded"} or is_question(sentence):
        return "alleged"
    return "confirmed"


def _denies(sentence: Sentence) -> bool:
    """Whether the sentence denies something; a denial of service denies nothing."""
    attacks = [p for p in sentence.phrases if p.kind == "attack:disruption"]
    return any(
        p.kind == "stage:denied" and not any(a.start <= p.start < a.end for a in attacks)
        for p in sentence.phrases
    )


def _statuses(sentence: Sentence) -> set[str]:
    """The statuses of acts that words of the sentence say, without words that name an attack: German "drangen ein"
    ("broke in") and "drängen" ("urge") are one when folded."""
    attacks = [p for p in sentence.phrases if p.kind.startswith("attack:")]
    return {
        p.kind.removeprefix("status:")
        for p in sentence.phrases
        if p.kind.startswith("status:") and not any(a.start < p.end and p.start < a.end for a in attacks)
    }


def _acknowledges(sentence: Sentence) -> bool:
    """Whether those concerned confirm an attack: an operator, vendor or authority, in a clause without a negation."""
    concerned = sentence.of_type("operator", "vendor", "agency", "regulator") or "operator" in sentence.facets
    return bool(concerned) and any(
        p.kind == "stage:acknowledged" and not is_negated(sentence, p) for p in sentence.phrases
    )


def _is_suspected(sentence: Sentence) -> bool:
    """Whether the sentence says that a vendor is looked into for spying, or its people or equipment were caught at it."""
    acts = set(sentence.kinds("act:")) - {"review"}
    return bool(
        sentence.place != "body" and not acts and sentence.of_type("vendor")
        and sentence.kinds("attack:espionage") and sentence.kinds("stage:inquired")
        and not sentence.kinds("stage:guarded")
    )  # fmt: skip
