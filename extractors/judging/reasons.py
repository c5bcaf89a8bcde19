"""The reason of a verdict as one plain sentence: the kinds of evidence found together, where, and the counter-evidence.

It is made from the hits and parts of the score that are shown beside it, so the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from fivegwatch.extractors.judging.evidence import Evidence
from fivegwatch.extractors.judging.features import NO_NETWORK, NO_SUBJECT
from fivegwatch.extractors.judging.matching import Hit
from fivegwatch.extractors.judging.passages import cut_passages
from fivegwatch.extractors.model import Article, Part
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.watchlist.model import GRADES, Combination

_COUNTS_AGAINST = -0.3
"""Evidence is named if it takes at least this much from the score; less is a single word somewhere in a text."""
_SHARE_OF_MARGIN = 0.2
"""A story's counter-evidence is named if it takes at least this share of the distance between score and threshold.

The word "embassy" changes nothing in a clear ban of antennas.
"""
_NAMED_AGAINST, _WORDS_EACH = 2, 2
_LONGEST_QUOTE = 40


def make_reason(
    article: Article, evidence: Evidence, parts: Sequence[Part], rules: Rules, *, relevant: bool
) -> str:
    """One sentence: the kinds of evidence found together, where, and the words in question; then the
    counter-evidence."""
    fired = [name for name in evidence.fired if name in rules.judging]
    if not fired:
        reason = _without_rule(article, evidence, rules)
        against = " and ".join(_objections(article, evidence, _taken(parts, rules, relevant=False), rules))
        return f"{reason.removesuffix('.')}; against it: {against}." if against else reason
    best = min((rules.rule[name] for name in _foremost(fired, evidence)), key=lambda c: _rank(c, evidence))
    places = ["title"] if best.id in evidence.title_fired else []
    passages = evidence.fired[best.id] - len(places)
    if passages:
        places.append("1 passage" if passages == 1 else f"{passages} passages")
    words = ", ".join(_words(article, evidence, best, rules))
    start = f"{_label(best, evidence, rules)} ({' and '.join(places)}: {words})"
    taken = _taken(parts, rules, relevant=relevant)
    against = " and ".join(_objections(article, evidence, taken, rules))
    if relevant:
        return f"{start}; despite {against}." if against else f"{start}{_absent(evidence, rules)}."
    if best.id not in evidence.title_fired and best.id not in evidence.lead_fired:
        why = f"but not {'together ' if len(best.masks) > 1 else ''}in title or opening"
    elif sum(part.value for part in parts) - sum(taken.values()) >= rules.threshold:
        return f"{start}, outweighed by {against}."
    else:
        why = "alone too little for a story"
        against = against or (
            "the subject itself is not named in title or opening" if NO_NETWORK in evidence.features else ""
        )
    return f"{start}, {why}; against it: {against}." if against else f"{start}, {why}."


def _foremost(fired: list[str], evidence: Evidence) -> list[str]:
    """The rules that fired in title or lead; all of them if none did."""
    opening = {*evidence.title_fired, *evidence.lead_fired}
    return [name for name in fired if name in opening] or fired


def _rank(combination: Combination, evidence: Evidence) -> tuple[bool, int, int, int]:
    """Sort key of rules: weak rules last; of the others those in the title first, then those in the lead, then the
    stronger and more frequent."""
    name, grade = combination.id, GRADES.index(combination.grade)
    place = 0 if name in evidence.title_fired else 1 if name in evidence.lead_fired else 2
    return combination.grade == GRADES[-1], place, grade, -evidence.fired[name]


def _without_rule(article: Article, evidence: Evidence, rules: Rules) -> str:
    """The reason for a text in which no rule fires: what the text names, and what is missing."""
    subject = _first_word(article, evidence, rules, rules.subject_bits) or _first_word(
        article, evidence, rules, rules.named_bits
    )
    cause = _first_word(article, evidence, rules, rules.reason_bits)
    if subject and NO_SUBJECT in evidence.features and not evidence.title_hits:
        kind = "in_passing"
    elif subject and cause and (joined := _joined(article, evidence, rules)):
        kind, (subject, cause) = "together", joined
    elif subject and cause and subject != cause:
        kind = "apart"
    elif subject:
        kind = "no_cause"
    else:
        kind = "no_subject" if cause else "neither"
    return rules.subject.wording[kind].format(subject=subject, cause=cause)


def _joined(article: Article, evidence: Evidence, rules: Rules) -> tuple[str, str] | None:
    """The words for a subject and for a reason to report, as written, from the first title or sentence that has
    both."""
    passages = [(article.title, evidence.title_hits)]
    for passage in cut_passages(article.text, evidence.text_hits, rules.masks)[0]:
        passages.append((article.text, evidence.text_hits[passage.first : passage.stop]))
    for value, hits in passages:
        subject = next((hit for hit in hits if rules.masks[hit[2]] & rules.named_bits), None)
        if subject is None:
            continue
        start, end = subject[:2]
        for first, stop, term in hits:
            if rules.masks[term] & rules.reason_bits and (stop <= start or first >= end):
                return " ".join(value[start:end].split()), " ".join(value[first:stop].split())
    return None


def _first_word(article: Article, evidence: Evidence, rules: Rules, bits: int) -> str:
    """The first hit with one of the facet bits, as written; title before text; empty if there is none."""
    return next(_quotes(article, evidence, rules, bits), "")


def _quotes(article: Article, evidence: Evidence, rules: Rules, bits: int) -> Iterator[str]:
    for value, hits in ((article.title, evidence.title_hits), (article.text, evidence.text_hits)):
        for start, end, term in hits:
            if rules.masks[term] & bits:
                yield " ".join(value[start:end].split())[:_LONGEST_QUOTE]


def _taken(parts: Sequence[Part], rules: Rules, *, relevant: bool) -> dict[str, float]:
    """Kind of counter-evidence to what it takes from the score, largest first; only kinds that the reason names."""
    taken: dict[str, float] = {}
    for part in parts:
        name = part.name.partition(": ")[2].removeprefix("against, ")
        if part.value < 0 and name in rules.against:
            taken[name] = taken.get(name, 0.0) + part.value
    margin = sum(part.value for part in parts) - rules.threshold if relevant else 0.0
    least = min(_COUNTS_AGAINST, -_SHARE_OF_MARGIN * margin)
    heavy = sorted((value, name) for name, value in taken.items() if value <= least)
    return {name: value for value, name in heavy[:_NAMED_AGAINST]}


def _objections(
    article: Article, evidence: Evidence, taken: Mapping[str, float], rules: Rules
) -> Iterator[str]:
    """The counter-evidence that the reason names, each with the words found for it; no word twice."""
    named: set[str] = set()
    for name in taken:
        label, bits = rules.against[name]
        if bits:
            quotes = _distinct(_quotes(article, evidence, rules, bits))
            words = [word for word in quotes if word not in named][:_WORDS_EACH]
        else:
            quotes = words = _words(article, evidence, rules.rule[name], rules)[:_WORDS_EACH]
        if not quotes:
            yield label
        elif words and named.isdisjoint(words):
            named.update(words)
            yield f"{label} ({', '.join(words)})"


def _words(article: Article, evidence: Evidence, combination: Combination, rules: Rules) -> list[str]:
    """The words that made the combination fire first, as written in that passage; one for each leg.

    If a single expression makes up all of it ("5Ghoul"), the passage's first words for a subject and for an angle
    follow.
    """
    passage = evidence.first_fired[combination.id]
    in_title = passage.place == "title"
    value = article.title if in_title else article.text
    hits = (evidence.title_hits if in_title else evidence.text_hits)[passage.first : passage.stop]
    quoted = [(value, hit) for hit in hits]
    if combination.opening and not in_title:
        quoted = [*((article.title, hit) for hit in evidence.title_hits), *quoted]
    words = _distinct(_one_for_each(_telling_legs(combination), quoted, rules))
    if len(words) > 1:
        return words
    direct = rules.named_bits & rules.reason_bits
    others = [one for one in quoted if not rules.masks[one[1][2]] & direct]
    return _distinct([*words, *_one_for_each((rules.named_bits, rules.angle_bits), others, rules)])


def _telling_legs(combination: Combination) -> tuple[int, ...]:
    """The legs of a rule that the reason quotes: all, but without the second one of a rule that counts kinds of words
    (``least``), because any kind meets it."""
    return (combination.masks[0], *combination.masks[2:]) if combination.least else combination.masks


def _label(combination: Combination, evidence: Evidence, rules: Rules) -> str:
    """The label of a rule; for a rule that joins words of several sentences, with the kinds of these words, because its
    label is only a guess."""
    label = f"{combination.label[:1].upper()}{combination.label[1:]}"
    if not combination.opening:
        return label
    mask = evidence.first_fired[combination.id].mask
    kinds = (
        next((facet.label for facet in rules.facets.values() if 3 * facet.bit & leg & mask), "")
        for leg in _telling_legs(combination)
    )
    return f"{label}: {', '.join(dict.fromkeys(filter(None, kinds)))}"


def _one_for_each(legs: Sequence[int], quoted: Sequence[tuple[str, Hit]], rules: Rules) -> Iterator[str]:
    """For each leg a word with one of its facets, if there is any: preferably one not used for another leg, and among
    these a strong term.

    A strong term says more than a weak one: "weakness" rather than "researchers".
    """
    given: list[str] = []
    for leg in legs:
        having = [
            (" ".join(text[start:end].split()), rules.terms[term].strong)
            for text, (start, end, term) in quoted
            if rules.masks[term] & leg
        ]
        if having:
            given.append(min(having, key=lambda one: (_is_part(one[0], given), not one[1]))[0])
            yield given[-1]


def _is_part(word: str, others: Sequence[str]) -> bool:
    """Whether the word equals or is contained in one of ``others``, or contains one of them."""
    return any(word in other or other in word for other in others)


def _distinct(words: Iterable[str]) -> list[str]:
    """The words in order, without those that are part of another one ("phone" beside "phone company")."""
    kept: dict[str, str] = {}
    for word in words:
        kept.setdefault(word.casefold(), word)
    return [word for key, word in kept.items() if not any(key in other and key != other for other in kept)]


def _absent(evidence: Evidence, rules: Rules) -> str:
    """A clause of the reason that names the facets which the article lacks, such as phones in news of vendors; empty if
    it lacks none.

    ``missed`` in ``subject.toml`` says which facet is expected together with which other facet.
    """
    seen = 0
    for _, _, term in (*evidence.title_hits, *evidence.text_hits):
        seen |= rules.masks[term]
    absent = [
        rules.facets[facet].label
        for facet, beside in rules.subject.missed.items()
        if seen & rules.facets[beside].bit and not seen & rules.facets[facet].bit
    ]
    return f"; it does not speak of {' or '.join(absent)}" if absent else ""
