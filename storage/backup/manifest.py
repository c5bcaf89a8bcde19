"""The manifest of a backup: what the backup holds, and a check that its files are unchanged.

A backup is a folder with ``manifest.json``, ``corpus.duckdb`` (a published version), ``batches/`` (those that the
version lacks), ``raw/``, ``rules/``, ``bad/``, and ``home/`` (the files of the working directory). The manifest is
written last, so a folder without a manifest is not a complete backup.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.disk.files import sha256_of

MANIFEST = "manifest.json"
CORPUS, BATCHES, RAW, RULES, BAD = "corpus.duckdb", "batches", "raw", "rules", "bad"
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What one backup holds: its files with sizes and digests, and numbers about the corpus."""

    created_at: datetime
    home: str
    """Path of the working directory that was backed up."""
    schema: int
    """Schema of the corpus in the backup: the number of its last migration; 0 if the backup has no corpus."""
    counts: dict[str, int] = field(default_factory=dict)
    """Numbers of stories, judged pages and feeds in the corpus of the backup."""
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    """For each file, by its path in the backup: size in bytes and SHA-256 (hex)."""

    def size(self, folder: str = "") -> int:
        """Size in bytes of all files, or of the files in one ``folder`` of the backup."""
        return sum(size for name, (size, _) in self.files.items() if name.startswith(folder))

    def number(self, folder: str) -> int:
        """Number of files in ``folder`` of the backup."""
        return sum(name.startswith(f"{folder}/") for name in self.files)

    def lines(self) -> list[str]:
        """A description of the backup for people, in lines."""
        counts = ", ".join(f"{number:,} {name}" for name, number in self.counts.items()) or "no corpus"
        number = self.number(BATCHES)
        waiting = f"{number} {'batch' if number == 1 else 'batches'} not published yet"
        return [
            f"made {self.created_at:%Y-%m-%d %H:%M} UTC of {self.home}, {self.size() / 1e6:.1f} MB in"
            f" {len(self.files)} files",
            f"corpus: {counts} (schema {self.schema}); {waiting}",
            f"page archive: {self.number(RAW)} files, {self.size(RAW + '/') / 1e6:.1f} MB; watchlists of"
            f" former verdicts: {self.number(RULES)}; unreadable batches: {self.number(BAD)}",
            f"settings and watchlist: {self.number('home')} files",
        ]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into the ``folder`` of a backup, as the last step that completes the backup."""
    table = asdict(manifest) | {"created_at": manifest.created_at.isoformat(), "format": FORMAT}
    (folder / MANIFEST).write_text(json.dumps(table, indent=1, sort_keys=True), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup.

    Raises:
        StorageError: the folder holds no complete backup, or one of a newer fivegwatch.
    """
    try:
        table = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        newer = table.pop("format") > FORMAT
        table["files"] = {name: (int(size), str(digest)) for name, (size, digest) in table["files"].items()}
        table["created_at"] = datetime.fromisoformat(table["created_at"])
        manifest = Manifest(**table)
    except FileNotFoundError as exc:
        what = f"{folder} is no complete backup: it has no {MANIFEST}."
        remedy = "Name a folder that `fivegwatch backup` made."
        raise StorageError(f"{what} {remedy}", path=str(folder), kind="no_backup") from exc
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise StorageError(f"{folder / MANIFEST} cannot be read: {exc}. Use another backup.", path=str(folder),
                           kind="damaged") from exc  # fmt: skip
    if newer:
        what = f"{folder} was made by a newer fivegwatch. Upgrade fivegwatch."
        raise StorageError(what, path=str(folder), kind="newer")
    return manifest


def backups_in(folder: Path) -> list[Path]:
    """The complete backups in ``folder``, oldest first. If ``folder`` is a backup itself, only that one."""
    if (folder / MANIFEST).is_file():
        return [folder]
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if (path / MANIFEST).is_file())


def faults_of(folder: Path, manifest: Manifest) -> Iterator[str]:
    """One sentence for each file of the backup that is missing, cut short, changed, or outside of the backup's
    folder.
    """
    for name, (size, digest) in sorted(manifest.files.items()):
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            yield f"{name}: lies outside of the backup"
        elif not path.is_file():
            yield f"{name}: is missing"
        elif path.stat().st_size != size:
            yield f"{name}: has {path.stat().st_size:,} bytes instead of {size:,}"
        elif sha256_of(path) != digest:
            yield f"{name}: its bytes have changed (SHA-256)"
