"""The status of an act (considered, demanded, decided, ...), by the words of the clause that names it, not of the whole
sentence.

A headline leaves out modal words ("UK bans Huawei"); if it has none, those of the lead decide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fivegwatch.extractors.facts.clauses import clause_of
from fivegwatch.extractors.facts.phrases import Phrase
from fivegwatch.extractors.facts.sentences import Sentence
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.watchlist.alternatives import words_of

_ORDER = ("rejected", "lifted", "considered", "demanded", "proposed", "in_force", "decided", "announced")
_BEFORE, _AFTER = 45, 30
"""How many characters before and after an act are searched for a negation that denies it (Dutch and German put it after
the verb)."""
_NEAR = 6
"""This many characters are searched instead, both before and after the act, in scripts without spaces."""
_QUESTION = re.compile(r"\?(?![\w-]+=)|[\u061f\uff1f]")
"""A question mark that ends a question, not the one before the query of an address (``item?id=7``)."""
_SANCTION_REACH = 20
_NOUN = re.compile(
    r"ban|bans|verbod|verbot|interdiction|veto|prohibicion|divieto|bando|zakaz|zakazu|forbud|запрет\w*"
    r"|заборон\w*|禁令"
)
_DEFINITE = re.compile(
    r" (?:the|its|his|her|their|this|that|het|dit|dat|zijn|das|des|dem|dieses|le|la|l|ce|cette|el|este|il|questo|o|ten|tego) (?:\w+ )?$"
)
_REOPENED = re.compile(
    r" (?:revisit|reconsider|rethink|overturn|appeal|challeng|delay|postpon|soften|criticis|condemn|attack|heroverweg|aanvecht"
    r"|uitstel|anfecht|kritisier|conteste|critique|impugn|critica)\w* (?:\w+ ){0,3}$"
)
_REOPENED_AFTER = re.compile(
    r" (?:vertrag|uitstel|uitgesteld|aanvecht|herzien|aufheb|anfecht|verschieb)\w* $"
)
"""Words like those of `_REOPENED`, in languages that put the verb last: these stand after the act."""
_OUGHT = re.compile(
    r"should|ought|devrai|deberia|dovrebbe|deveria|powinien|powinn|mel by|bor|sollte|должн|повинн|gerek|應|应|べき|해야"
)
_VERB_LAST = frozenset({"de", "nl", "tr", "hi", "ja", "ko", "zh"})
_OPEN = re.compile(
    r" (?:possible|potential|propos\w*|plan\w*|expected|looming|threat\w*|mogelijk\w*|moglich\w*|eventuel\w*|posible) "
)
_DEMANDERS = words_of(
    r"\bmps?\b|\btor(?:y|ies)\b|lawmaker|senators?\b|congress(?:wo)?m[ae]n|backbench|opposition"
    r"|\bcritics?\b|campaigner|tweede kamer|\bkamer\b"
    r"|kamerle?d|\bpartijen\b|\bvvd\b|\bcda\b|\bd66\b|abgeordnet|deputes|senateurs|diputad|senador"
    r"|deputati|senatori|deputad"
    r"|poslow|opozycj|poslanc|opozic|riksdagsledam|oppositionen|депутат|оппозиц|milletvekil|muhalefet"
    r"|nghi si|dai bieu"
    r"|نواب|सांसद|議員|议员|野党|의원|야당"
)
"""Words for people who can only ask for an act: members of parliament, the opposition, critics."""


@dataclass(frozen=True, slots=True)
class Modality:
    """The status of an act, and whether words of the text state it; otherwise it is assumed."""

    status: str
    explicit: bool


def is_question(sentence: Sentence) -> bool:
    """Whether the sentence has a question mark of any script."""
    return sentence.once(_has_question_mark)


def _has_question_mark(sentence: Sentence) -> bool:
    return _QUESTION.search(sentence.text.value, sentence.start, sentence.end) is not None


def is_negated(sentence: Sentence, act: Phrase) -> bool:
    """Whether a negation near the act, in the same clause, denies it."""
    start, end = clause_of(sentence, act.start)
    wide = not sentence.text.folded.attached
    before, after = (_BEFORE, _AFTER) if wide else (_NEAR, _NEAR)
    return any(
        p.kind == "not"
        and start <= p.start < end
        and (act.start - before <= p.end <= act.start or act.end <= p.start <= act.end + after)
        for p in sentence.phrases
    )


def status_of(sentence: Sentence, act: Phrase, *, restricts: bool) -> Modality:
    """The status of an act by the words of its clause, else by those of the whole sentence, else ``decided``.

    ``restricts``: the act keeps a vendor out. Only such an act gets the status "rejected" where its clause denies it
    ("will not ban").
    """
    start, end = clause_of(sentence, act.start)
    near: dict[str, int] = {}
    for kind, phrase in _statuses(sentence):
        if start <= phrase.start < end and _governs(sentence, kind, phrase, act):
            near.setdefault(kind, phrase.start)
    if restricts and (_is_presupposed(sentence, (start, end), act) or _vendor_asks(sentence, start, near)):
        return Modality("decided", True)
    if is_question(sentence):
        return Modality("considered", True)
    if restricts and is_negated(sentence, act) and "considered" not in near:
        return Modality("rejected", True)
    elsewhere = {
        kind
        for kind, phrase in _statuses(sentence)
        if kind not in ("rejected", "lifted") and _governs(sentence, kind, phrase, act)
    }
    for status in _ORDER:
        if status in (near or elsewhere):
            kept = status == "lifted" and _denied(sentence, near[status])
            return Modality("in_force" if kept else status, True)
    if _DEMANDERS.matches(sentence.folded):
        return Modality("demanded", True)
    return Modality("decided", False)


def _statuses(sentence: Sentence) -> list[tuple[str, Phrase]]:
    return [(p.kind[7:], p) for p in sentence.phrases if p.kind.startswith("status:")]


def _governs(sentence: Sentence, kind: str, phrase: Phrase, act: Phrase) -> bool:
    """Whether a modal word ``phrase`` of this ``kind`` applies to the act. "Considered" words apply only before it,
    unless the language puts verbs last.

    A word that is part of the act itself does not reject or lift it: to withdraw equipment does not withdraw the order
    to do so.
    """
    if kind in ("rejected", "lifted") and phrase.start < act.end and act.start < phrase.end:
        return False
    return kind != "considered" or phrase.start <= act.start or sentence.language in _VERB_LAST


def _denied(sentence: Sentence, at: int) -> bool:
    return any(p.kind == "not" and at - _BEFORE // 2 <= p.start < at for p in sentence.phrases)


def _vendor_asks(sentence: Sentence, start: int, near: Mapping[str, int]) -> bool:
    """Whether a vendor is the one who demands something: a vendor demands the end of an act that has already
    happened."""
    at = near.get("demanded", -1)
    if at < 0 or _OUGHT.match(fold_text(sentence.text.value[at : at + 20]).text.strip()):
        return False
    subjects = [n for n in sentence.names if start <= n.start < at]
    return bool(subjects) and subjects[-1].entity.type == "vendor" and "considered" not in near


def _is_presupposed(sentence: Sentence, clause: tuple[int, int], act: Phrase) -> bool:
    """Whether the sentence takes the act for granted and comments on it: "the ban is illegal", "should revisit its
    ban"."""
    value = sentence.text.value
    noun = fold_text(value[act.start : act.end]).text.strip()
    if not _NOUN.fullmatch(noun):
        return False
    before = f" {fold_text(value[clause[0] : act.start]).text.strip()} "
    after = f" {fold_text(value[act.end : clause[1]]).text.strip()} "
    if _REOPENED.search(before) or _REOPENED_AFTER.search(after):
        return True
    return bool(_DEFINITE.search(before)) and not _OPEN.search(before)


def status_of_sanction(sentence: Sentence, act: Phrase) -> Modality:
    """The status of a sanction: in force, unless a word shortly before it says that it is only considered, proposed or
    demanded, or was lifted."""
    near = {
        p.kind.removeprefix("status:")
        for p in sentence.phrases
        if p.kind.startswith("status:") and act.start - _SANCTION_REACH <= p.end <= act.start
    }
    for status in ("lifted", "considered", "proposed", "demanded"):
        if status in near:
            return Modality(status, True)
    return Modality("in_force", False)


def demanded_by(sentences: Sequence[Sentence]) -> bool:
    """Whether one of the sentences names people who can only ask for an act."""
    return any(_DEMANDERS.matches(s.folded) for s in sentences)
