"""Finds every country that a text names: full and short names, adjectives, inhabitants, capitals and governments.

Names come from CLDR through Babel, in the language of the text and in English; `country_words` adds names that CLDR
lacks. A capital or a seat of government is a weak sign. Longer names win, so that "New Zealand" does not count as
Zealand.

`country_roles` decides which of these countries the story is about.

Standard: ISO 3166-1 alpha-2 codes; ``EU`` is the European Union, ``XK`` Kosovo.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from babel import UnknownLocaleError

from fivegwatch.extractors.facts import (
    country_words,
    country_words_east,
    country_words_more,
    country_words_other,
)
from fivegwatch.extractors.judging.matching import fold_width
from fivegwatch.extractors.makers import maker_of
from fivegwatch.extractors.text.folding import Folded, fold_term
from fivegwatch.extractors.text.language_tags import primary_subtag
from fivegwatch.extractors.text.locale_data import from_locale
from fivegwatch.extractors.watchlist.inflection import UNBROKEN, Pattern, spell_out
from fivegwatch.extractors.watchlist.scanner import Scanner

WORDS = country_words.WORDS | country_words_more.WORDS | country_words_east.WORDS | country_words_other.WORDS
WORDS["nb"] = WORDS["nn"] = WORDS["no"]
_WILD = 6
_UNUSED_CODES = (
    "AC AI AQ AS AW AX BL BQ BV CC CP CW CX DG DO EA EZ FK FM GD GF GG GP GS GU HM IC IM IO JE KY MF MH MP MQ MS NF"
    " NR NU PM PN PW QO RE SH SJ SX TA TC TF TK TV UM UN VG VI WF WS XA XB YT"
)
"""Codes that are ignored: territories whose names mostly mean other things in the news (réunion, New Jersey, Granada),
and regions that are no countries."""
_UNUSED = frozenset(_UNUSED_CODES.split())
_MISTAKEN = {"fr": {"MU"}, "ru": {"TG"}, "uk": {"TG"}, "pl": {"ML"}, "cs": {"ML"}, "en": {"GE", "JO", "TD"}}
"""Countries whose name in that language is an everyday word or a first name."""
_SLAVIC = ("pl", "cs", "sk", "ru", "uk", "be", "bg", "sr", "hr", "sl")
_GENITIVE = ("de", "nl", "sv", "da", "no", "nb")
_AGGLUTINATING = ("fi", "hu", "et", "lt", "lv", "ro")
_VOWELS = "aeiouyаеиоуыэюяьіїй"
_SHORTEST_STEM = 4
_SURE = 4
"""Fewest letters of a Latin name from a language other than English, if the language of the text is unknown; shorter
ones (UE, AB, VS) are ignored."""
_PAIR = 2
"""Length in characters of a name for two states at once, such as Japanese for "Britain and America"."""
_DOTS = "·‧•"
"""Between the parts of a foreigner's name in Chinese, some of which are spelt like a country."""
_INSIDE = ("国内", "國內")
"""Words for "at home" that mean "inside" after the name of a country."""
_KATAKANA = frozenset(chr(code) for code in (*range(0x30A1, 0x30FB), 0x30FC))
"""Letters of katakana words and the mark of a long vowel; the middle dot ends a word."""
OTHER_NAMES = "--"
"""The code, instead of a country's, for names that merely contain the name of a country, such as South American or
Washington Post."""


@dataclass(frozen=True, slots=True)
class CountryName:
    """One spelling of a country's name."""

    code: str
    weak: bool
    """Whether the name is a capital or a seat of government; alone it does not make the country a subject of the
    story."""
    spelt: str
    """The name as listed; if it begins with a capital, so must the name in the text."""
    exact: bool
    """Whether all capitals must agree, not only the first."""
    adjective: bool
    """Whether the name is an adjective or names the inhabitants, not the country itself."""


@dataclass(frozen=True, slots=True)
class CountryHit:
    """A country named in a text: ``value[start:end]`` (str indices, end exclusive)."""

    code: str
    start: int
    end: int
    weak: bool
    adjective: bool


_new_hit = maker_of(CountryHit)


def find_countries(value: str, folded: Folded, language: str) -> list[CountryHit]:
    """The countries named in ``value``, by start; ``language`` is a BCP 47 tag, empty when unknown."""
    names, scanner = _finder(primary_subtag(language), folded.attached)
    hits: list[CountryHit] = []
    reached = 0
    best: tuple[int, int, int, CountryHit] | None = None
    beside: list[CountryHit] = []
    accents = primary_subtag(language) == "vi"
    for start, minus_end, number in scanner.scan(folded.text):
        name = names[number]
        if best is not None and start >= best[1]:
            hits += [best[3], *beside]
            reached, best, beside = best[1], None, []
        if start < reached or (best is not None and start >= best[0] and -minus_end < best[1]):
            continue
        span = folded.original_span(start, -minus_end)
        if not _is_spelt(value[span[0] : span[1]], name, accents=accents):
            continue
        literal = len(name.spelt)
        if best is None or (start, minus_end, -literal) < (best[0], -best[1], -best[2]):
            hit = _new_hit(name.code, span[0], span[1], name.weak, name.adjective)
            best, beside = (start, -minus_end, literal, hit), []
        elif (
            best[:3] == (start, -minus_end, _PAIR) and name.code != best[3].code and not name.spelt.isascii()
        ):
            beside.append(_new_hit(name.code, span[0], span[1], name.weak, name.adjective))
    if best is not None:
        hits += [best[3], *beside]
    primary = primary_subtag(language)
    if primary in ("zh", "ja"):
        hits = list(_apart(value, hits, primary))
    return [hit for hit in hits if hit.code != OTHER_NAMES]


