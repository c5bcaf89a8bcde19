"""What would have changed a verdict: judges the article again with one kind of evidence added or removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from fivegwatch.extractors.judging.judgement import judge, terms_language
from fivegwatch.extractors.judging.matching import find_matches
from fivegwatch.extractors.model import Article, Decision, Match
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.watchlist.model import Facet

_TRIED_TERMS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """One change to the article, and the score that the article would then have had."""

    facet: str
    label: str
    change: str
    """The change: a term of the facet added to ``title`` or ``lead``, or all its terms ``removed``."""
    example: str
    """The term that was added, or the words that were removed."""
    score: float


def what_would_flip(article: Article, decision: Decision, rules: Rules) -> tuple[WhatIf, ...]:
    """The single changes that would have changed the verdict, those with the score farthest from the threshold
    first."""
    tried = _removals(article, rules) if decision.relevant else _additions(article, decision, rules)
    flipped = [item for item in tried if (item.score >= rules.threshold) != decision.relevant]
    flipped.sort(key=lambda item: (-abs(item.score - rules.threshold), item.facet, item.change))
    return tuple(flipped)


def _additions(article: Article, decision: Decision, rules: Rules) -> Iterator[WhatIf]:
    present = {match.facet for match in find_matches(article.title, "", rules, terms_language(article))}
    for facet in rules.facets.values():
        if facet.role not in ("subject", "angle", "direct") or facet.id in present:
            continue
        term = _example(facet, terms_language(article), rules)
        if not term:
            continue
        changed = (
            ("title", replace(article, title=f"{article.title} {term}")),
            ("lead", replace(article, text=f"{term} {article.text}")),
        )
        for change, other in changed:
            score = judge(other, rules).score
            if score > decision.score:
                yield WhatIf(facet=facet.id, label=facet.label, change=change, example=term, score=score)


def _removals(article: Article, rules: Rules) -> Iterator[WhatIf]:
    matches = find_matches(article.title, article.text, rules, terms_language(article))
    for facet in rules.facets.values():
        mine = [match for match in matches if match.facet == facet.id]
        if mine:
            other = replace(
                article,
                title=_without(article.title, (m for m in mine if m.field == "title")),
                text=_without(article.text, (m for m in mine if m.field == "text")),
            )
            words = ", ".join(list(dict.fromkeys(match.quote for match in mine))[:3])
            score = judge(other, rules).score
            yield WhatIf(facet=facet.id, label=facet.label, change="removed", example=words, score=score)


def _without(value: str, matches: Iterable[Match]) -> str:
    for match in sorted(matches, key=lambda m: -m.start):
        value = f"{value[: match.start]}{'-' * (match.end - match.start)}{value[match.end :]}"
    return value


def _example(facet: Facet, language: str, rules: Rules) -> str:
    """A strong term of the facet that matches by itself, of the article's language if there is one."""
    files = rules.languages_of(language)
    usable = [
        term
        for term in rules.terms
        if term.facet == facet.id
        and term.strong
        and not (term.case or term.needs or term.regex)
        and (term.language in files or not term.language)
    ]
    usable.sort(key=lambda term: (not term.language, bool(term.entity)))
    for term in usable[:_TRIED_TERMS]:
        text = term.text.strip("=*~")
        # Of this facet only: a term of two facets would not show which of them was missing.
        if {match.facet for match in find_matches(text, "", rules, language)} == {facet.id}:
            return text
    return ""
