"""How an address identifies its document: by a number, by the words of its slug, or not at all.

`canonical_address` decides which of the addresses that a page claims is accepted.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import unquote, urlsplit

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.text.word_overlap import words
from fivegwatch.extractors.web.urls import canonical_url

HOME = re.compile(r"^/?(?:[a-z]{2}(?:-[a-z]{2})?/?)?(?:index\.\w+|home/?|default\.\w+)?$", re.IGNORECASE)
LISTING: Final = frozenset({
    "archive", "archives", "author", "authors", "autor", "autoren", "autores", "categoria", "categorie", "category",
    "categories", "feed", "rubrik", "rubrique", "search", "seccion", "section", "sections", "suche", "tag", "tags",
    "theme", "thema", "themen", "topic", "topics",
})  # fmt: skip
"""Parts of a path that lead to a list of stories."""
NOWHERE: Final = frozenset({
    "400", "401", "403", "404", "410", "500", "502", "503", "account", "auth", "captcha", "consent", "error", "errors",
    "expired", "false", "forbidden", "gone", "login", "log-in", "logon", "nan", "nil", "none", "not-found", "notfound",
    "null", "page-not-found", "pagenotfound", "register", "registration", "search", "sign-in", "signin", "sign-up",
    "signup", "subscribe", "subscription", "template", "undefined", "unavailable",
})  # fmt: skip
"""Parts of an address that name an error, a log-in or a missing value instead of a story."""
EMPTY: Final = frozenset(("undefined", "null", "nan"))
UNFILLED = re.compile(r"[{}<>$|\\`^]|\[object|%(?![0-9A-Fa-f]{2})|/:\w|__\w+__")
"""Signs of a template whose variables were not replaced by values."""
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
    """An http(s) address and its parts. ``key`` is its canonical form."""

    url: str
    key: str

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path, decoded and without extensions; parts that select an edition (AMP, print, index file)
        are left out."""
        parts = [unquote(part) for part in urlsplit(self.key).path.split("/") if part]
        named = [PRINT_NAME.sub("", EXTENSION.sub("", part)) for part in parts]
        if len(named) > 1:
            return tuple(part for part in named if part and not EDITION.fullmatch(part))
        return tuple(part for part in named if part and part.lower() not in ("index", "default"))

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The parameters of the query, except those for tracking and those that select an edition such as print."""
        pairs = (pair.partition("=")[::2] for pair in urlsplit(self.key).query.split("&") if pair)
        return frozenset(
            (name, value)
            for name, value in pairs
            if not EDITION.fullmatch(name) and name != "m" and not re.fullmatch("amp|print|mobile|all", value)
        )

    @cached_property
    def ids(self) -> frozenset[str]:
        """Values of query parameters that identify the document: ``id``, ``p``, ``idxno`` and the like."""
        return frozenset(
            value for name, value in self.pairs if ID_NAME.search(name) and re.search(r"\d", value)
        )

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers that identify the document, without dates: from the last part of the path that has any, else from
        the query."""
        in_path = next(filter(None, map(_numbers, reversed(self.segments))), None)
        return in_path or frozenset(number for value in self.ids for number in _numbers(value))

    @cached_property
    def ends_in_number(self) -> bool:
        """Whether only the query, or nothing, follows the document's number."""
        return bool(self.segments and _numbers(self.segments[-1])) or not any(map(_numbers, self.segments))

    @cached_property
    def slug(self) -> frozenset[str]:
        """The words of the story's name, without long numbers: from the longer of the last two parts of the path."""
        return max((_words(part) for part in self.segments[-2:][::-1]), key=len, default=frozenset())

    @cached_property
    def is_home(self) -> bool:
        """Whether the address is that of a site's front page, in any language."""
        return (
            bool(HOME.match(urlsplit(self.url).path) or HOME.match(urlsplit(self.key).path)) and not self.ids
        )

    @cached_property
    def is_nowhere(self) -> bool:
        """Whether the address names an error, a log-in or an unfilled template instead of a story."""
        values = {value.lower() for _, value in self.pairs}
        return bool(
            UNFILLED.search(unquote(self.url))
            or UNFILLED.search(self.url)
            or NOWHERE.intersection(part.lower() for part in self.segments)
            or any(words(part) and EMPTY.issuperset(words(part)) for part in (*self.segments, *values))
        )

    @cached_property
    def is_listing(self) -> bool:
        """Whether the address leads to a list of stories: of a tag, a topic, an author."""
        return not LISTING.isdisjoint(part.lower() for part in self.segments)

    @cached_property
    def names_story(self) -> bool:
        """Whether the address identifies a story: by a number, by a name of three words, or by a date and a name."""
        if self.is_home or self.is_nowhere or not (self.segments or self.ids):
            return False
        last = self.segments[-1] if self.segments else ""
        dated = bool(DATED.search(urlsplit(self.key).path)) and bool(re.search(r"[^\W\d]{3}", last))
        return bool(self.numbers or self.ids or dated or _is_id(last)) or len(self.slug) >= SLUG_WORDS


