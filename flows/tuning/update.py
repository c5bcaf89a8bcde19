"""For `watchlist update`: merges what a new release changed in the shipped watchlist into the user's edited copy.

the shipped version that `init` noted, the user's files, the shipped files of now -> three-way merge of each file ->
check of the whole -> the former files kept in a folder -> new files written

The user's changes are never overwritten: where both sides changed the same lines, the user's lines stay, and both are
shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.tuning.background import BACKGROUND_FILE
from fivegwatch.extractors.watchlist.subject import SUBJECT_FILE, TOPICS_FILE
from fivegwatch.extractors.watchlist.three_way import Conflict, merge_texts
from fivegwatch.flows.tuning.check import find_faults
from fivegwatch.sources.files.watchlist import read_files, shipped_for
from fivegwatch.sources.http.user_agent import version
from fivegwatch.storage.disk.files import disk_errors, put_file

SHIPPED = ".shipped"
"""Folder in a watchlist with the shipped files from which the user's files were made."""
WHOLE = ("weights.toml", TOPICS_FILE)
"""Files whose values belong together, because they were trained together; a file is taken as a whole or not at all."""
NEEDED = ("rules.toml", "feeds.toml")
"""Files without which a watchlist cannot be read."""
NO_RULES = ("feeds.toml", BACKGROUND_FILE)
"""Files that do not change verdicts."""


