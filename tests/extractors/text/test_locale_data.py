"""Of a locale only the names that are wanted stay in memory."""

from __future__ import annotations

import gc

import pytest
from babel import UnknownLocaleError, localedata
from babel.localedata import LocaleDataDict

from fivegwatch.extractors.text.locale_data import from_locale


def parts_of_locales() -> int:
    return sum(isinstance(item, LocaleDataDict) for item in gc.get_objects())


def test_a_locale_is_dropped_once_its_names_are_read() -> None:
    from_locale("rw", lambda locale: locale.display_name)  # the root stays
    before = parts_of_locales()
    gc.disable()
    try:
        names = from_locale("sw", lambda locale: dict(locale.months["format"]["wide"]))
    finally:
        gc.enable()
    assert names[1] == "Januari"
    assert "sw" not in localedata._cache
    assert parts_of_locales() == before


def test_a_locale_that_was_in_use_before_stays() -> None:
    localedata.load("mt")
    assert from_locale("mt", lambda locale: locale.language) == "mt"
    assert "mt" in localedata._cache
    assert gc.isenabled()


def test_an_unknown_locale_is_an_error_and_collection_goes_on() -> None:
    with pytest.raises(UnknownLocaleError):
        from_locale("tlh", lambda locale: None)
    assert gc.isenabled()
