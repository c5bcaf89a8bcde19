"""The table of months has what the CLDR has, and nothing else but spellings of real pages."""

from __future__ import annotations

import unicodedata
from itertools import product

from babel import Locale, localedata

from fivegwatch.extractors.text.locale_data import locales_forgotten
from fivegwatch.extractors.text.month_names import MONTHS

LANGUAGES = (
    "en", "ar", "bg", "ca", "cs", "da", "de", "el", "es", "et", "fa", "fi", "fr", "gl", "hi", "hr", "hu", "id", "it",
    "lt", "lv", "ms", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk", "ur",
)  # fmt: skip
ALSO_WRITTEN = {
    "fevrier": 2, "fév": 2, "maerz": 3, "mrz": 3, "marco": 3, "aout": 8, "сен": 9, "ноя": 11, "decembre": 12,
}  # fmt: skip


def test_months_are_those_of_the_cldr() -> None:
    before = set(localedata._cache)
    numbers: dict[str, set[int]] = {name: {number} for name, number in ALSO_WRITTEN.items()}
    for language in LANGUAGES:
        with locales_forgotten():
            months = Locale.parse(language).months
            for context, width in product(("format", "stand-alone"), ("wide", "abbreviated")):
                for number, name in months[context][width].items():
                    plain = unicodedata.normalize("NFKC", name).lower().rstrip(".")
                    numbers.setdefault(plain, set()).add(number)
    assert {name: of.pop() for name, of in numbers.items() if len(of) == 1} == MONTHS
    assert set(localedata._cache) <= before | {"root"}, "locales are kept, a megabyte each"
