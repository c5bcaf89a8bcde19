"""Which codes of countries exist: the alpha-2 codes of ISO 3166-1 that CLDR knows, with ``EU`` and ``XK``."""

from __future__ import annotations

from functools import cache

_NO_COUNTRIES = frozenset({"EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Codes in CLDR that stand for no country: unknown, outlying, tests, groups."""
_OFTEN_WRITTEN = {"UK": "GB", "EL": "GR", "USA": "US", "UAE": "AE", "ENG": "GB"}


@cache
def country_codes() -> tuple[str, ...]:
    """All codes, sorted."""
    from babel import Locale

    codes = [str(code) for code in Locale("en").territories]
    return tuple(sorted(code for code in codes if code.isalpha() and code not in _NO_COUNTRIES))


def is_country(code: str) -> bool:
    """Whether a country has this code; capitals count."""
    return code in country_codes()


def country_hint(text: str) -> str:
    """The end of an error message about a code that does not exist: which code was probably meant."""
    from babel import Locale

    word = text.strip()
    code = _OFTEN_WRITTEN.get(word.upper(), word.upper())
    names = {str(name).casefold(): str(key) for key, name in Locale("en").territories.items()}
    meant = code if is_country(code) else names.get(word.casefold(), "")
    meant = meant if is_country(meant) else ""
    return f"did you mean {meant!r}?" if meant else 'countries have two capitals (ISO 3166-1), like "DE"'
