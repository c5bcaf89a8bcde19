"""The forms in which a term of a language may occur in running text: stems and tails, compounds, particles, attached
articles.

No dictionary and no stemmer is used: a word keeps its stem and may have a few more letters, how many depends on the
language. Short words and acronyms keep their form. The author of a watchlist can be exact: ``word*`` allows up to eight
more letters, ``=word`` allows none, ``verb~`` has the forms of a regular verb.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from fivegwatch.extractors.text import scripts
from fivegwatch.extractors.text.folding import fold_term, fold_text
from fivegwatch.extractors.watchlist.conjugation import conjugate

# Most letters a word of the language may carry after its stem. A language that is not listed has closed forms only.
TAILS = {
    "de": 3, "nl": 3, "sv": 4, "es": 3, "pt": 3, "fr": 2, "it": 3, "pl": 4, "cs": 4, "ru": 5, "uk": 5,
    "tr": 7, "hi": 3, "ar": 3, "bg": 4, "da": 4, "el": 3, "fa": 4, "fi": 6, "he": 3, "hu": 6, "id": 3, "no": 4,
    "ro": 4, "sk": 4, "bn": 3, "ca": 3, "et": 4, "hr": 3, "lt": 4, "lv": 4, "sl": 3, "ta": 4,
}  # fmt: skip
# Endings of words too short to be cut to a stem: with free endings `ban` would match `band`, `euro` `Europe`.
_SHORT_ENDINGS = {
    "nl": "s|e|en|t", "de": "e|n|s|en|er|es|em", "sv": "t|n|s|r|en|et|ar|er", "fr": "s|e|x|es",
    "es": "s|es", "pt": "s|es", "it": "i|e|o|a", "bg": "а|и|та|те|то|ът", "da": "t|n|s|r|en|et|er|e",
    "no": "t|n|s|r|en|et|er|e", "ro": "ul|i|e|a|uri",
}  # fmt: skip
# Final vowels dropped before the tail is counted: operadora and operador, ustawa and ustawy.
_DROPPED = {
    "es": "aeo", "pt": "aeo", "it": "aeio", "pl": "aeioy", "cs": "aeiouy", "ru": "аеиоуыэюяь",
    "uk": "аеиоуюяьі", "sv": "ae", "bg": "аеио", "da": "e", "el": "αηιοσυ", "no": "e", "ro": "aeiu", "sk": "aeiouy",
    "ca": "aeo", "hr": "aeiou", "lt": "aeiousy", "lv": "aeious", "sl": "aeiou",
}  # fmt: skip
_DROPS = {
    "es": 1,
    "pt": 1,
    "it": 1,
    "pl": 2,
    "cs": 2,
    "ru": 2,
    "uk": 2,
    "sv": 1,
    "bg": 1,
    "da": 1,
    "el": 2,
    "no": 1,
    "ro": 1,
    "sk": 2,
    "ca": 1,
    "hr": 1,
    "lt": 2,
    "lv": 2,
    "sl": 1,
}
# Case endings that the press of a language writes on foreign names, diacritics folded: Huaweiem, Nokian, Ericssons. A
# language that is not listed has none.
_GENITIVE_S, _SLAVIC = "s", "a u e i y em om ov ovi ove"
NAME_ENDINGS: dict[str, tuple[str, ...]] = {
    language: tuple(endings.split())
    for languages, endings in (
        ("en de nl sv da no nb nn af lb", _GENITIVE_S),
        ("pl", f"{_SLAVIC} ow owi ie iem ami ach"),
        ("cs sk", f"{_SLAVIC} ech um mi ami ou ova"),
        ("hr bs sl sr", f"{_SLAVIC} ev ova ja ju jem jev ima"),
        ("ru uk be bg mk sr", "а у е и ы і ом ем ам ах ов ів ой ою ами ові ем я ю ю"),
        ("tr az", "in un i u yi yu a e ya ye da de ta te dan den tan ten nin nun la le yla yle"),
        ("fi", "n a in en lle lla lta ssa sta ksi na"),
        ("et", "i le l lt ga s sse st ile ist ilt"),
        ("hu", "t at et ot nak nek ba be ban ben bol on en ra re rol tol hoz hez val vel nal nel e i"),
        ("lt", "o ui a u e as is us ai"),
        ("lv", "s a am u"),
        ("ro", "ul ui lui i"),
    )
    for language in languages.split()
}  # fmt: skip
COMPOUNDING = frozenset({"da", "de", "fi", "hu", "nl", "no", "sv"})
_COMPOUND_LETTERS = 8
_SHORTEST_STEM = 5
_ARABIC_PREFIXES = ("", "ال", "و", "وال", "ب", "بال", "ل", "لل", "ف", "فال", "ك", "ول")
_HEBREW_PREFIXES = ("", *"הובלמשכ", "וה", "שה", "מה", "בה", "לה")
_WILD_TAIL = 8
_ALL_ENDINGS = tuple(sorted({ending for endings in NAME_ENDINGS.values() for ending in endings}))
_OTHER_SCRIPTS = "\u0590"
"""The first character after Latin, Greek, Cyrillic and Armenian."""
UNBROKEN = re.compile(f"[{scripts.UNBROKEN}]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One literal for the scanner, and conditions for the text around a hit. ``literal`` has no spaces at its ends."""

    literal: str
    tail: int = 0
    """Most word characters between the literal and the end of the word; -1: the word need not end."""
    inner: bool = False
    """Whether the literal may begin inside a word."""
    regex: str = ""
    """If set, it must match the folded text from the start of the literal, and its match is the span of the hit."""


