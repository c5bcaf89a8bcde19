"""Names in many languages from the Unicode locale data (CLDR), without all that comes with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from babel import localedata


@contextmanager
def locales_forgotten() -> Iterator[None]:
    """Locales that are first read within the block are dropped at its end, except the root, a part of all others.

    Babel keeps every locale for good, a megabyte each, and the names that are taken from it are a thousandth of that.
    """
    # It has no public name, so it may have another one in a later version: then they stay.
    known: dict[str, object] = getattr(localedata, "_cache", {})
    kept = {"root", *known}
    try:
        yield
    finally:
        for name in set(known) - kept:
            known.pop(name, None)
