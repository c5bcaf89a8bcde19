"""The fingerprint of a watchlist's rules, found without compiling rules that were compiled before.

Compiling takes half of the time of a run that finds nothing new.

texts of the rules and version of the code -> noted before? -> its fingerprint; else compiled, checked and noted
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.flows.printing.lines import counted
from fivegwatch.flows.workers.compiled_rules import compiled_rules, rules_key
from fivegwatch.storage.disk.files import put_file
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.rulebooks import parts_kept


class CheckedRules(NamedTuple):
    """The fingerprint of valid rules, and the rules themselves if they had to be compiled."""

    fingerprint: str
    rules: Rules | None


def checked_rules(layout: Layout, files: Mapping[str, str]) -> CheckedRules:
    """The fingerprint of the rules in ``files`` (the texts of a watchlist).

    Raises: WatchlistError if the rules are wrong.
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


def check_parts(layout: Layout, folder: Path | None, files: Mapping[str, str]) -> None:
    """Raise WatchlistError if the last run read a folder of TOML files that the watchlist in ``folder`` does not have
    any more.

    A watchlist without its entities or terms is still valid, so every story would be rejected without a warning. To
    remove such a folder on purpose, leave an empty one.
    """
    if folder is None:
        return
    present = {name.partition("/")[0] for name in files}
    for part, number in sorted(parts_kept(layout).items()):
        if part not in present and not (folder / part).is_dir():
            had = counted(number, "file", "files")
            raise WatchlistError(
                f"is missing; the last run read {had} there.",
                file=str(folder / part),
                remedy="Restore it, from a backup or (the shipped files) with `fivegwatch init`; or, if it must go,"
                " make an empty folder of that name.",
            )
