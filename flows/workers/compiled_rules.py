"""Rules compiled once for each watchlist and version of the code, and kept in the user's cache folder.

texts of the rules and code -> in the cache? -> read; else compiled. `gates_of` builds the scanners and fills the cache.

Compiling and building take two seconds of processor time, reading a tenth of that. A cached file is a pickle, which
can do anything when it is read. So it is only read where nobody but this user may write (`cache_files`), never from a
corpus or a watchlist, which people copy from each other.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from fivegwatch.extractors.watchlist.automaton import uncollected
from fivegwatch.extractors.watchlist.compile import Rules, compile_rules, is_rule_file
from fivegwatch.flows.workers.cache_files import is_trusted, write
from fivegwatch.sources.http.user_agent import version
from fivegwatch.storage.disk.layout import user_cache

if TYPE_CHECKING:
    from fivegwatch.extractors.gates.gates import Gates

_KEPT = 4
"""Compiled watchlists that stay in the cache, by their latest use: 15 MB each."""


def compiled_rules(files: Mapping[str, str]) -> Rules:
    """The rules of a watchlist, given as file names to texts: read from the cache, or compiled.

    Raises: WatchlistError as `compile_rules` does.
    """
    return _read(_path(files)) or compile_rules(files)


def gates_of(files: Mapping[str, str]) -> Gates:
    """The gates for a watchlist, with the scanners that most pages need; its rules are in the cache afterwards.

    Raises: WatchlistError as `compile_rules` does.
    """
    from fivegwatch.extractors.gates.gates import Gates  # the parsers: a third of a second

    path = _path(files)
    if (rules := _read(path)) is not None:
        return Gates(rules)
    gates = Gates(compile_rules(files))
    gates.build()
    write(path, pickle.dumps(gates.rules, protocol=pickle.HIGHEST_PROTOCOL), kept=_KEPT)
    return gates


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
            path.touch()
            if isinstance(rules, Rules):
                return rules
    return None
