"""The status of an incident, which says how certain the text is of it: alleged, confirmed, demonstrated, denied or
patched."""

from __future__ import annotations

from collections.abc import Sequence

from fivegwatch.extractors.facts.modality import is_negated, is_question
from fivegwatch.extractors.facts.sentences import Sentence


def stage_of(sentence: Sentence, kind: str, opening: Sequence[Sentence]) -> str:
    """The status of an incident: how certain the text is that it happened.

    A denial elsewhere in title or lead makes it "alleged", unless the sentence itself, title or lead confirms the
    incident.
    """
    status, stage = statuses_of(sentence), set(sentence.kinds("stage:"))
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


def statuses_of(sentence: Sentence) -> set[str]:
    """The statuses of acts that words of the sentence express. Words that also name an attack are left out: folded,
    German "drangen ein" ("broke in") looks like "drängen" ("urge")."""
    attacks = [p for p in sentence.phrases if p.kind.startswith("attack:")]
    return {
        p.kind.removeprefix("status:")
        for p in sentence.phrases
        if p.kind.startswith("status:") and not any(a.start < p.end and p.start < a.end for a in attacks)
    }


def _acknowledges(sentence: Sentence) -> bool:
    """Whether an operator, vendor or authority concerned confirms an attack, in a clause without a negation."""
    concerned = sentence.of_type("operator", "vendor", "agency", "regulator") or "operator" in sentence.facets
    return bool(concerned) and any(
        p.kind == "stage:acknowledged" and not is_negated(sentence, p) for p in sentence.phrases
    )


def is_suspected(sentence: Sentence) -> bool:
    """Whether title or lead say in this sentence that a vendor, its people or its equipment are suspected of spying or
    were caught at it."""
    acts = set(sentence.kinds("act:")) - {"review"}
    return bool(
        sentence.place != "body" and not acts and sentence.of_type("vendor")
        and sentence.kinds("attack:espionage") and sentence.kinds("stage:inquired")
        and not sentence.kinds("stage:guarded")
    )  # fmt: skip
