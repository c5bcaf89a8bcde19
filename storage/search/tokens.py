"""Divides a text into tokens, the units in which queries and texts are compared in a search.

Spellings that look equal give equal tokens: case, accents, full-width letters (`extractors.text.folding`), traditional
and simplified Chinese characters. Hyphens and other signs separate tokens as blanks do. In scripts without blanks
between words (Han, kana, Thai, ..) and in Korean, where particles are attached, every character is a token of its own,
so that a phrase of characters is found anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from fivegwatch.extractors.text.folding import Folded, fold_text
from fivegwatch.extractors.text.han_forms import SIMPLIFIED_OF
from fivegwatch.extractors.text.scripts import UNBROKEN

TOKENS_VERSION = f"1-{unicodedata.unidata_version}"
"""Must be raised when a change of the code gives other tokens; an index made with another version is made again."""
PAIR = "·"
"""Joins the two tokens of a pair. No token contains it, as folding replaces it by a blank."""
PAIR_SHARE = 0.05
"""Two neighbouring tokens are also indexed as a pair, joined to one token, if the two are expected together in at least
this share of all texts. Measured in 200,000 stories of 3 kB: without pairs, a phrase of tokens that occur in 6 % of
them took 5 CPU ms; one of tokens that occur in 40 % took 23."""
_ATTACHED = {
    "hebrew": ("ה", "ו", "ב", "ל", "מ", "ש", "כ", "וה", "וב", "ול", "ומ", "וש", "שה", "כש", "מה"),
    "arabic": ("ال", "و", "ب", "ل", "وال", "بال", "فال", "كال", "لل", "ولل"),
}
"""Articles, conjunctions and prepositions that are written together with the word after them, by script."""
_SCRIPT = {"hebrew": re.compile(r"[א-ת]{3,}"), "arabic": re.compile(r"[\u0621-\u064a]{3,}")}
_ARTICLE = "ال"
_TOKEN = re.compile(rf"[{UNBROKEN}]|[^\s{UNBROKEN}]+")


def tokens_of(text: str) -> list[str]:
    """The tokens of ``text`` in order."""
    folded = fold_text(text).text
    return folded.split() if folded.isascii() else _TOKEN.findall(folded.translate(SIMPLIFIED_OF))


def attached_forms(token: str) -> tuple[str, ...]:
    """``token`` and, if it is Hebrew or Arabic, its forms with an attached article, conjunction or preposition.

    For an Arabic word that begins with the article, the form without the article is included.
    """
    for script, letters in _SCRIPT.items():
        if letters.fullmatch(token):
            bare = token.removeprefix(_ARTICLE) if len(token) > len(_ARTICLE) + 2 else token
            return tuple(dict.fromkeys([token, bare, *(prefix + bare for prefix in _ATTACHED[script])]))
    return (token,)


def common_tokens(texts: Collection[Collection[str]]) -> dict[str, float]:
    """The common tokens in ``texts``, each with the share of texts in which it occurs; a text is given as its
    tokens.
    """
    counts = Counter(token for tokens in texts for token in set(tokens))
    shares = {token: count / len(texts) for token, count in counts.items()}
    return {token: share for token, share in sorted(shares.items()) if share >= PAIR_SHARE}


def pairs_of(tokens: Sequence[str], common: Mapping[str, float]) -> list[str]:
    """The pairs of neighbouring tokens that are expected in many texts, each joined to one token, in order.

    ``common`` gives the share of texts with each common token. A pair is chosen if the product of its two shares is at
    least `PAIR_SHARE`.
    """
    return [
        f"{one}{PAIR}{other}"
        for one, other in pairwise(tokens)
        if common.get(one, 0.0) * common.get(other, 0.0) >= PAIR_SHARE
    ]


def token_spans(text: str) -> tuple[Folded, Iterator[tuple[str, int, int]]]:
    """``text`` folded, and each token with its start and end (exclusive) in the folded text."""
    folded = fold_text(text)
    # Every simplified form is one character, so offsets stay.
    hits = _TOKEN.finditer(folded.text.translate(SIMPLIFIED_OF))
    return folded, ((hit.group(), hit.start(), hit.end()) for hit in hits)
