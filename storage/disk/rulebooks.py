"""Copies of all watchlists that made verdicts, each stored once under the fingerprint of its rules.

They turn a ``rules_fingerprint`` in the corpus back into terms and rules, so that a change of rules can be explained.
"""

from __future__ import annotations

import gzip
import json
import re
import uuid
import zlib
from collections.abc import Mapping
from pathlib import Path

from fivegwatch.storage.disk.files import disk_errors
from fivegwatch.storage.disk.layout import Layout

_FINGERPRINT = re.compile(r"[0-9a-f]{16,128}")


def keep_rules(layout: Layout, fingerprint: str, files: Mapping[str, str]) -> Path:
    """Store the texts of a watchlist under its fingerprint, unless they are stored already; returns the file.

    Raises:
        StorageError: the folder cannot be written.
    """
    path = _path(layout, fingerprint)
    if path.exists():
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
    """The texts, by file name, of the watchlist with this fingerprint; None when it is not stored or unreadable."""
    if not _FINGERPRINT.fullmatch(fingerprint):
        return None
    try:
        files: dict[str, str] = json.loads(gzip.decompress(_path(layout, fingerprint).read_bytes()))
    except (OSError, EOFError, ValueError, zlib.error):
        return None
    return files


def _path(layout: Layout, fingerprint: str) -> Path:
    return layout.root / "rules" / f"{fingerprint}.json.gz"
