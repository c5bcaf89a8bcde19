"""Copies of all watchlists that made verdicts, each stored once under the fingerprint of its rules.

By them, the terms and rules behind a ``rules_fingerprint`` in the corpus can be found, to explain what a change of
rules did.
"""

from __future__ import annotations

import gzip
import json
import re
import uuid
import zlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from fivegwatch.storage.disk.files import disk_errors
from fivegwatch.storage.disk.layout import Layout

_FINGERPRINT = re.compile(r"[0-9a-f]{16,128}")


def keep_rules(layout: Layout, fingerprint: str, files: Mapping[str, str]) -> Path:
    """Store the files of a watchlist under its fingerprint, unless they are stored already; returns the path of the
    stored copy.

    Raises:
        StorageError: the folder cannot be written.
    """
    path = _path(layout, fingerprint)
    if path.exists():
        with disk_errors(path, "note which watchlist is in use"):
            path.touch()  # the newest is the one in use
        return path
    rules = {name: text for name, text in files.items() if name != "feeds.toml"}
    packed = gzip.compress(json.dumps(rules, ensure_ascii=False, sort_keys=True).encode(), mtime=0)
    tmp = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    with disk_errors(path.parent, "keep the watchlist of this run"):
        path.parent.mkdir(parents=True, exist_ok=True)
        tmp.write_bytes(packed)
        tmp.replace(path)
    return path


def kept_rules(layout: Layout, fingerprint: str) -> dict[str, str] | None:
    """The files of the watchlist with this fingerprint, as texts by file name; None if they are not stored or cannot be
    read.
    """
    if not _FINGERPRINT.fullmatch(fingerprint):
        return None
    try:
        files: dict[str, str] = json.loads(gzip.decompress(_path(layout, fingerprint).read_bytes()))
    except (OSError, EOFError, ValueError, zlib.error):
        return None
    return files


def newest_rules(layout: Layout) -> str:
    """The fingerprint of the watchlist that was in use last; empty before the first run."""
    folder = layout.root / "rules"
    stored = folder.glob("*.json.gz") if folder.is_dir() else ()
    newest = max(stored, key=lambda path: path.stat().st_mtime, default=None)
    return newest.name.partition(".")[0] if newest else ""


def parts_kept(layout: Layout) -> dict[str, int]:
    """For the newest stored watchlist, the number of files in each folder (such as ``entities``); empty before the
    first run."""
    files = kept_rules(layout, newest_rules(layout))
    parts = Counter(name.partition("/")[0] for name in files or () if "/" in name)
    return dict(parts)


def _path(layout: Layout, fingerprint: str) -> Path:
    return layout.root / "rules" / f"{fingerprint}.json.gz"
