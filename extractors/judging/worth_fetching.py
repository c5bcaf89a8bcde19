"""Whether a story is worth fetching, by what an index says about it: address, title, and the organisations it names.

All words come from the watchlist. A sure subject (5G, a contested vendor) is enough anywhere; a possible subject (an
operator's name, another vendor's) needs an angle beside it: an attack, a ban, a weakness. If the index gives no words
in which an angle could be found, the story is fetched: a needless fetch costs one page, while a story that is not
fetched is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from fivegwatch.extractors.judging.matching import find_hits
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.watchlist.model import ScanFor

_WORD = re.compile(r"[^\W\d_]{3,}")
_READABLE = 3
"""An address with at least this many words tells what its story is about."""
_CHARS = 4_000
_PARTS: tuple[ScanFor, ...] = ("evidence", "names")
_CONTESTED = "vendor:"
"""Type of entities whose members are a sure subject if they have a facet of a subject, weak or strong."""
_MAKERS = ("vendor:", "operator:", "standard_body:")
"""Types of entities that make, run or specify networks; their names are a possible subject anywhere."""


def slug_words(url: str) -> str:
    """The words of an address's path, without host and query."""
    path = re.sub(r"^[a-z][a-z0-9+.-]*://[^/?#]*", "", url[:_CHARS], flags=re.IGNORECASE)
    path = unquote(re.split(r"[?#]", path, maxsplit=1)[0], errors="replace")
    return " ".join(re.split(r"[\W_]+", re.sub(r"\.\w{2,5}$", "", path))).strip()


@dataclass(frozen=True, slots=True)
class Interest:
    """A test of whether a story may be of interest, by the terms and names of ``rules``."""

    rules: Rules

    def __call__(
        self, url: str, title: str, organisations: tuple[str, ...], _themes: tuple[str, ...] = ()
    ) -> bool:
        """Whether to fetch the story. The themes of an index do not count, since none is about our subject."""
        slug = slug_words(url)
        context = f"{title} {slug}"
        words = self._bits(title) | self._bits(slug, context, lower=True)
        rules, maker = self.rules, self._maker
        sure = rules.subject_bits | maker << 1
        if words & sure:
            return True
        named = self._bits(" ; ".join(organisations)[:_CHARS], context, lower=True)
        if named & sure:
            return True
        if not (words | named) & (rules.named_bits | maker):
            return False
        if not title and len(_WORD.findall(slug)) < _READABLE:
            return True
        # Weak terms are everyday words in some language or other: subject or angle must be more than that.
        strong_angle = rules.reason_bits & rules.any_bits << 1
        return bool(words & strong_angle or (words & maker and words & rules.reason_bits))

    @property
    def _maker(self) -> int:
        """The bit, above the bits of all facets, for names of network makers.

        The next higher bit is for contested vendors.
        """
        return 1 << 2 * len(self.rules.facets)

    def _bits(self, text: str, context: str = "", *, lower: bool = False) -> int:
        """Facet bits of all hits in ``text``.

        ``lower``: the text has lost its capitals, so it is also searched in capitals and in title case, for names only.
        """
        folded = fold_text(text)
        bits = 0
        for part in _PARTS:
            if not self.rules.scanner("", folded.attached, part).scan(folded.text):
                continue
            for _, _, number in find_hits(text, folded, self.rules, "", part, context=context):
                bits |= self._mask(number)
            for spelling in (text.upper(), text.title()) if lower else ():
                hits = find_hits(spelling, fold_text(spelling), self.rules, "", part, context=context)
                for _, _, number in hits:
                    bits |= self._mask(number) if self.rules.terms[number].entity else 0
        return bits

    def _mask(self, number: int) -> int:
        name, mask = self.rules.terms[number].id, self.rules.masks[number]
        if name.startswith(_CONTESTED) and mask & self.rules.named_bits:
            return mask | self._maker << 1
        return mask | (self._maker if name.startswith(_MAKERS) else 0)
