"""Whether a story may be of interest by what an index says of it: address, title, organisations named.

Everything comes from the watchlist. A subject that is surely one (5G, a contested vendor) is enough wherever it
stands; what is only perhaps one (an operator's name, another vendor's) needs an angle beside it: an attack, a ban, a
weakness. Where an index gives no words to look for an angle in, the benefit of the doubt is given: what is let
through costs one page, what is stopped is lost.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from fivegwatch.extractors.judging.matching import find_hits
from fivegwatch.extractors.listings.gdelt import Wanted
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.watchlist.model import ScanFor

_WORD = re.compile(r"[^\W\d_]{3,}")
_READABLE = 3
"""Words that make an address say what its story is about."""
_CHARS = 4_000
_PARTS: tuple[ScanFor, ...] = ("evidence", "names")
_CONTESTED = "vendor:"
"""Type of entities that are surely a subject once they carry a subject's facet at all."""
_MAKERS = ("vendor:", "operator:", "standard_body:")
"""Types of entities that make, run or specify networks: perhaps a subject wherever they are named."""


def interest(rules: Rules) -> Wanted:
    """The question ``wanted(url, title, organisations, themes)``, by the terms and names of ``rules``.

    Themes decide nothing: there is none of our subject, and the watchlist names none.
    """
    return _Interest(rules)


def slug_words(url: str) -> str:
    """The words of an address's path, host and query left out."""
    path = re.sub(r"^[a-z][a-z0-9+.-]*://[^/?#]*", "", url[:_CHARS], flags=re.IGNORECASE)
    path = unquote(re.split(r"[?#]", path, maxsplit=1)[0], errors="replace")
    return " ".join(re.split(r"[\W_]+", re.sub(r"\.\w{2,5}$", "", path))).strip()


class _Interest:
    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        above = 2 * len(rules.facets)  # the facets' own bits end there
        self._maker, self._contested = 1 << above, 2 << above
        self._sure = rules.subject_bits | self._contested
        angles = sum(f.bit for f in rules.facets.values() if f.role in ("angle", "direct"))
        self._angle, self._strong_angle = 3 * angles, 2 * angles
        self._subject = sum(f.bit * 3 for f in rules.facets.values() if f.role in ("subject", "direct"))
        self._perhaps = self._subject | self._maker

    def __call__(
        self, url: str, title: str, organisations: tuple[str, ...], _themes: tuple[str, ...]
    ) -> bool:
        slug = slug_words(url)
        context = f"{title} {slug}"
        seen = self._bits(title) | self._bits(slug, context, lower=True)
        if seen & self._sure:
            return True
        named = self._bits(" ; ".join(organisations)[:_CHARS], context, lower=True)
        if named & self._sure:
            return True
        if not (seen | named) & self._perhaps:
            return False
        if not title and len(_WORD.findall(slug)) < _READABLE:
            return True
        # Weak terms are everyday words in some language or other: of subject and angle, one has to be more.
        return bool(seen & self._strong_angle or (seen & self._maker and seen & self._angle))

    def _bits(self, text: str, context: str = "", *, lower: bool = False) -> int:
        """Facet bits of all that is found in ``text``.

        ``lower`` says that its capitals are lost: names that must be spelt with theirs are looked for in every way.
        """
        folded = fold_text(text)
        bits = 0
        for part in _PARTS:
            if not self._rules.scanner("", folded.attached, part).scan(folded.text):
                continue
            for hit in find_hits(text, folded, self._rules, "", part, context=context):
                bits |= self._mask(hit[2])
            for spelling in (text.upper(), text.title()) if lower else ():
                hits = find_hits(spelling, fold_text(spelling), self._rules, "", part, context=context)
                for _, _, number in hits:
                    bits |= self._mask(number) if self._rules.terms[number].entity else 0
        return bits

    def _mask(self, number: int) -> int:
        name, mask = self._rules.terms[number].id, self._rules.masks[number]
        if name.startswith(_CONTESTED) and mask & self._subject:
            return mask | self._contested
        return mask | (self._maker if name.startswith(_MAKERS) else 0)
