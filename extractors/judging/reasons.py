"""The reason of a verdict, one plain sentence: the kinds of evidence found together, where, and the counter-evidence.

It is made from the same hits and parts of the score that are shown beside it, so the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fivegwatch.extractors.judging.evidence import Evidence
from fivegwatch.extractors.judging.features import NO_SUBJECT
from fivegwatch.extractors.judging.passages import cut_passages
from fivegwatch.extractors.model import Article, Part
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.watchlist.model import GRADES, Combination

_COUNTS_AGAINST = -0.3
"""Evidence that takes at least this much from the score is named: less is a single word somewhere in a text."""
_NAMED_AGAINST, _WORDS_EACH = 2, 2
_LONGEST_QUOTE = 40


def make_reason(
    article: Article, evidence: Evidence, parts: Sequence[Part], rules: Rules, *, relevant: bool
) -> str:
    """One sentence: the kinds of evidence found together, where, and their words; then the counter-evidence."""
    fired = [name for name in evidence.fired if name in rules.judging]
    if not fired:
        return _without_rule(article, evidence, rules)
    best = min((rules.rule[name] for name in _foremost(fired, evidence)), key=lambda c: _rank(c, evidence))
    places = ["title"] if best.id in evidence.title_fired else []
    passages = evidence.fired[best.id] - len(places)
    if passages:
        places.append("1 passage" if passages == 1 else f"{passages} passages")
    words = ", ".join(_words(article, evidence, best, rules))
    start = f"{_capital(best.label)} ({' and '.join(places)}: {words})"
    against = " and ".join(_objections(article, evidence, parts, rules))
    if relevant:
        return f"{start}; despite {against}." if against else f"{start}{_absent(evidence, rules)}."
    in_opening = best.id in evidence.title_fired or best.id in evidence.lead_fired
    why = "too little for a story" if in_opening else "but neither title nor opening is about it"
    return f"{start}, {why}; {against} against it." if against else f"{start}, {why}."


def _foremost(fired: list[str], evidence: Evidence) -> list[str]:
    """The rules that fired in title or lead; all of them if none did."""
    opening = {*evidence.title_fired, *evidence.lead_fired}
    return [name for name in fired if name in opening] or fired


def _rank(combination: Combination, evidence: Evidence) -> tuple[bool, bool, bool, int, int]:
    """Sorts weak rules last; then the title's come first, then the lead's, the stronger, the more frequent."""
    name, grade = combination.id, GRADES.index(combination.grade)
    weak = combination.grade == GRADES[-1]
    return (
        weak,
        name not in evidence.title_fired,
        name not in evidence.lead_fired,
        grade,
        -evidence.fired[name],
    )


def _without_rule(article: Article, evidence: Evidence, rules: Rules) -> str:
    """The reason of a text in which no rule fires: what it names, and what is missing."""
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
    """The words for a subject and for a reason to report in the first title or sentence that has both, as written."""
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


def _objections(article: Article, evidence: Evidence, parts: Sequence[Part], rules: Rules) -> Iterator[str]:
    """What took most from the score, with the words behind it."""
    labels = rules.against
    taken: dict[str, float] = {}
    for part in parts:
        if part.value < 0 and (name := part.name.partition(": ")[2].removeprefix("against, ")) in labels:
            taken[name] = taken.get(name, 0.0) + part.value
    heavy = sorted((value, name) for name, value in taken.items() if value <= _COUNTS_AGAINST)
    for _, name in heavy[:_NAMED_AGAINST]:
        label, bits = labels[name]
        words = list(dict.fromkeys(_quotes(article, evidence, rules, bits)))[:_WORDS_EACH]
        yield f"{label} ({', '.join(words)})" if words else label


def _words(article: Article, evidence: Evidence, combination: Combination, rules: Rules) -> list[str]:
    """The words that made the combination fire first, as written in that passage; one for each leg."""
    passage = evidence.first_fired[combination.id]
    in_title = passage.place == "title"
    value = article.title if in_title else article.text
    hits = (evidence.title_hits if in_title else evidence.text_hits)[passage.first : passage.stop]
    quoted = [(value, hit) for hit in hits]
    if combination.opening and not in_title:
        quoted = [*((article.title, hit) for hit in evidence.title_hits), *quoted]
    words: list[str] = []
    for leg in combination.masks:
        having = [(text, hit) for text, hit in quoted if rules.masks[hit[2]] & leg]
        if not having:  # One of the legs of a rule that needs only some of them.
            continue
        # A strong term says more than a weak one: "weakness" rather than "researchers".
        text, (start, end, _) = next((one for one in having if rules.terms[one[1][2]].strong), having[0])
        words.append(" ".join(text[start:end].split()))
    return list(dict.fromkeys(words))


def _absent(evidence: Evidence, rules: Rules) -> str:
    """A clause for the reason that names what the article lacks, such as phones in news of vendors; empty if nothing.

    The watchlist says which facet is expected beside which other one (``missed`` in ``subject.toml``).
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


def _capital(label: str) -> str:
    return f"{label[:1].upper()}{label[1:]}"
