"""Finds the evidence in an article: every term, name and identifier, exact to the character.

Offsets are str indices into the stored title or text, end exclusive; ``quote`` is always the text between them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from fivegwatch.extractors.makers import maker_of
from fivegwatch.extractors.model import Field, Match
from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.text.folding import Folded, fold_text, join_generations
from fivegwatch.extractors.watchlist.compile import GROUP, GUARDED, HIDES, Rules
from fivegwatch.extractors.watchlist.model import Guard, ScanFor, Term

_NEAR_CHARS = 160
"""Most characters between an ambiguous name and a context word: about a sentence."""
_GRAM_LIKE = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)?\s?g\b(?<![2-6]g)")
_match = maker_of(Match)

Hit = tuple[int, int, int]
"""Start and end (str indices into the original field, end exclusive), and the term's number in ``rules.terms``."""


def find_matches(title: str, text: str, rules: Rules, language: str = "") -> tuple[Match, ...]:
    """All matches in title and text, by field and offset; a hit inside a longer hit of the same facet is left out."""
    fields: tuple[tuple[Field, str, str], ...] = (("title", title, ""), ("text", text, title))
    matches = []
    for name, value, context in fields:
        folded = fold_text(value)
        hits = {
            *find_hits(value, folded, rules, language, "evidence", context=context),
            *find_hits(value, folded, rules, language, "names", context=context),
        }
        matches += [make_match(name, value, hit, rules) for hit in sorted(hits)]
    return tuple(matches)


def make_match(name: Field, value: str, hit: Hit, rules: Rules) -> Match:
    """The match of one hit, with its rule, facet and quote."""
    start, end, number = hit
    rule, facet = rules.called(number)
    return _match(rule, facet, name, start, end, value[start:end])


def find_hits(
    value: str,
    folded: Folded,
    rules: Rules,
    language: str,
    part: ScanFor,
    *,
    context: str = "",
    raw: list[Hit] | None = None,
) -> list[Hit]:
    """Hits in ``value``, by start. Words in ``context`` (the title of a text) count as near to names that need a
    context.

    ``raw``: hits of the scanner for ``part``, if they are known already.
    """
    if raw is not None and not raw:
        return []
    check = _Check(value, folded, rules, context)
    if raw is None:
        scanner = rules.scanner(language, folded.attached, part)
        if compiled is not None:
            kept: list[Hit] = compiled.kept_hits(
                folded.text, scanner.trie, rules.looks[part], folded.breaks, folded.origins, check.accepts
            )
            return kept
        raw = scanner.scan(folded.text)
    return keep(raw, folded, rules.looks[part][0], check.accepts)