def _apart(value: str, hits: Sequence[CountryHit], language: str) -> Iterator[CountryHit]:
    """The hits that are countries: no parts of people's names or katakana words, and no "inside" after a country."""
    end = -1
    for hit in hits:
        beside = value[hit.start - 1 : hit.start] + value[hit.end : hit.end + 1]
        person = language == "zh" and any(dot in beside for dot in _DOTS)
        inside = hit.start == end and value[hit.start : hit.end] in _INSIDE
        if not person and not inside and not (language == "ja" and _in_katakana(value, hit.start, hit.end)):
            yield hit
        end = hit.end


def _is_spelt(quote: str, name: CountryName, *, accents: bool) -> bool:
    """Whether the words in the text have the capitals (and in Vietnamese the accents) of the listed name."""
    first = name.spelt[:1]
    if name.exact:
        return fold_width(quote).startswith(name.spelt)
    if first.isupper() and not quote[:1].isupper():
        return False
    if accents and not quote.isascii():
        written, wanted = (unicodedata.normalize("NFC", t).casefold() for t in (quote, name.spelt))
        return written.startswith(wanted)
    return not accents or name.spelt.isascii()


def _in_katakana(value: str, start: int, end: int) -> bool:
    """Whether the name is a part of a longer katakana word: タイ (Thailand) in リアルタイム ("real time")."""
    return (value[start] in _KATAKANA and value[start - 1 : start] in _KATAKANA) or (
        value[end - 1] in _KATAKANA and value[end : end + 1] in _KATAKANA
    )


@lru_cache(maxsize=64)
def _finder(language: str, attached: bool) -> tuple[Sequence[CountryName], Scanner]:
    names: list[CountryName] = []
    patterns: list[tuple[int, Pattern]] = []
    seen: set[tuple[str, Pattern]] = set()
    languages = dict.fromkeys(("en", language) if language else ("en", *WORDS))
    for of in languages:
        for name, spellings in (*_listed(of), *_from_cldr(of)):
            if not language and of != "en" and len(name.spelt) < _SURE and name.spelt.isascii():
                continue
            for pattern in spellings:
                if (name.code, pattern) not in seen:
                    seen.add((name.code, pattern))
                    patterns.append((len(names), pattern))
            names.append(name)
    return tuple(names), Scanner(patterns, unbroken=attached)


def _listed(language: str) -> Iterator[tuple[CountryName, tuple[Pattern, ...]]]:
    """The names of `country_words` in one language."""
    for line in WORDS.get(language, "").strip().splitlines():
        code, *words = line.split()
        for word in words:
            weak, bare = word.startswith("~"), word.removeprefix("~")
            exact, bare = bare.endswith("!"), bare.removesuffix("!").replace("_", " ")
            adjective = not exact and (bare[:1].islower() or bare.endswith(("*", "an", "ish", "ese", "s")))
            name = CountryName(code, weak, bare.rstrip("*"), exact, adjective)
            yield name, _spellings(bare, language)


def _spellings(word: str, language: str) -> tuple[Pattern, ...]:
    if language == "ar":
        return spell_out(word, "ar")
    folded = fold_term(word)
    if UNBROKEN.search(folded) or language in ("ko", "hi"):
        return spell_out(word, "", exact=True)
    pieces = word.split()
    if any(piece.endswith("*") for piece in pieces[:-1]):
        regex = " ".join(
            re.escape(fold_term(p)) + (rf"\w{{0,{_WILD}}}" if p.endswith("*") else "") for p in pieces
        )
        return (Pattern(fold_term(pieces[0]), tail=_WILD, regex=regex + r"(?!\w)"),)
    return (Pattern(folded, tail=_WILD if word.endswith("*") else 0),)


def _from_cldr(language: str) -> Iterator[tuple[CountryName, tuple[Pattern, ...]]]:
    """The names of all countries in one language, as the CLDR has them, with their case endings."""
    for locale in ("zh_Hans", "zh_Hant") if language == "zh" else (language,):
        try:
            territories = from_locale(locale, lambda found: dict(found.territories))
        except (UnknownLocaleError, ValueError):
            continue
        for code, full in territories.items():
            if len(code) != 2 or code in _UNUSED or code in _MISTAKEN.get(language, ()):
                continue
            text = re.sub(r"\s*[（(].*?[)）]", "", full).strip()
            if len(text) < 2 or code in ("HK", "MO"):
                continue
            yield CountryName(code, False, text, False, False), tuple(_inflected(text, language))


def _inflected(name: str, language: str) -> Iterator[Pattern]:
    folded = fold_term(name)
    if UNBROKEN.search(folded) or language in ("ko", "hi", "ar"):
        yield from spell_out(name, "ar" if language == "ar" else "", exact=language != "ar")
        return
    yield Pattern(folded)
    if " " in folded:
        return
    if language in _SLAVIC:
        stem = folded.rstrip(_VOWELS)
        if len(stem) >= _SHORTEST_STEM and len(folded) - len(stem) <= 2:
            yield Pattern(stem, tail=3)
    elif language in _GENITIVE:
        yield Pattern(folded + "s")
    elif language in _AGGLUTINATING and len(folded) > _SHORTEST_STEM:
        yield Pattern(folded, tail=4)
