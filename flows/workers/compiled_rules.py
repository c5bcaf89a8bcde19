"""Compiled rules and their searches, made once for each watchlist and version of the code, and kept in the user's
cache.

texts of the rules and code -> in the cache? -> read; else compiled and written.

Compiling takes two seconds of processor time, the searches of a language a tenth or two; reading takes a tenth of that.
Each search is a file of its own (`scanner.Blocks`). The first process that needs it writes it; all others map it into
memory and so share it. The rules are a pickle, which can do anything when it is read, and a search is checked only for
damage. So both are read only where nobody but this user can write (`cache_files`), and never from a corpus or a
watchlist, which people copy from each other.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from fivegwatch.extractors.watchlist.automaton import uncollected
from fivegwatch.extractors.watchlist.compile import Rules, compile_rules, is_rule_file
from fivegwatch.flows.workers.cache_files import is_trusted, mapped, write
from fivegwatch.flows.workers.shared_language_model import share_model
from fivegwatch.sources.http.user_agent import version
from fivegwatch.storage.disk.layout import user_cache

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from fivegwatch.extractors.gates.gates import Gates

_KEPT = 4
"""Number of compiled watchlists that stay in the cache, those used last: 10 MB each."""
_SEARCHES_KEPT = 200
"""Number of searches that stay, for all watchlists together: about 1 MB each. A watchlist that has met pages in all its
languages has 141.
"""


def compiled_rules(files: Mapping[str, str]) -> Rules:
    """The rules of a watchlist, given as file names to texts: read from the cache, or compiled and written to it.

    Raises: WatchlistError as `compile_rules` does.
    """
    share_model()
    path = _path(files)
    rules = _read(path)
    if rules is None:
        rules = compile_rules(files)
        rules.build()
        write(path, pickle.dumps(rules, protocol=pickle.HIGHEST_PROTOCOL), kept=_KEPT)
        _remove_searches(path.parent)
    rules.share(_Searches(path))
    return rules


def gates_of(files: Mapping[str, str]) -> Gates:
    """The gates for a watchlist, with the scanners that most pages need.

    Raises: WatchlistError as `compile_rules` does.
    """
    from fivegwatch.extractors.gates.gates import Gates  # the parsers: a third of a second

    gates = Gates(compiled_rules(files))
    gates.build()
    return gates


class _Searches:
    """The searches of one watchlist, in files beside its rules; when the rules are removed, they are removed too."""

    def __init__(self, rules: Path) -> None:
        self._rules = rules

    def _path(self, key: str) -> Path:
        return self._rules.with_name(f"{self._rules.stem}-{key}.search")

    def get(self, key: str) -> Buffer | None:
        """The search stored under ``key``, mapped into memory; None if there is none."""
        return mapped(self._path(key))

    def put(self, key: str, block: Buffer) -> None:
        """Write the search ``block`` under ``key``, if its rules are in the cache."""
        if self._rules.exists():
            write(self._path(key), bytes(block), kept=_SEARCHES_KEPT)


def _remove_searches(folder: Path) -> None:
    """Remove the searches in ``folder`` whose rules have been removed."""
    kept = {rules.stem for rules in folder.glob("rules-*.pickle")}
    for search in folder.glob("rules-*.search"):
        if search.stem.rpartition("-")[0] not in kept:
            search.unlink(missing_ok=True)


def rules_key(files: Mapping[str, str]) -> str:
    """A hash of the texts of the rules and of the code that compiles them."""
    digest = _code().copy()
    for name, text in sorted(files.items()):
        if is_rule_file(name):
            digest.update(f"\0{name}\0{text}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


@cache
def _code() -> hashlib._Hash:
    digest = hashlib.sha256(version().encode())
    for name in ("watchlist", "text"):
        for item in sorted(resources.files("fivegwatch.extractors").joinpath(name).iterdir(), key=str):
            if item.name.endswith(".py"):
                digest.update(item.name.encode() + item.read_bytes())
    return digest


def _path(files: Mapping[str, str]) -> Path:
    return user_cache() / f"rules-{rules_key(files)}.pickle"


def _read(path: Path) -> Rules | None:
    # A file cut short or of other libraries fails in its own way; it is compiled and written again.
    with suppress(
        OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, TypeError, ValueError
    ):
        if is_trusted(path):
            with uncollected():
                rules = pickle.loads(path.read_bytes())  # noqa: S301 - see above
            os.utime(path)
            if isinstance(rules, Rules):
                return rules
    return None