def keep(
    raw: Iterable[Hit],
    folded: Folded,
    looks: Sequence[int],
    accepts: Callable[[int, int, tuple[int, int], int], tuple[int, int] | None],
) -> list[Hit]:
    """The hits of a scanner that count, with their spans in the original text; for ``looks`` see `Rules.looks`.

    ``accepts`` gives the span of a guarded hit, or None to drop the hit. Pure-Python twin of ``native.kept_hits``.
    """
    kept: list[Hit] = []
    ends: dict[int, int] = {}
    hidden = 0
    for start, minus_end, number in raw:
        end, kind = -minus_end, looks[number]
        # Hits come by start, longest first, so a hit that ends no later than the last one of its group lies inside it.
        if end <= max(hidden, ends.get(kind // GROUP, 0)):
            continue
        span = folded.original_span(start, end)
        checked = accepts(start, end, span, number) if kind & GUARDED else span
        if checked is None:
            continue
        if kind & HIDES:
            hidden = end
        else:
            ends[kind // GROUP] = end
            kept.append((*checked, number))
    return kept


class _Check:
    """Checks that some hits must pass: spelling, context, syntax of identifiers, and whether "5G" means a generation of
    networks."""

    def __init__(self, value: str, folded: Folded, rules: Rules, context: str) -> None:
        self._value, self._folded, self._rules = value, folded, rules
        self._context_text = context
        self._context: str | None = None
        self._known: dict[tuple[str, ...], bool] = {}
        """The words ``needs`` of a term, to whether one of them is in the context."""

    def accepts(self, start: int, end: int, span: tuple[int, int], number: int) -> tuple[int, int] | None:
        """The span of the hit to keep, or None to drop it.

        An identifier's span may be longer than the anchor that was hit.
        """
        term = self._rules.terms[number]
        quote = self._value[span[0] : span[1]]
        if term.regex:
            identifier = _compile(term.regex).match(self._value, span[0])
            return identifier.span() if identifier else None
        # Most names are written as the term is.
        if (quote != term.text or not quote.isascii() or "-" in quote) and not is_spelt(quote, term):
            return None
        if term.needs and not self._near(start, end, term.needs):
            return None
        if self._folded.text[start].isdigit() and not self._is_generation(
            start, end, span, self._rules.guard
        ):
            return None
        return span

    def _near(self, start: int, end: int, needs: tuple[str, ...]) -> bool:
        known = self._known.get(needs)
        if known is None:
            if self._context is None:
                self._context = fold_text(self._context_text).text
            context = self._context
            known = self._known[needs] = any(word in context for word in needs)
        if known:
            return True
        text = self._folded.text
        window = text[max(0, start - _NEAR_CHARS) : start] + " \n " + text[end : end + _NEAR_CHARS]
        return any(word in window for word in needs)

    def _is_generation(self, start: int, end: int, span: tuple[int, int], guard: Guard) -> bool:
        """Whether a term that begins with a digit means a generation of networks, unlike 2,5 g, 5g of sugar, class 5G
        or 5G Hz."""
        value, text = self._value, self._folded.text
        before = value[max(0, span[0] - 2) : span[0]]
        if len(before) == 2 and before[0].isdigit() and before[1] in ".,'’٫٬，．":
            return False
        following = text[end : end + 60].split(None, 3)[:3]
        if following and following[0] in guard.units:
            return False
        if end - start != 2:
            return True
        preceding = text[max(0, start - 40) : start].rsplit(None, 1)
        if preceding and preceding[-1] in guard.classes:
            return False
        if value[span[0] : span[1]][-1:] == "g":
            near = value[max(0, span[0] - 40) : span[0]] + " | " + value[span[1] : span[1] + 40]
            return not (guard.grams.intersection(following) or _GRAM_LIKE.search(near))
        return True


def is_spelt(quote: str, term: Term) -> bool:
    """Whether ``quote`` has the capitals and accents that ``term`` requires."""
    if term.case and not _same_case(quote, term.text):
        return False
    return not term.accents or _same_accents(quote, term.text)


def _same_case(quote: str, text: str) -> bool:
    """Whether ``quote`` has the capitals of ``text``, or consists of capitals while ``text`` is longer than an
    acronym."""
    plain = fold_width(quote)
    return (
        plain.startswith(text)
        or (len(text) > 4 and plain.isupper())
        or (text.isupper() and plain.upper() == plain)
    )


def _same_accents(quote: str, text: str) -> bool:
    if quote.isascii() and text.isascii():
        return True
    written, wanted = (unicodedata.normalize("NFC", fold_width(t)).casefold() for t in (quote, text))
    return written.startswith(wanted.rstrip("*~"))


@lru_cache(maxsize=4096)
def fold_width(quote: str) -> str:
    """``quote`` with full-width letters replaced by plain ones.

    Invisible characters and the hyphen of 5-G are removed; case stays.
    """
    joined = join_generations(quote)
    return "".join(c for c in unicodedata.normalize("NFKC", joined) if unicodedata.category(c) != "Cf")


@lru_cache(maxsize=256)
def _compile(regex: str) -> re.Pattern[str]:
    return re.compile(regex, re.IGNORECASE)
