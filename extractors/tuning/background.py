"""Which terms are in so much everyday news that they cannot set a story apart, told without any corpus.

The everyday news is a few lines of our own writing a language, shipped as ``background.toml`` of the watchlist; a
person may keep other lines there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fivegwatch.extractors.judging.matching import find_hits
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.watchlist.tables import Faults

BACKGROUND_FILE = "background.toml"
COMMON_SHARE, COMMON_LEAST = 0.25, 3
"""A term is common when it is in this share of a language's lines, and in this many at least."""
_ROLES = ("subject", "angle", "direct")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonTerm:
    """A term of the watchlist that everyday news is full of."""

    term: str
    """Id of the term."""
    language: str
    found: int
    lines: int
    example: str
    """The first line that holds it."""


def read_background(text: str, *, file: str = BACKGROUND_FILE) -> dict[str, tuple[str, ...]]:
    """Lines of everyday news by language.

    Raises: WatchlistError when the file is not TOML, or a language is not a list of strings.
    """
    faults = Faults()
    table = faults.parse(file, text)
    lines = {language: table.texts(language) for language in table.values}
    faults.raise_all()
    return lines


def common_terms(rules: Rules, background: Mapping[str, tuple[str, ...]]) -> Iterator[CommonTerm]:
    """Terms that speak for a story and yet are in much of a language's everyday news, the commonest first."""
    wanted = [rules.facets[t.facet].role in _ROLES if t.facet else False for t in rules.terms]
    for language, lines in background.items():
        found: Counter[str] = Counter()
        example: dict[str, str] = defaultdict(str)
        for line in lines:
            hits = find_hits(line, fold_text(line), rules, language, "evidence")
            for name in {rules.terms[number].id for _, _, number in hits if wanted[number]}:
                found[name] += 1
                example.setdefault(name, line)
        for name, count in found.most_common():
            if count >= max(COMMON_LEAST, COMMON_SHARE * len(lines)):
                yield CommonTerm(
                    term=name, language=language, found=count, lines=len(lines), example=example[name]
                )
