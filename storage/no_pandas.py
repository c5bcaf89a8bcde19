"""Prevents the import of pandas in our own processes, and that of numpy while pyarrow is imported.

If pandas is installed, DuckDB imports it when the first parameter of a query is bound, and pyarrow when its first array
is made: 0.4 s of CPU time and 40 MB in each process. No command, no loader and no reader needs it. If numpy is
installed, pyarrow imports it (0.07 s of CPU time), but also works without it. Programs that use this package as a
library are not affected.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import ClassVar


class _Refusal:
    """A finder by which ``import pandas`` fails as if it were not installed, and at times ``import numpy``."""

    everywhere = False
    """Whether imports of pandas fail in all threads."""
    threads: ClassVar[set[int]] = set()
    """Threads in which they fail now."""
    without_numpy: int | None = None
    """The thread whose imports of numpy fail now."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raises: ModuleNotFoundError for pandas and numpy where they are refused."""
        del path, target
        if name == "pandas" and (_Refusal.everywhere or threading.get_ident() in _Refusal.threads):
            raise ModuleNotFoundError("pandas is not used here", name=name)
        if name == "numpy" and _Refusal.without_numpy == threading.get_ident():
            raise ModuleNotFoundError("numpy is not needed for this import", name=name)
        return None


def block_pandas() -> None:
    """Make ``import pandas`` fail in this process, unless it is imported already."""
    if "pandas" not in sys.modules and not _Refusal.everywhere:
        _Refusal.everywhere = True
        sys.meta_path.insert(0, _Refusal)


@contextmanager
def without_pandas() -> Iterator[None]:
    """In the block, ``import pandas`` fails in this thread: for our work in processes that others use, too."""
    thread = threading.get_ident()
    _Refusal.threads.add(thread)
    sys.meta_path.insert(0, _Refusal)
    try:
        yield
    finally:
        sys.meta_path.remove(_Refusal)
        _Refusal.threads.discard(thread)


@contextmanager
def without_numpy() -> Iterator[None]:
    """In the block, ``import numpy`` fails in this thread; no effect in processes that allow pandas or have numpy
    imported.

    Modules imported in the block must work without numpy. After the block, numpy can be imported again.
    """
    _Refusal.without_numpy = threading.get_ident()
    try:
        yield
    finally:
        _Refusal.without_numpy = None