@dataclass(slots=True, kw_only=True)
class Update:
    """What an update would do to each file of a watchlist."""

    texts: dict[str, str] = field(default_factory=dict)
    """New text of each file that changes."""
    removed: list[str] = field(default_factory=list)
    """Files that the new release does not have any more, and that the user had not changed."""
    taken: int = 0
    """Number of places in which the release's change was taken."""
    conflicts: dict[str, list[Conflict]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def changes_rules(self) -> bool:
        """Whether verdicts may change, so that a refilter is useful."""
        return any(name not in NO_RULES for name in (*self.texts, *self.removed))

    def lines(self) -> list[str]:
        """The update as lines of text; for a conflict, the lines of both sides."""
        lines = [f"changed: {name}" for name in sorted(self.texts)] + [
            f"removed: {name}" for name in self.removed
        ]
        lines += [f"note: {note}" for note in self.notes]
        for name, conflicts in sorted(self.conflicts.items()):
            for conflict in conflicts:
                lines.append(
                    f"conflict: {name}:{conflict.line} {conflict.table}: your lines stay".replace(" :", ":")
                )
                for title, text in (("yours", conflict.mine), ("this release's", conflict.shipped_now),
                                    ("before", conflict.shipped_before)):  # fmt: skip
                    lines += [
                        f"    {title}:",
                        *(f"      {line}" for line in text.splitlines() or ["(nothing)"]),
                    ]
        return lines


def note_shipped(folder: Path) -> None:
    """Record which files of the watchlist in ``folder`` are unchanged copies of this release's files.

    The release is noted for a watchlist that has none noted, and for one whose files are all of this release; else the
    watchlist is still that of the release noted before, until it is updated.

    Raises: StorageError if the folder cannot be written to.
    """
    mine = read_files(folder)
    shipped = shipped_for(mine)
    for name, text in shipped.items():
        if mine.get(name) == text:
            _put(folder / SHIPPED / name, text)
    if not shipped_version(folder) or is_current(folder, shipped):
        _put(folder / SHIPPED / "VERSION", f"{version()}\n")


def is_left_out(folder: Path, name: str) -> bool:
    """Whether `init` must not write the shipped file ``name`` into the existing watchlist in ``folder``.

    In a watchlist whose release is noted, a missing file was removed by the user, or is new in this release and comes
    with `watchlist update`. Restored are only the files and folders without which no run begins.
    """
    return bool(shipped_version(folder)) and name not in NEEDED and (folder / name).parent.is_dir()


def plan_update(folder: Path) -> Update:
    """What an update to this release's watchlist would change in the watchlist in ``folder``; nothing is written.

    Raises:
        WatchlistError: a file cannot be read, or the merged watchlist has faults that the user's does not have.
    """
    mine = read_files(folder)
    new = shipped_for(mine)
    if not new:
        raise WatchlistError(
            "no shipped watchlist has this name, so there is nothing to update from.",
            file=f"{folder}/{SUBJECT_FILE}",
            remedy="Nothing to do: this watchlist is all yours.",
        )
    base = read_files(folder / SHIPPED) if any((folder / SHIPPED).rglob("*.toml")) else {}
    update = Update()
    for name in sorted({*base, *new}):
        _plan_file(update, name, base.get(name), mine.get(name), new.get(name))
    merged = {name: text for name, text in mine.items() if name not in update.removed} | update.texts
    faults = find_faults(merged) if update.texts or update.removed else []
    former = set(map(_without_line, find_faults(mine))) if faults else set()
    if faults := [fault for fault in faults if _without_line(fault) not in former]:
        raise WatchlistError(
            f"with this release's changes your watchlist would have faults; nothing was changed: {'; '.join(faults)}.",
            file=str(folder),
            remedy="Change what is named here in your files, then update again.",
        )
    return update


def write_update(folder: Path, update: Update) -> Path | None:
    """Write the update; returns the folder in which the files are kept as they were before, None if no file changed.

    Raises:
        StorageError: the folder cannot be written to.
    """
    aside = None
    if update.texts or update.removed:
        aside = folder / f".before-update-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        former = read_files(folder)
        for name in (*update.texts, *update.removed):
            if name in former:
                _put(aside / name, former[name])
        for name, text in update.texts.items():
            _put(folder / name, text)
        for name in update.removed:
            (folder / name).unlink(missing_ok=True)
    for name, text in shipped_for(read_files(folder)).items():
        _put(folder / SHIPPED / name, text)
    for name in update.removed:
        (folder / SHIPPED / name).unlink(missing_ok=True)
    _put(folder / SHIPPED / "VERSION", f"{version()}\n")
    return aside


def _plan_file(update: Update, name: str, base: str | None, mine: str | None, new: str | None) -> None:
    if new is None:
        if mine is not None and mine == base:
            update.removed.append(name)
        elif mine is not None:
            update.notes.append(f"{name}: this release no longer has it; yours is changed and stays")
    elif mine is None:
        if base is None:
            update.texts[name] = new
            update.taken += 1
        elif base != new:
            update.notes.append(f"{name}: you removed it, and this release changed it; it stays removed")
    elif mine != new:
        if base is None:
            update.notes.append(
                f"{name}: it is not known which release yours came from, so what you removed may be back, and every"
                " table that differs counts as a conflict"
            )
        _plan_merge(update, name, base or "", mine, new)


def _plan_merge(update: Update, name: str, base: str, mine: str, new: str) -> None:
    if name in WHOLE and base not in (mine, new):
        conflict = Conflict(
            table="", line=1, shipped_before="", mine="(your weights)\n", shipped_now="(new weights)\n"
        )
        update.conflicts[name] = [conflict]
        return
    merged = merge_texts(base, mine, new)
    if merged.text != mine:
        update.texts[name] = merged.text
        update.taken += merged.taken
    if merged.conflicts:
        update.conflicts[name] = list(merged.conflicts)


def _without_line(fault: str) -> str:
    return re.sub(r":\d+:", ":", fault, count=1)


def _put(path: Path, text: str) -> None:
    with disk_errors(path, "write the watchlist"):
        path.parent.mkdir(parents=True, exist_ok=True)
        put_file(path, text.encode("utf-8"))


def shipped_version(folder: Path) -> str:
    """The release from which the watchlist in ``folder`` was made or last updated; empty if it is unknown."""
    file = folder / SHIPPED / "VERSION"
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


def is_current(folder: Path, shipped: Mapping[str, str]) -> bool:
    """Whether the watchlist in ``folder`` was made from the files ``shipped``, or updated to them."""
    return all((folder / SHIPPED / name).is_file() and (folder / SHIPPED / name).read_text(encoding="utf-8") == text
               for name, text in shipped.items())  # fmt: skip
