"""Refuses a watchlist that has lost one of its folders since the last run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.flows.printing.lines import counted
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.rulebooks import parts_kept


def check_parts(layout: Layout, folder: Path | None, files: Mapping[str, str]) -> None:
    """Raise WatchlistError if a folder of TOML files that the last run read is gone from the watchlist in ``folder``.

    Without its entities or terms a watchlist is still sound, so every story would be rejected without a warning. An
    empty folder says that this is intended.
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