def spell_out(term: str, language: str, *, exact: bool = False) -> tuple[Pattern, ...]:
    """Patterns that together match ``term``; none if nothing of it is left after folding."""
    verb, conjugated, rest = term.partition("~")
    if conjugated:
        following = fold_term(rest)
        return tuple(Pattern(f"{form} {following}".rstrip()) for form in conjugate(verb, language))
    exact = exact or term.startswith("=")
    words = [piece for raw in term.removeprefix("=").split() for piece in _words(raw)]
    if not words:
        return ()
    folded = " ".join(word.text for word in words)
    if UNBROKEN.search(folded):
        return _unbroken(folded)
    if exact:
        return (Pattern(folded), *_bracketed(term))
    if language == "ar":
        return _arabic(words)
    if language == "he":
        return _hebrew(words)
    if language not in TAILS:
        return _closed(words, plural=language in ("en", "")) + _bracketed(term)
    return _stemmed(words, language)


def forget_words() -> None:
    """Drop the cached words (tens of megabytes) once the spellings that share them are made."""
    for remembered in (_words, _stem, _escaped):
        remembered.cache_clear()


def decline(pattern: Pattern, endings: tuple[str, ...]) -> Pattern:
    """``pattern``, whose literal is a name, with an optional ending out of ``endings`` after it; unchanged in scripts
    other than Latin, Greek, Cyrillic and Armenian."""
    if not endings or max(pattern.literal) >= _OTHER_SCRIPTS:
        return pattern
    ending = "|".join(sorted(endings, key=len, reverse=True))
    # No letter may follow, but a character of Chinese or Korean may: there a word ends without a blank.
    regex = rf"{_escaped(pattern.literal)}(?:{ending})?(?![^ {_OTHER_SCRIPTS}-\U0010ffff])"
    return Pattern(pattern.literal, tail=_WILD_TAIL, regex=regex)