def address_of(url: str) -> Address | None:
    """``url`` as an ``Address``; None when it is not an http(s) address."""
    try:
        return Address(url, canonical_url(url))
    except FetchError:
        return None


def same_page(claim: Address, own: Address) -> bool:
    """Whether two addresses name the same page; they may differ in spelling, edition (AMP, print) and page number."""
    if claim.key == own.key:
        return True
    if _host(claim) != _host(own) or claim.pairs != own.pairs:
        return False
    segments = own.segments
    # "/story/2" is page 2 of "/story" only if "/story" can name a single story.
    if segments[:-1] == claim.segments and PART.fullmatch(segments[-1] if segments else ""):
        return claim.names_story
    return segments == claim.segments and (bool(segments) or claim.is_home == own.is_home)


def same_story(claim: Address, own: Address, headline: frozenset[str]) -> bool:
    """Whether both addresses have the same number or name. If the names differ, the words of the ``headline``
    decide."""
    if claim.numbers and own.numbers:
        return _same_number(claim, own)
    if claim.segments == own.segments and claim.pairs and claim.pairs < own.pairs:
        return claim.ids == own.ids
    if any(value not in unquote(claim.url) for value in own.ids):
        return False
    if claim.segments[-1:] == own.segments[-1:] and _is_id(claim.segments[-1] if claim.segments else ""):
        return True
    return _same_name(claim, own, headline)


def _same_number(claim: Address, own: Address) -> bool:
    if not (claim.numbers <= own.numbers or own.numbers <= claim.numbers):
        return False
    if claim.ends_in_number or own.ends_in_number:
        return True
    # A number in front of a name may be the section's.
    common = len(claim.slug & own.slug)
    return 2 * common > min(len(claim.slug), len(own.slug))


def _same_name(claim: Address, own: Address, headline: frozenset[str]) -> bool:
    """Whether the names in two addresses are equal, or that of ``claim`` fits the page's headline better: the headline
    has the words that only ``claim`` has, and lacks those that only ``own`` has."""
    ours, theirs = own.slug, claim.slug
    if not any(address.slug in map(_words, address.segments[-1:]) for address in (claim, own)):
        return False  # both names come from the last part but one, which names a section
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
    """Share of the words in an address's slug that are also in ``headline``, 0 to 1.

    0 for a slug of one or two words.
    """
    if len(address.slug) < SLUG_WORDS:
        return 0.0
    return len(address.slug & headline) / len(address.slug)


def is_in_headline(address: Address, headline: frozenset[str]) -> bool:
    """Whether ``headline`` has every word of over three letters in the address's name."""
    return len(address.slug) >= SLUG_WORDS and all(
        word in headline or (len(word) <= 3 and not word.isdigit()) for word in address.slug
    )


def name_words(text: str) -> frozenset[str]:
    """The words of ``text`` as addresses spell them: without accents, and umlauts also as two letters."""
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
    return frozenset(word for word in words(part.replace("_", " ")) if not NUMBER.fullmatch(word))


def _is_id(part: str) -> bool:
    """Whether a part of a path is a code: letters mixed with digits, or digits that are not a date."""
    if " " in part:
        return False
    part = DATE.sub("", part)
    return sum(map(str.isdigit, part)) >= ID_DIGITS or bool(
        len(part) >= NAME_CHARS and re.search(r"\d", part) and re.fullmatch(r"[0-9A-Za-z]+", part)
    )
