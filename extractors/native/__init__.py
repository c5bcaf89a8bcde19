"""C twins of a few Python functions, with the same results, for the first test of every page.

Built when the package is installed. Without a compiler ``compiled`` is None and the Python twins are used, which are
several times slower.
"""

from __future__ import annotations

from types import ModuleType

compiled: ModuleType | None
try:
    from fivegwatch.extractors.native import _compiled as compiled
except ImportError:
    compiled = None
