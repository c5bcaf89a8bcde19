"""The fingerprint of a watchlist's rules, without compiling rules that were compiled before.

Compiling takes half of the time of a run that finds nothing new.

texts of the rules and version of the code -> noted before? -> its fingerprint; else compiled, checked and noted
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.flows.workers.compiled_rules import compiled_rules, rules_key
from fivegwatch.storage.disk.files import put_file
from fivegwatch.storage.disk.layout import Layout


class CheckedRules(NamedTuple):
    """The fingerprint of valid rules, and the rules themselves if they had to be compiled."""

    fingerprint: str
    rules: Rules | None


def checked_rules(layout: Layout, files: Mapping[str, str]) -> CheckedRules:
    """The fingerprint of the rules in ``files``.

    Raises: WatchlistError if they are wrong.
    """
    path, key = layout.root / "checked-rules.json", rules_key(files)
    with suppress(OSError, ValueError, AttributeError):
        noted = json.loads(path.read_text(encoding="utf-8"))
        if noted.get("key") == key and isinstance(noted.get("fingerprint"), str):
            return CheckedRules(noted["fingerprint"], None)
    rules = compiled_rules(files)
    with suppress(OSError):  # a note that cannot be written only costs time
        if layout.root.is_dir():
            put_file(path, json.dumps({"key": key, "fingerprint": rules.fingerprint}).encode())
    return CheckedRules(rules.fingerprint, rules)
