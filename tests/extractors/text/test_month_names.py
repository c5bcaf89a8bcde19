"""The table of months has what the CLDR has, and nothing else but spellings of real pages."""

from __future__ import annotations

import unicodedata
from itertools import product

from babel import Locale

from fivegwatch.extractors.text.locale_data import from_locale
from fivegwatch.extractors.text.month_names import MONTHS

LANGUAGES = (
    "en", "ar", "bg", "ca", "cs", "da", "de", "el", "es", "et", "fa", "fi", "fr", "gl", "hi", "hr", "hu", "id", "it",
    "lt", "lv", "ms", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk", "ur",
)  # fmt: skip
ALSO_WRITTEN = {
    "fevrier": 2, "fév": 2, "maerz": 3, "mrz": 3, "marco": 3, "aout": 8, "сен": 9, "ноя": 11, "decembre": 12,
}  # fmt: skip


def names_of(locale: Locale) -> set[tuple[int, str]]:
    """The number and each name of a month."""
    return {
        item
        for context, width in product(("format", "stand-alone"), ("wide", "abbreviated"))
        for item in locale.months[context][width].items()
    }


def test_months_are_those_of_the_cldr() -> None:
    numbers: dict[str, set[int]] = {name: {number} for name, number in ALSO_WRITTEN.items()}
    for language in LANGUAGES:
        for number, name in from_locale(language, names_of):
            plain = unicodedata.normalize("NFKC", name).lower().rstrip(".")
            numbers.setdefault(plain, set()).add(number)
    assert {name: of.pop() for name, of in numbers.items() if len(of) == 1} == MONTHS
