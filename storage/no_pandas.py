"""Keeps pandas out of our own processes.

To bind the first parameter of a query DuckDB imports pandas where it is installed: 0.4 s of CPU and 40 MB in each
process. No command and no loader needs it. Programs that use the package as a library are left alone.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Refusal:
    """A finder by which ``import pandas`` fails as if it were not installed."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raises: ModuleNotFoundError for pandas."""
        del path, target
        if name == "pandas":
            raise ModuleNotFoundError("pandas is not used here", name=name)
        return None


def block_pandas() -> None:
    """Make ``import pandas`` fail in this process, unless it is imported already."""
    if "pandas" not in sys.modules and _Refusal not in sys.meta_path:
        sys.meta_path.insert(0, _Refusal)
