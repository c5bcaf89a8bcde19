"""The first look at a page, compiled: C twins of a few functions in Python that give the same answers.

Built when the package is installed; where no compiler was at hand ``compiled`` is None and the twins in Python do the
work, several times slower.
"""

from __future__ import annotations

from types import ModuleType

compiled: ModuleType | None
try:
    from fivegwatch.extractors.native import _compiled as compiled
except ImportError:
    compiled = None
