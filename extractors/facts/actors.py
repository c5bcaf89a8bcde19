"""Who acts: the state, body or firm in a sentence that performs the act which the sentence reports."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fivegwatch.extractors.facts.clauses import clause_of
from fivegwatch.extractors.facts.phrases import Phrase
from fivegwatch.extractors.facts.sentences import Sentence
from fivegwatch.extractors.text.folding import fold_text

_OWN_ACTS = frozenset({"ban", "restrict", "phase_out", "allow"})
"""Kinds of acts that an operator performs in its own network."""
_FROM = re.compile(
    r"\s*(?:from|by|van|door|von|aus|de|des|du|por|da|dal|z|ze|ze strony|från|av|от|со стороны|від)\b",
    re.IGNORECASE,
)
"""Words between pressure and the state that exerts it: "pressure from the US"."""
_ADDRESSED = re.compile(
    r"(?:致信|致函|去信|写信给|寫信給|呼籲|呼吁|敦促|警告) $|\b(?:letter|letters|write|writes|wrote|written|appeal|appeals|message) to (?:the )?$"
    r"|\b(?:brief|brieven|schrijven|schrijft) aan (?:de |het )?$|\b(?:brief|schreiben|schreibt) an (?:die |das )?$"
    r"|\b(?:lettre|courrier|ecrit|ecrivent) (?:a|au|aux) (?:la |l )?$|\b(?:carta|cartas|escribe|escriben) a (?:la |los )?$"
    r"|\b(?:list|pismo|dopis) do $"
)
"""Words directly before a state to which a letter or an appeal is addressed; that state is not the one that gives
advice."""
_ADDRESS = 24
"""How many characters before a state are searched for words of `_ADDRESSED`."""
_BODIES = ("agency", "regulator", "person")


def actor_of(sentence: Sentence, act: Phrase, action: str, actors: Sequence[str]) -> str:
    """Country code of the state, or name of the firm, that performs the act; empty if there is none.

    ``actors`` are the states that the story is about, the main one first. A state that presses another to act is not
    the actor: "the US urged the UK to ban".
    """
    if action == "sue":
        return next((e.name for e in sentence.of_type("vendor")), "")
    named = sentence.once(named_states)
    operators = sentence.of_type("operator")
    if operators and not named and action in _OWN_ACTS and "demanded" not in sentence.kinds("status:"):
        return operators[0].name
    if action == "sanction" and ("US" in actors or any(code == "US" for _, code in named)):
        return "US"  # no other state has sanction lists of vendors
    states = [(at, code) for at, code in named if code in actors]
    start, end = clause_of(sentence, act.start)
    if action == "advise":
        if any(start <= n.start < act.start for n in sentence.names if n.entity.type == "operator"):
            return ""  # an operator that warns
        advisers = [(at, code) for at, code in named if not is_addressed(sentence, at)]
        inside = [code for at, code in advisers if start <= at < act.start] or [
            code for at, code in advisers if act.start <= at < end
        ]
        first = inside or [code for _, code in advisers]
        return next((code for code in first if code in actors or code == "US"), "")
    press, pressers = pressers_of(sentence, act, states)
    before = [code for at, code in states if start <= at < act.start and at > press]
    if before:
        return before[0]
    after = [code for at, code in states if act.start <= at < end and code not in pressers]
    earlier = [code for at, code in states if at < act.start and code not in pressers]
    for codes in (after, earlier):
        if codes:
            return codes[0]
    rest = [code for code in actors if code not in pressers]
    return rest[0] if rest else ""


def is_addressed(sentence: Sentence, at: int) -> bool:
    """Whether the state named at offset ``at`` is the addressee of a letter or an appeal."""
    before = sentence.text.value[max(sentence.start, at - _ADDRESS) : at]
    return _ADDRESSED.search(fold_text(before).text.rstrip() + " ") is not None


def pressers_of(sentence: Sentence, act: Phrase, states: Sequence[tuple[int, str]]) -> tuple[int, set[str]]:
    """The end of the word for pressure ("urged"), as an offset (-1 without such a word); and the codes of the states
    that exert it.

    ``states``: offset and code of each state that may act, in order. In "pressure from the US", the offset is that of
    the state after "from".
    """
    press = max((p.end for p in sentence.phrases if _presses(p, act)), default=-1)
    pressers = {code for at, code in states if at < press}
    if press >= 0 and _FROM.match(sentence.text.value, press):
        later = [(at, code) for at, code in states if press <= at < act.start]
        pressers |= {code for _, code in later[:1]}
        press = later[0][0] if later else press
    return press, pressers


def _presses(phrase: Phrase, act: Phrase) -> bool:
    return phrase.kind == "act:advise" and phrase.start < act.start


def named_states(sentence: Sentence) -> list[tuple[int, str]]:
    """Offset and code of each state that the sentence names, directly or through the state's bodies or people, in
    order."""
    bodies = [
        (n.start, n.entity.country)
        for n in sentence.names
        if n.entity.type in _BODIES and len(n.entity.country) == 2
    ]
    return sorted({*sentence.states, *bodies})
