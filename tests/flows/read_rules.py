"""Compiled rules are read once in the tests' own process and once in the process that its children are forked from.

A run reads them from the user's cache, and each child builds scanners when a text first needs them: half a second or
more, which a program pays once and hundreds of tests would pay each. Programs that tests start read them as always.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.flows.workers import compiled_rules
from fivegwatch.flows.workers.compiled_rules import gates_of
from fivegwatch.sources.files.watchlist import read_watchlist
from tests.flows.stored import write_small_watchlist

read = compiled_rules._read
"""The function that reads a cached file, for tests of the cache."""
_KEPT = 3
"""Watchlists that stay in memory: the shipped one, the small one, and one that a test has changed."""


class ReadOnce:
    """Takes the place of ``read``, and remembers the rules of the files read last."""

    def __init__(self, read: Callable[[Path], Rules | None]) -> None:
        self._read = read
        self._known: dict[Path, Rules] = {}

    def __call__(self, path: Path) -> Rules | None:
        rules = self._known.pop(path, None) or self._read(path)
        if rules is not None:
            self._known[path] = rules
            for oldest in list(self._known)[:-_KEPT]:
                del self._known[oldest]
        return rules


def prepare() -> None:
    """In the process that children are forked from: read the rules of most tests, and build what their texts need."""
    compiled_rules._read = ReadOnce(read)
    with tempfile.TemporaryDirectory() as folder:
        small = read_watchlist(write_small_watchlist(Path(folder)))
    for files in (read_watchlist(None), small):
        for _ in range(2):  # the first compiles them if the cache has none; only what is read is remembered
            rules = gates_of(files).rules
    for language in ("de", "es", "fr"):
        for part in ("subjects", "evidence", "names"):
            rules.scanner(language, False, part)
