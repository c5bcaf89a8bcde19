"""Watches the press for 5G security. In Python: ``from fivegwatch import Corpus``.

In the repository the packages in this folder are links to the folders beside it, so that every module has one name,
``fivegwatch.ROOM.MODULE``, in a checkout as in a wheel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fivegwatch.storage.read.corpus import Corpus, Rows

__all__ = ["Corpus", "Rows"]


def __getattr__(name: str) -> Any:
    """Import `Corpus` and `Rows` when they are first used: ``import fivegwatch`` itself stays quick."""
    if name in __all__:
        from fivegwatch.storage.read import corpus

        return getattr(corpus, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
