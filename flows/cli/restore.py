"""Put back a backup: the corpus as it was, and the files of the working directory that are missing.

BACKUP is a backup, or a folder of backups, of which the newest is taken. The whole backup is checked before anything is
changed. If the directory has a corpus, nothing is done without --replace, which first moves that corpus aside. Existing
settings, watchlist and deployments are kept as they are.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fivegwatch.extractors.errors import SettingsError, StorageError
from fivegwatch.flows.settings.settings import FILE_NAME, load_settings

EXAMPLE = """examples:
  fivegwatch restore /mnt/backups/5g --list
  fivegwatch restore /mnt/backups/5g --home ~/5g
  fivegwatch restore /mnt/backups/5g/20261129T031500Z --home ~/5g --replace"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `restore` to ``parser``."""
    parser.add_argument("backup", type=Path, metavar="BACKUP", help="a backup, or a folder of backups")
    parser.add_argument("--home", metavar="DIR", type=Path, default=Path(), help="working directory, made if it is"
                        " missing (default: the current one)")  # fmt: skip
    parser.add_argument("--replace", action="store_true", help="move an existing corpus aside first")
    parser.add_argument("--list", action="store_true", help="say what the backups hold and whether they are"
                        " complete; change nothing")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Restore the backup, or list the backups in a folder; returns the exit code."""
    from fivegwatch.storage.backup.manifest import backups_in, faults_of, read_manifest

    backups = backups_in(args.backup.expanduser().absolute())
    if not backups:
        raise StorageError(f"{args.backup}: there is no complete backup. Name a folder that `fivegwatch backup` wrote.",
                           path=str(args.backup), kind="no_backup")  # fmt: skip
    if not args.list:
        return _restore(args, backups[-1])
    damaged = False
    for backup in backups:
        manifest = read_manifest(backup)
        faults = list(faults_of(backup, manifest))
        damaged |= bool(faults)
        print(backup, *manifest.lines(), *(f"damaged: {fault}" for fault in faults), "", sep="\n")
    return int(damaged)


def _restore(args: argparse.Namespace, backup: Path) -> int:
    from fivegwatch.storage.backup.manifest import read_manifest
    from fivegwatch.storage.backup.restore import check_backup, restore_corpus, restore_files
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.disk.locks import has_corpus
    from fivegwatch.storage.load.loader import run_loader
    from fivegwatch.storage.read.health import corpus_counts

    home = args.home.expanduser().absolute()
    manifest = read_manifest(backup)
    check_backup(backup, manifest)
    restored = 0
    if not (home / FILE_NAME).exists():
        restored = restore_files(backup, manifest, home)
    database = load_settings({}, home).database
    layout = Layout.for_database(database)
    if has_corpus(layout) and not args.replace:
        raise SettingsError(f"{database}: there is a corpus already. With --replace it is moved aside, and this"
                            " backup takes its place.", key="--replace")  # fmt: skip
    aside = restore_corpus(backup, manifest, layout)
    restored += restore_files(backup, manifest, home)
    report = run_loader(database)
    print(f"restored: {backup}", *manifest.lines(), sep="\n")
    print(f"directory: {home}, {restored} missing files put back; the others are as they were")
    if aside:
        print(f"the former corpus is now {aside}; remove it when you have looked at this one")
    counts = corpus_counts(database)
    print(f"corpus: {database}, {counts['stories']} stories; {report.batches} batches loaded")
    return int(counts["stories"] < manifest.counts.get("stories", 0))
