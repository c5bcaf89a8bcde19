"""C twins of a few Python functions through which every page goes, with the same results.

Built when the package is installed. Without a compiler ``compiled`` is None and the Python twins are used, which are
several times slower.
"""

from __future__ import annotations

import warnings
from types import ModuleType

VERSION = 9
"""Goes up with each change of a function of the C part, here and in ``module.c``."""


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
