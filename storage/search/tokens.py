"""Tokens of a text for search: the units that a query is compared with.

Spellings that look equal give equal tokens: case, accents, full-width letters (`extractors.text.folding`), traditional
and simplified Chinese characters. Hyphens and other signs separate tokens as blanks do. In scripts without blanks
between words (Han, kana, Thai, ..) and in Korean, where particles are attached, every character is a token of its own,
so that a phrase of characters is found anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from fivegwatch.extractors.text.folding import Folded, fold_text
from fivegwatch.extractors.text.han_forms import SIMPLIFIED_OF
from fivegwatch.extractors.text.scripts import UNBROKEN

TOKENS_VERSION = f"1-{unicodedata.unidata_version}"
"""Changes when the same text may give other tokens; an index made with another version is made again."""
PAIR = "·"
"""Stands between the two tokens of a pair; no token has it, as folding makes a blank of it."""
_TOKEN = re.compile(rf"[{UNBROKEN}]|[^\s{UNBROKEN}]+")


def tokens_of(text: str) -> list[str]:
    """The tokens of ``text`` in order."""
    folded = fold_text(text).text
    return folded.split() if folded.isascii() else _TOKEN.findall(folded.translate(SIMPLIFIED_OF))


def common_tokens(texts: Iterable[Collection[str]], most: int) -> list[str]:
    """The ``most`` tokens that occur in most of the ``texts``, each given as its tokens."""
    counts = Counter(token for tokens in texts for token in set(tokens))
    return [token for token, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]]


def pairs_of(tokens: Sequence[str], common: Collection[str]) -> list[str]:
    """Neighbours that are both common, each pair as one token, in order."""
    return [f"{one}{PAIR}{other}" for one, other in pairwise(tokens) if one in common and other in common]


def token_spans(text: str) -> tuple[Folded, Iterator[tuple[str, int, int]]]:
    """``text`` folded, and each token with its start and end (exclusive) in the folded text."""
    folded = fold_text(text)
    # Every simplified form is one character, so offsets stay.
    hits = _TOKEN.finditer(folded.text.translate(SIMPLIFIED_OF))
    return folded, ((hit.group(), hit.start(), hit.end()) for hit in hits)
