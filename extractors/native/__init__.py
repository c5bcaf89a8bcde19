"""C twins of a few Python functions through which every page goes; they give the same results.

They are built when the package is installed. Without a compiler ``compiled`` is None and the Python twins are used,
which are several times slower.
"""

from __future__ import annotations

import warnings
from types import ModuleType

VERSION = 9
"""Version of the C functions; raise it, here and in ``module.c``, with each change of one of them."""


def _load() -> ModuleType | None:
    try:
        from fivegwatch.extractors.native import _compiled
    except ImportError:
        return None
    if getattr(_compiled, "VERSION", 1) == VERSION:
        return _compiled
    warnings.warn(
        "the compiled part is of another version of the code and not used: install again", stacklevel=2
    )
    return None


compiled = _load()
