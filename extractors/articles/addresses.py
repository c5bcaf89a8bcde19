"""What an address says of its document: the number or the words it is known by, or that it names no story at all."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import unquote, urlsplit

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.text.likeness import words
from fivegwatch.extractors.web.urls import canonical_url

HOME = re.compile(r"^/?(?:[a-z]{2}(?:-[a-z]{2})?/?)?(?:index\.\w+|home/?|default\.\w+)?$", re.IGNORECASE)
LISTING: Final = frozenset(
    re.findall(
        r"\S+",
        """
        archive archives author authors autor autoren autores categoria categorie category categories feed
        rubrik rubrique search seccion section sections suche tag tags theme thema themen topic topics
        """,
    )
)
NOWHERE: Final = frozenset(
    re.findall(
        r"\S+",
        """
        400 401 403 404 410 500 502 503 account auth captcha consent error errors expired false forbidden gone
        login log-in logon nan nil none not-found notfound null page-not-found pagenotfound register registration
        search sign-in signin sign-up signup subscribe subscription template undefined unavailable
        """,
    )
)
"""What stands in an address in place of a story's name when a template, a session or the story went missing."""
EMPTY: Final = frozenset(("undefined", "null", "nan"))
UNFILLED = re.compile(r"[{}<>$|\\`^]|\[object|%(?![0-9A-Fa-f]{2})|/:\w|__\w+__")
"""Marks of a template nobody filled in."""
EXTENSION = re.compile(r"\.(?:[sx]?html?|php\d?|aspx?|jspx?|cfm|do)$", re.IGNORECASE)
EDITION = re.compile(
    r"amp|print(?:able|version|view)?|druck(?:en|version|ansicht)?|imprimir|imprimer|stampa|mobile|index|default",
    re.IGNORECASE,
)
PART = re.compile(r"full|all|single|\d{1,2}", re.IGNORECASE)
PRINT_NAME = re.compile(r"[-_.](?:amp|print|druck)$", re.IGNORECASE)
ID_NAME = re.compile(r"^(?:p|no|nr|num|idx|a|art|article|story|news|doc|key|guid)$|id$|id(?:xno)?$|no$", re.I)
NUMBER = re.compile(r"\d{5,}")
DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-3]\d)?")
DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:[0-3]\d)?)?(?!\d)")
DATED = re.compile(r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2])(?:[/-]|$)|/(?:19|20)\d{6}(?:/|$)")
SLUG_WORDS = 3
ID_DIGITS = 4
NAME_CHARS = 10
LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "æ": "ae", "ł": "l", "đ": "d"})


@dataclass(frozen=True)
class Address:
    """An http(s) address, taken apart. ``key`` is its canonical form."""

    url: str
    key: str

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path, decoded, extensions gone; editions (AMP, print, index file) left out."""
        parts = [unquote(part) for part in urlsplit(self.key).path.split("/") if part]
        named = [PRINT_NAME.sub("", EXTENSION.sub("", part)) for part in parts]
        if len(named) > 1:
            return tuple(part for part in named if part and not EDITION.fullmatch(part))
        return tuple(part for part in named if part and part.lower() not in ("index", "default"))

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The query without tracking parameters and those that ask for an edition."""
        found = (pair.partition("=")[::2] for pair in urlsplit(self.key).query.split("&") if pair)
        return frozenset(
            (name, value)
            for name, value in found
            if not EDITION.fullmatch(name) and name != "m" and not re.fullmatch("amp|print|mobile|all", value)
        )

    @cached_property
    def ids(self) -> frozenset[str]:
        """Values in the query that name the document: of ``id``, ``p``, ``idxno`` and the like."""
        return frozenset(
            value for name, value in self.pairs if ID_NAME.search(name) and re.search(r"\d", value)
        )

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The document's numbers: those of the last part of the path that has any, else of the query. No dates."""
        for part in reversed(self.segments):
            if found := _numbers(part):
                return found
        return frozenset(number for value in self.ids for number in _numbers(value))

    @cached_property
    def ends_in_number(self) -> bool:
        """Whether nothing but the query follows the number."""
        return bool(self.segments and _numbers(self.segments[-1])) or not any(map(_numbers, self.segments))

    @cached_property
    def slug(self) -> frozenset[str]:
        """The words of the part that is the story's name: the wordier of the last two. Long numbers left out."""
        return max((_words(part) for part in self.segments[-2:][::-1]), key=len, default=frozenset())

    @cached_property
    def is_home(self) -> bool:
        """Whether it is the front of a site, in whatever language."""
        return (
            bool(HOME.match(urlsplit(self.url).path) or HOME.match(urlsplit(self.key).path)) and not self.ids
        )

    @cached_property
    def is_nowhere(self) -> bool:
        """Whether a template's gap, an error or a log-in stands where a story should."""
        decoded = unquote(self.url)
        values = {value.lower() for _, value in self.pairs}
        return bool(
            UNFILLED.search(decoded)
            or UNFILLED.search(self.url)
            or NOWHERE.intersection(part.lower() for part in self.segments)
            or any(words(part) and EMPTY.issuperset(words(part)) for part in (*self.segments, *values))
        )

    @cached_property
    def is_listing(self) -> bool:
        """Whether it leads to a tag, a topic, an author: many stories."""
        return bool(LISTING.intersection(part.lower() for part in self.segments[:-1])) or (
            bool(self.segments) and self.segments[-1].lower() in LISTING
        )

    @cached_property
    def names_story(self) -> bool:
        """Whether something in it can tell one story from the next: a number, a name of some words, a dated name."""
        if self.is_home or self.is_nowhere or not (self.segments or self.ids):
            return False
        last = self.segments[-1] if self.segments else ""
        dated = bool(DATED.search(urlsplit(self.key).path)) and bool(re.search(r"[^\W\d]{3}", last))
        return bool(self.numbers or self.ids or dated or _is_id(last)) or len(self.slug) >= SLUG_WORDS


