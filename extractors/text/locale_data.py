"""Reads names in many languages from the Unicode locale data (CLDR) without keeping the rest of that data in memory."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import TypeVar

from babel import Locale, localedata

T = TypeVar("T")


def from_locale(identifier: str, read: Callable[[Locale], T]) -> T:
    """The result of ``read`` for the locale ``identifier``. The locale is dropped afterwards, so the result must be
    plain values, not parts of the locale.

    Babel never drops a locale: each takes a megabyte, a thousand times as much as the names taken from it.

    Raises: as `Locale.parse`, and as ``read``.
    """
    # It has no public name, so it may have another one in a later version: then they stay.
    known: dict[str, object] = getattr(localedata, "_cache", {})
    kept = {"root", *known}  # the root is a part of all others
    collecting = gc.isenabled()
    gc.disable()
    try:
        return read(Locale.parse(identifier))
    finally:
        for name in set(known) - kept:
            known.pop(name, None)
        # Parts of a locale refer to each other. All are young still, so this takes no time; left to themselves, forty
        # locales would wait for a collection of everything, in 20 MB.
        gc.collect(0)
        if collecting:
            gc.enable()
