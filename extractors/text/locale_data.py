"""Names in many languages from the Unicode locale data (CLDR), without all that comes with them."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import TypeVar

from babel import Locale, localedata

T = TypeVar("T")


def from_locale(identifier: str, read: Callable[[Locale], T]) -> T:
    """What ``read`` takes from a locale, which is dropped afterwards: plain values, not parts of it.

    Babel keeps every locale for good, a megabyte each, and the names that are taken from it are a thousandth of that.

    Raises: as `Locale.parse`, and ``read``.
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