def address_of(url: str) -> Address | None:
    """``url`` taken apart; None when it is no http(s) address."""
    try:
        return Address(url, canonical_url(url))
    except FetchError:
        return None


def same_page(claim: Address, shown: Address) -> bool:
    """Whether two addresses differ in spelling and edition alone: AMP, print, one of the pages of a long story."""
    if claim.key == shown.key:
        return True
    if _host(claim) != _host(shown) or claim.pairs != shown.pairs:
        return False
    segments = shown.segments
    # "/story/2" is page 2 of "/story" only where "/story" can be the name of one story.
    if segments[:-1] == claim.segments and PART.fullmatch(segments[-1] if segments else ""):
        return claim.names_story
    return segments == claim.segments and (bool(segments) or claim.is_home == shown.is_home)


def same_story(claim: Address, shown: Address, headline: frozenset[str]) -> bool:
    """Whether what identifies a document, its number or the words of its name, is shared by both addresses."""
    if claim.numbers and shown.numbers:
        return _same_number(claim, shown)
    if claim.segments == shown.segments and claim.pairs and claim.pairs < shown.pairs:
        return claim.ids == shown.ids
    if any(value not in unquote(claim.url) for value in shown.ids):
        return False
    if claim.segments[-1:] == shown.segments[-1:] and _is_id(claim.segments[-1] if claim.segments else ""):
        return True
    return _same_name(claim, shown, headline)


def _same_number(claim: Address, shown: Address) -> bool:
    if not (claim.numbers <= shown.numbers or shown.numbers <= claim.numbers):
        return False
    if claim.ends_in_number or shown.ends_in_number:
        return True
    # A number that a name follows may be the section's.
    common = len(claim.slug & shown.slug)
    return 2 * common > min(len(claim.slug), len(shown.slug))


def _same_name(claim: Address, shown: Address, headline: frozenset[str]) -> bool:
    """Whether the names are the same, or differ in words that speak for the claim: those of the page's headline."""
    ours, theirs = shown.slug, claim.slug
    if not any(address.slug in map(_words, address.segments[-1:]) for address in (claim, shown)):
        return False  # both are known by the part before the last: a section's name
    if ours == theirs:
        letters = sum(map(len, filter(str.isalpha, ours)))
        return len(ours) >= SLUG_WORDS or (len(ours) == 2 and letters >= NAME_CHARS)
    if {word for word in ours ^ theirs if word.isdigit()} or not headline:
        return False
    kept = all(len(word) <= 3 or word not in headline for word in ours - theirs)
    won = all(len(word) <= 3 or word in headline for word in theirs - ours)
    common = len(ours & theirs)
    return kept and won and common >= SLUG_WORDS and 2 * common >= len(ours | theirs)


def fit(address: Address, headline: frozenset[str]) -> float:
    """Share of the words of an address's name that stand in ``headline``, 0 to 1; 0 for a name of hardly a word."""
    if len(address.slug) < SLUG_WORDS:
        return 0.0
    return len(address.slug & headline) / len(address.slug)


def is_told(address: Address, headline: frozenset[str]) -> bool:
    """Whether ``headline`` holds every word of an address's name that is long enough to mean something."""
    return len(address.slug) >= SLUG_WORDS and all(
        word in headline or (len(word) <= 3 and not word.isdigit()) for word in address.slug
    )


def name_words(text: str) -> frozenset[str]:
    """The words of ``text`` as addresses spell them, accents gone; German umlauts in both spellings."""
    plain = unicodedata.normalize("NFC", text.replace("_", " ")).casefold()
    stripped = "".join(
        char for char in unicodedata.normalize("NFD", plain) if not unicodedata.combining(char)
    )
    return frozenset((*words(plain), *words(stripped), *words(plain.translate(LETTERS))))


def _host(address: Address) -> str:
    return urlsplit(address.key).netloc


def _numbers(part: str) -> frozenset[str]:
    return frozenset(number for number in NUMBER.findall(part) if not DAY.fullmatch(number))


def _words(part: str) -> frozenset[str]:
    found = words(part.replace("_", " "))
    return frozenset(word for word in found if not NUMBER.fullmatch(word))


def _is_id(part: str) -> bool:
    """Whether a part of a path is a code: letters with figures, or figures of a sort no date has."""
    if " " in part:
        return False
    part = DATE.sub("", part)
    return sum(map(str.isdigit, part)) >= ID_DIGITS or bool(
        len(part) >= NAME_CHARS and re.search(r"\d", part) and re.fullmatch(r"[0-9A-Za-z]+", part)
    )
