"""Terms so common in everyday news that they cannot set a story apart; no corpus is needed to find them.

``background.toml`` of the watchlist has samples of everyday news: a few lines for each language, which users may
change.
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
"""A term is common if it is in at least this share of a language's lines, and in at least this many of them."""
_ROLES = ("subject", "angle", "direct")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonTerm:
    """A term of the watchlist that is common in everyday news."""

    term: str
    """Id of the term."""
    language: str
    hits: int
    """Number of lines that have the term."""
    lines: int
    """Number of all lines of the language."""
    example: str
    """The first line that has the term."""


def read_background(text: str, *, file: str = BACKGROUND_FILE) -> dict[str, tuple[str, ...]]:
    """Language to its lines of everyday news.

    Raises: WatchlistError when the file is not TOML, or a language is not a list of strings.
    """
    faults = Faults()
    table = faults.parse(file, text)
    lines = {language: table.texts(language) for language in table.values}
    faults.raise_all()
    return lines


def common_terms(rules: Rules, background: Mapping[str, tuple[str, ...]]) -> Iterator[CommonTerm]:
    """Terms of subjects and angles that are common in a language's everyday news, the most common first."""
    wanted = [bool(facet) and rules.facets[facet].role in _ROLES for facet in rules.terms.column("facet")]
    for language, lines in background.items():
        counts: Counter[str] = Counter()
        example: dict[str, str] = defaultdict(str)
        for line in lines:
            hits = find_hits(line, fold_text(line), rules, language, "evidence")
            for name in {rules.terms[number].id for _, _, number in hits if wanted[number]}:
                counts[name] += 1
                example.setdefault(name, line)
        for name, count in counts.most_common():
            if count >= max(COMMON_LEAST, COMMON_SHARE * len(lines)):
                yield CommonTerm(
                    term=name, language=language, hits=count, lines=len(lines), example=example[name]
                )
