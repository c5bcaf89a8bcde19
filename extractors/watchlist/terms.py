"""Reads terms from ``terms/<language>.toml``: words and phrases by facet, strong or weak, some with conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fivegwatch.extractors.text.folding import fold_term
from fivegwatch.extractors.watchlist.conjugation import CONJUGATED, conjugate
from fivegwatch.extractors.watchlist.inflection import UNBROKEN, is_written
from fivegwatch.extractors.watchlist.model import Facet, Term
from fivegwatch.extractors.watchlist.tables import Table, shown

Contexts = Mapping[str, tuple[str, ...]]
NEVER_MATCHES = "can never match: it has no letter or digit"
_DISTINCT_LETTERS = 9
"""Vietnamese terms with fewer letters than this are other words when their accents are dropped."""
_SHORT_LETTERS = 4
_DISTINCT_MARKS = frozenset({"", "sv", "de", "pl", "cs", "tr"})
"""Languages in which a letter with an accent is another letter, so that a short word without accents must not match one
that has them (lag, låg). Empty: names, which belong to no language."""


def language_of(file: Table) -> str:
    """The language (BCP 47) of a term file; empty for the file with terms of every language."""
    stem = file.file.removeprefix("terms/").removesuffix(".toml")
    return file.text("language", "" if stem == "any" else stem)


def read_terms(file: Table, facets: Mapping[str, Facet], contexts: Contexts) -> Iterator[Term]:
    """The terms of one language's file; a faulty term is left out."""
    file.only("language", *facets)
    language = language_of(file)
    for facet in facets:
        table = file.table(facet)
        table.only("strong", "weak")
        seen: set[str] = set()
        for strength in ("strong", "weak"):
            for value in table.items(strength):
                term = _read_term(table, strength, value, language, contexts)
                if term is None or term.case or term.needs:  # a term with a condition may repeat a plain one
                    if term:
                        yield term
                    continue
                written = fold_term(term.text) + "~" * ("~" in term.text)
                if written in seen:
                    table.fault(
                        strength, f"holds {term.text!r} a second time", "Delete one of them.", near=term.text
                    )
                seen.add(written)
                yield term


def _read_term(table: Table, strength: str, value: Any, language: str, contexts: Contexts) -> Term | None:
    """One term from the list ``strength`` of a facet: a string, or a table with ``term``, ``case`` and ``needs``."""
    (facet,) = table.path
    text, case = value, False
    needs: tuple[str, ...] = ()
    if isinstance(value, dict):
        entry = table.element(value, str(value.get("term", "")))
        entry.only("term", "case", "needs")
        text, case, needs = entry.text("term"), entry.flag("case"), read_needs(entry, contexts, fold_context)
        if not text:
            entry.fault("term", "is missing", 'Write { term = "..." }.')
            return None
    if not isinstance(text, str):
        remedy = 'Write "..." or { term = "..." }.'
        table.fault(strength, f"holds {shown(text)}, not a term", remedy, near=str(text))
        return None
    if not is_written(text):
        table.fault(strength, f"holds {text!r}, which {NEVER_MATCHES}", "Mend or delete it.", near=text)
        return None
    verb, conjugated, _ = text.partition("~")
    if conjugated and not conjugate(verb, language):
        table.fault(
            strength,
            f"holds {text!r}, a verb whose forms are not known for language {language!r}",
            f"Write an infinitive of {', '.join(sorted(CONJUGATED))}, or list the forms.",
            near=text,
        )
    name = f"{language or 'any'}:{facet}:{text}"
    accents = needs_accents(text, language)
    return Term(name, facet, strength == "strong", language, text, case, needs, accents=accents)


def read_needs(table: Table, contexts: Contexts, fold: Any) -> tuple[str, ...]:
    """Folded words, one of which must be near the term: those listed under ``needs``, or those of a context given as
    ``@name``."""
    words: list[str] = []
    for need in table.texts("needs"):
        if not need.startswith("@"):
            words.append(fold(need))
        elif need[1:] in contexts:
            words += contexts[need[1:]]
        else:
            known = ", ".join(f"@{name}" for name in contexts)
            table.fault(
                "needs",
                f"holds {need!r}, which is no context",
                f"Contexts of rules.toml: {known}.",
                near=need,
            )
    return tuple(words)


def fold_context(word: str) -> str:
    """A context word, folded so that it can be searched for: it must begin a word, except in scripts without spaces."""
    folded = fold_term(word)
    return folded if UNBROKEN.search(folded) else f" {folded}"


def needs_accents(text: str, language: str) -> bool:
    """Whether a term is so short that with other accents it is another word."""
    folded = fold_term(text)
    if language == "vi":
        return len(folded) < _DISTINCT_LETTERS
    if len(folded) > _SHORT_LETTERS or not folded.isascii():
        return False
    return not text.isascii() or language in _DISTINCT_MARKS


def find_warnings(terms: Iterable[Term]) -> Iterator[str]:
    """A warning, as one sentence, for each term that is likely to match too much."""
    for term in terms:
        folded = fold_term(term.text)
        if (
            len(folded) <= 2
            and folded.isascii()
            and not (term.case or term.needs or term.regex or term.accents)
            and not any(c.isdigit() for c in folded)
        ):
            yield f"{term.id}: {term.text!r} is very short; ask for case or for a context (needs)."
        if term.text.endswith("*") and len(folded) < 4:
            yield f"{term.id}: {term.text!r} allows many endings after a short stem."
