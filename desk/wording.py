"""Puts into English what the corpus stores as codes: countries, languages, measures, incidents, durations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache

from fivegwatch.extractors.text.language_tags import primary_subtag

ACTIONS: Mapping[str, tuple[str, str]] = {
    "ban": ("ban", "bans"),
    "restrict": ("restrict", "restricts"),
    "phase_out": ("phase out", "phases out"),
    "review": ("review", "reviews"),
    "allow": ("allow", "allows"),
    "remove_fund": ("pay for the removal of", "pays for the removal of"),
    "certify": ("certify", "certifies"),
    "law": ("make a law on", "has a law on"),
    "licence": ("license", "licenses"),
    "revoke": ("revoke the licence of", "revokes the licence of"),
    "fine": ("fine", "fines"),
    "sanction": ("sanction", "sanctions"),
    "advise": ("issue advice on", "issues advice on"),
    "sue": ("sue", "sues"),
}
"""For each action of a measure: the English verb as infinitive and in the third person."""
STATUSES: Mapping[str, str] = {
    "demanded": "{by} is urged to {act}",
    "considered": "{by} considers whether to {act}",
    "proposed": "{by} proposes to {act}",
    "announced": "{by} announces that it will {act}",
    "decided": "{by} decides to {act}",
    "in_force": "{by} {acts}",
    "rejected": "{by} rejects a proposal to {act}",
    "lifted": "{by} no longer {acts}",
    "in_court": "{by} is in court over whether to {act}",
}
"""For each status of a measure: the English sentence that states it."""
KINDS: Mapping[str, str] = {
    "intrusion": "intrusion into",
    "espionage": "espionage against",
    "disruption": "disruption of",
    "signalling_abuse": "abuse of signalling against",
    "fake_base_station": "fake base station used against",
    "data_theft": "theft of data from",
    "vulnerability": "weakness found in",
    "interception_abuse": "abuse of interception at",
    "insider": "insider case at",
    "fraud_on_operator": "fraud on",
}
"""For each kind of incident: the English words before the victims."""


@cache
def _territories() -> Mapping[str, str]:
    from babel import Locale

    return dict(Locale("en").territories)


@cache
def _languages() -> Mapping[str, str]:
    from babel import Locale

    return dict(Locale("en").languages)


def country_name(code: str | None) -> str:
    """The English name of a country code (ISO 3166-1 alpha-2, or EU); ``code`` itself if it is no such code."""
    return _territories().get((code or "").upper(), code or "") if len(code or "") == 2 else code or ""


def language_name(tag: str | None) -> str:
    """The English name of the language in a BCP 47 tag; "unknown language" if there is none."""
    if not tag:
        return "unknown language"
    return _languages().get(primary_subtag(tag), tag)


def measure_sentence(by: str, action: str, target: str, *, scope: str, status: str) -> str:
    """A measure as an English clause without a full stop: who does what against whom.

    ``scope`` is in words, such as "in core networks"; empty for none.
    """
    act, acts = ACTIONS.get(action, (action.replace("_", " "),) * 2)
    end = " ".join(part for part in (target, scope) if part)
    form = STATUSES.get(status, "{by}: {act}")
    return form.format(by=country_name(by), act=f"{act} {end}", acts=f"{acts} {end}")


def incident_sentence(kind: str, victims: Sequence[str], *, actor: str | None, country: str | None) -> str:
    """An incident as an English clause without a full stop: what was done to whom, where, and who is named as the
    actor.
    """
    words = KINDS.get(kind, kind.replace("_", " ") + " at")
    whom = ", ".join(victims) or "victims that are not named"
    where = f" in {country_name(country)}" if country else ""
    who = f"{country_name(actor)}: " if actor else ""
    text = f"{who}{words} {whom}{where}"
    return text[0].upper() + text[1:]


def scope_name(scope: str) -> str:
    """A short name, for tables, of the part of the network that a measure covers."""
    return "not said" if scope == "other" else scope


def plain(code: str | None) -> str:
    """A stored code such as ``phase_out`` as words: "phase out"."""
    return (code or "").replace("_", " ")


def span(lag: timedelta | None) -> str:
    """A duration, rounded to its two largest units: ``3 d 4 h``, ``25 min``; empty for None."""
    if lag is None:
        return ""
    minutes = round(lag.total_seconds() / 60)
    if minutes < 0:
        return "-" + span(-lag)
    if minutes < 60:
        return f"{minutes} min"
    large, small, units = (60, 1, ("h", "min")) if minutes < 1440 else (1440, 60, ("d", "h"))
    whole, rest = divmod(round(minutes / small), large // small)
    return f"{whole} {units[0]} {rest} {units[1]}" if rest else f"{whole} {units[0]}"


def day(moment: date | datetime | None) -> str:
    """The day of a time (UTC) such as ``29 Nov 2026``; "undated" for None."""
    return f"{moment.day} {moment:%b %Y}" if moment else "undated"


def said_day(text: str | None) -> str:
    """A stored date for people: 2026-11-29 becomes ``29 Nov 2026``, 2026-11 becomes ``Nov 2026``, and 2026 stays
    ``2026``.
    """
    try:
        read = date.fromisoformat(f"{text}-01"[:10]) if text and len(text) > 4 else None
    except ValueError:
        read = None
    if read is None:
        return text or ""
    return day(read) if len(text or "") == 10 else f"{read:%b %Y}"


def score(value: float) -> str:
    """A score with two decimal digits; never ``-0.00``."""
    return f"{round(value, 2) + 0.0:.2f}"


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its noun: ``1 story``, ``2,310 stories``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