def endings_of(language: str) -> tuple[str, ...]:
    """The endings of names in a language (primary subtag); the endings of all languages if it is unknown."""
    return NAME_ENDINGS.get(language, ()) if language else _ALL_ENDINGS


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a term, folded, and the endings that its spelling in the watchlist allows."""

    text: str
    wild: bool
    fixed: bool


# Thousands of terms share a few hundred words.
@lru_cache(maxsize=1 << 15)
def _words(raw: str) -> tuple[_Word, ...]:
    """The words of ``raw``, which has no blanks, split at hyphens and apostrophes; ``*`` applies to the last word."""
    text, wild = fold_term(raw), raw.endswith("*")
    bare = raw.rstrip("*").removeprefix("=")
    fixed = bare.isupper() or any(c.isdigit() for c in bare)
    pieces = text.split()
    if len(pieces) < 2:
        return (_Word(text, wild, fixed),) if text else ()
    return tuple(
        _Word(
            piece, wild and i == len(pieces), (fixed and len(piece) <= 4) or any(c.isdigit() for c in piece)
        )
        for i, piece in enumerate(pieces, 1)
    )


def _unbroken(folded: str) -> tuple[Pattern, ...]:
    # Word boundaries still hold where the term itself begins or ends with a spaced script: 5G网络.
    head_open = bool(UNBROKEN.match(folded[0]))
    tail_open = bool(UNBROKEN.match(folded[-1]))
    pattern = Pattern(folded, tail=-1 if tail_open else 0, inner=head_open)
    squeezed = folded.replace(" ", "")
    if squeezed == folded:
        return (pattern,)
    return pattern, Pattern(squeezed, tail=pattern.tail, inner=head_open)


def _bracketed(term: str) -> tuple[Pattern, ...]:
    """The pattern of a term with brackets, for texts that have the brackets too: folding turns each bracket into a
    blank."""
    inside = fold_text(term).text.strip()
    return (Pattern(inside),) if "(" in term and "  " in inside else ()


def _closed(words: list[_Word], *, plural: bool) -> tuple[Pattern, ...]:
    """The patterns of words that take no endings: as given, and with ``plural`` the English plural.

    A word that is written ``word*`` may still have any ending.
    """
    if any(word.wild for word in words):
        return (_joined([(word.text, _letters(_WILD_TAIL) if word.wild else "") for word in words]),)
    folded = " ".join(word.text for word in words)
    forms = [folded]
    last = words[-1].text
    if plural and len(last) > 1 and not last[-1].isdigit():
        if last.endswith("y") and last[-2] not in "aeiou":
            forms.append(folded[:-1] + "ies")
        elif last.endswith(("s", "x", "z", "ch", "sh")):
            forms.append(folded + "es")
        else:
            forms.append(folded + "s")
    return tuple(Pattern(form) for form in forms)


def _stemmed(words: list[_Word], language: str) -> tuple[Pattern, ...]:
    stems = [_stem(word, language, len(words) == 1) for word in words]
    pattern = _joined(stems)
    if (
        language in COMPOUNDING
        and len(words) == 1
        and not words[0].fixed
        and len(stems[0][0]) >= _COMPOUND_LETTERS
    ):
        return (Pattern(stems[0][0], tail=-1, inner=True),)
    return (pattern,)


@lru_cache(maxsize=1 << 15)
def _stem(word: _Word, language: str, alone: bool) -> tuple[str, str]:
    """The fixed beginning of a word, and a regex for the text that may follow it (empty: nothing may)."""
    if word.wild:
        return word.text, _letters(_WILD_TAIL)
    if word.fixed or len(word.text) <= 2:
        return word.text, ""
    if len(word.text) <= 4:
        if language in _SHORT_ENDINGS:
            return word.text, f"(?:{_SHORT_ENDINGS[language]})?"
        if len(word.text) == 4 and not alone and word.text[-1] in _DROPPED.get(language, ""):
            return word.text[:3], _letters(
                3
            )  # beside other words even a short stem is unambiguous: мобильных сетях
        return word.text, _letters(2) if len(word.text) == 4 else ""
    stem = word.text
    for _ in range(_DROPS.get(language, 0)):
        if stem[-1] in _DROPPED[language] and len(stem) > _SHORTEST_STEM:
            stem = stem[:-1]
    return stem, _letters(
        TAILS[language] + (len(word.text) - len(stem) if len(stem) > _SHORTEST_STEM else -1)
    )


def _letters(count: int) -> str:
    return rf"\w{{0,{count}}}"


@lru_cache(maxsize=256)
def _letters_of(tail: str) -> int:
    """The most letters that a regex made by ``_letters`` allows; -1 for any other regex."""
    plain = re.fullmatch(r"\\w\{0,(\d+)\}", tail)
    return int(plain.group(1)) if plain else -1


_escaped = lru_cache(maxsize=1 << 15)(re.escape)


def _joined(stems: list[tuple[str, str]]) -> Pattern:
    """One pattern for several words: the scanner finds the fixed beginning, a regex verifies the rest."""
    literal = ""
    for i, (stem, tail) in enumerate(stems):
        literal += (" " if i else "") + stem
        if tail:
            letters = _letters_of(tail)
            if i == len(stems) - 1 and letters >= 0:
                return Pattern(literal, tail=letters)
            regex = " ".join(_escaped(s) + t for s, t in stems)
            return Pattern(literal, tail=_WILD_TAIL, regex=regex + r"(?!\w)")
    return Pattern(literal)


def _arabic(words: list[_Word]) -> tuple[Pattern, ...]:
    def patterns(stems: list[tuple[str, str]]) -> list[Pattern]:
        head = stems[0][0]
        if not "\u0600" <= head[0] <= "\u06ff":
            return [_joined(stems)]
        return [_joined([(prefix + head, stems[0][1]), *stems[1:]]) for prefix in _ARABIC_PREFIXES]

    stems = [(w.text, "" if w.fixed or len(w.text) < 4 else _letters(TAILS["ar"])) for w in words]
    spellings = patterns(stems)
    if len(words) > 1:  # an adjective carries the article its noun carries
        with_article = [
            stems[0],
            *((s if s.startswith("ال") or s.isascii() else "ال" + s, t) for s, t in stems[1:]),
        ]
        if with_article != stems:
            spellings += patterns(with_article)
    return tuple(spellings)


def _hebrew(words: list[_Word]) -> tuple[Pattern, ...]:
    """The patterns of Hebrew words: one for each particle that may be attached to the first word."""
    stems = [(w.text, "" if w.fixed or len(w.text) < 4 else _letters(TAILS["he"])) for w in words]
    head = stems[0][0]
    prefixes = _HEBREW_PREFIXES if "\u0590" <= head[0] <= "\u05ff" else ("",)
    return tuple(_joined([(prefix + head, stems[0][1]), *stems[1:]]) for prefix in prefixes)


def is_written(term: str) -> bool:
    """Whether a term can match anything: at least one letter or digit of it is left after folding."""
    return bool(fold_text(term).text.strip())
