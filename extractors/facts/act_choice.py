"""Chooses the act that a sentence reports, where the sentence has words for several acts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from fivegwatch.extractors.facts.act_kinds import GROUPS
from fivegwatch.extractors.facts.clauses import clause_of
from fivegwatch.extractors.facts.modality import is_negated
from fivegwatch.extractors.facts.phrases import Phrase
from fivegwatch.extractors.facts.sentences import Sentence
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.watchlist.alternatives import words_of

_ORDER = (
    "sue", "remove_fund", "revoke", "sanction", "phase_out", "ban", "restrict", "allow", "fine", "certify", "advise",
    "review", "licence", "law",
)  # fmt: skip
"""Kinds of acts by rank: where a sentence has words for several acts, the first of these counts."""
SECTOR_ACTS = frozenset({"law", "licence", "fine", "review", "advise", "certify"})
"""Kinds of acts that may also be directed at operators or the sector; all other kinds need a vendor as their target."""
_PUT_OFF = ("ban", "restrict", "sanction", "allow", "law", "licence")
_EASE = words_of(
    r"\beas(?:e|es|ed|ing)\b|relax|loosen|soften|lockern|gelockert|versoepel|assoupl|flexibiliz|suaviz"
    r"|allenta|poluzow|zlagod|uvoln"
    r"|lattar|смягч|послаб|пом якш|gevset|noi long|تخفيف|ढील|放寬|放宽|鬆綁|松绑|緩和|완화"
)
_REPRIEVE = words_of(
    r"reprieve|temporary (?:general )?licen|\b(?:30|60|90) (?:more )?days?\b|waiver|\buitstel|\bstel(?:t|de|len)\b.{1,60}\buit\b"
    r"|opschort|aufschub"
    r"|prorrog|moratori|sursis|rinvi|odroczen|odklad|uppskov|отсроч|відстроч|ertele|gia han|إرجاء|تأجيل"
    r"|मोहलत|豁免|暫緩|暂缓|猶予|유예"
)
"""Words for postponing something. A restriction that is postponed counts as a temporary licence."""
_RECOMMEND = re.compile(
    r"recommend|advis|advies|aanbevel|empfehl|empfiehl|recommand|conseil|recomiend|recomend|raccomand"
    r"|zalec|rekomend|doporuc"
    r"|rekommend|рекоменд|tavsiye|khuyen|توصي|सलाह|建議|建议|勧告|권고"
)


@dataclass(frozen=True, slots=True)
class Act:
    """An act, and the word in the text that names it."""

    action: str
    phrase: Phrase
    denied: bool = False
    """Whether the sentence denies the phrase; ``action`` is then its opposite."""


def acts_of(sentence: Sentence) -> list[Phrase]:
    """The phrases in a sentence that name acts, without those that describe an attack: in "a flaw allows spying",
    "allows" is no permission."""
    return sentence.once(_acts)


def _acts(sentence: Sentence) -> list[Phrase]:
    acts = [p for p in sentence.phrases if p.kind.startswith("act:")]
    attacks = [p for p in sentence.phrases if p.kind.startswith("attack:")]
    return (
        [act for act in acts if not any(_is_of(sentence, act, attack) for attack in attacks)]
        if attacks
        else acts
    )


def _is_of(sentence: Sentence, act: Phrase, attack: Phrase) -> bool:
    return act.kind == "act:allow" and act.end <= attack.start < clause_of(sentence, act.start)[1]


def chosen_act(sentence: Sentence, has_target: bool, states: Sequence[str], homes: Set[str]) -> Act | None:
    """The act that a sentence reports; None if it reports none.

    The kind of the act may differ from that of the word that names it: "allow" beside a negation is a ban.
    ``has_target``: the sentence names somebody whom the act is directed against. ``states``: codes of the countries
    that the story is about. ``homes``: home countries of the vendors concerned; they are never taken for the actor.
    """
    acts = acts_of(sentence)
    if not acts:
        return None
    known = {p.kind.removeprefix("act:") for p in acts}
    if not has_target:
        known &= SECTOR_ACTS
    action = _action(known, acts, sentence, homes)
    if not action:
        return None
    phrase = next((p for p in acts if p.kind == f"act:{action}"), None) or next(
        p for p in acts if p.kind == "act:allow"
    )
    if action in _PUT_OFF and "US" in states and _REPRIEVE.matches(sentence.folded):
        return Act("licence", phrase)
    if action == "allow" and is_negated(sentence, phrase):
        return Act("ban", phrase, denied=True)  # "may not supply" and "refuses to let in" keep out
    return Act(action, phrase)


def _action(known: set[str], acts: Sequence[Phrase], sentence: Sentence, homes: Set[str]) -> str:
    states = {*sentence.countries} - homes
    if "advise" in known and known & {"ban", "restrict", "allow"} and len(states) > 1:
        return "advise"
    if "allow" in known and _EASE.matches(sentence.folded):
        return "allow"  # "eases the ban"
    if (
        acts[0].kind == "act:advise"
        and known & {"ban", "restrict", "allow"}
        and recommends(sentence, acts[0])
    ):
        return "advise"
    if "allow" in known and known & {"ban", "restrict"}:
        # "decides not to ban but to allow" allows; a ban beside "limited role" restricts.
        return "restrict" if "restrict" in known else "allow" if "not" in sentence.kinds("") else "ban"
    return next((kind for kind in _ORDER if kind in known), "")


def recommends(sentence: Sentence, act: Phrase) -> bool:
    """Whether the words of ``act`` recommend something, as an advisory council does; False if they only warn."""
    return _RECOMMEND.search(fold_text(sentence.text.value[act.start : act.end]).text) is not None


def other_acts(sentence: Sentence, chosen: Act | None) -> Iterator[Act]:
    """Further acts that the sentence names: the first of each group in `act_kinds.GROUPS`, except for the group of
    ``chosen``."""
    seen = {GROUPS[chosen.action]} if chosen else set()
    for phrase in acts_of(sentence):
        action = phrase.kind.removeprefix("act:")
        denied = action == "allow" and is_negated(sentence, phrase)
        action = "ban" if denied else action
        if GROUPS[action] not in seen:
            seen.add(GROUPS[action])
            yield Act(action, phrase, denied=denied)
    for phrase in sentence.phrases:
        if phrase.kind == "use" and "admit" not in seen:
            yield Act("allow", phrase)
            return


def is_reprieve(folded: str) -> bool:
    """Whether a folded sentence says that something is postponed."""
    return _REPRIEVE.matches(folded)
