"""Rules compiled once for each watchlist and version of the code, and kept in the user's cache folder.

texts of the rules and code -> in the cache? -> read; else compiled. `gates_of` builds the scanners and fills the cache.

Compiling and building take two seconds of processor time, reading a tenth of that. A cached file is a pickle, which
can do anything when it is read. So it is only read from a folder that belongs to this user and that nobody else may
write to, never from a corpus or a watchlist, which people copy from each other.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import stat
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from fivegwatch.extractors.watchlist.automaton import uncollected
from fivegwatch.extractors.watchlist.compile import Rules, compile_rules, is_rule_file
from fivegwatch.sources.http.user_agent import version
from fivegwatch.storage.disk.layout import user_cache

if TYPE_CHECKING:
    from fivegwatch.extractors.gates.gates import Gates

_KEPT = 4
"""Compiled watchlists that stay in the cache, by their latest use: 15 MB each."""
_DAY_S = 86_400


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
    with suppress(OSError):  # a cache that cannot be written only costs time
        _write(path, gates.rules)
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


def _is_ours(path: Path) -> bool:
    """Whether ``path`` belongs to this user and nobody else may write to it."""
    state = path.lstat()
    return (
        state.st_uid == os.geteuid()
        and not stat.S_ISLNK(state.st_mode)
        and not state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )


def _read(path: Path) -> Rules | None:
    # A file cut short or of other libraries fails in its own way; it is compiled and written again.
    with suppress(
        OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, TypeError, ValueError
    ):
        if _is_ours(path.parent) and _is_ours(path):
            with uncollected():
                rules = pickle.loads(path.read_bytes())  # noqa: S301 - see above
            path.touch()
            if isinstance(rules, Rules):
                return rules
    return None


def _write(path: Path, rules: Rules) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_ours(path.parent):
        return
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix="rules-", suffix=".part", delete=False) as empty:
        part = Path(empty.name)
    try:
        with part.open("wb") as file:
            pickle.dump(rules, file, protocol=pickle.HIGHEST_PROTOCOL)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    now = time.time()

    def latest_use(one: Path) -> float:
        used = one.stat().st_mtime
        # A clock that was ahead once: such a file would stay for ever, and each new one be removed at once.
        return used if used < now + _DAY_S else 0

    for old in sorted(path.parent.glob("rules-*.pickle"), key=latest_use, reverse=True)[_KEPT:]:
        old.unlink(missing_ok=True)
    for left in path.parent.glob("rules-*.part"):  # by a process that was killed while writing
        if latest_use(left) < now - _DAY_S:
            left.unlink(missing_ok=True)
