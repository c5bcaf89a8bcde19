"""Arguments that several commands have, and the settings made from them."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.settings.settings import (
    FILE_NAME,
    Settings,
    bare_settings,
    find_home,
    load_settings,
    parse_address,
    usable_database,
)


def given(text: str) -> str:
    """``text``; an error if it is blank, because that is mostly an unset shell variable and never means the default."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; leave it out, or give a value")
    return text


def add_home(parser: argparse.ArgumentParser) -> None:
    """Add ``--home``, the working directory."""
    parser.add_argument(
        "--home",
        metavar="DIR",
        type=given,
        help="working directory (default: FIVEGWATCH_HOME, else the current one)",
    )


def add_database(parser: argparse.ArgumentParser) -> None:
    """Add ``--home`` and ``--db``, which select the corpus."""
    add_home(parser)
    parser.add_argument(
        "--db", metavar="FILE", type=lambda text: Path(given(text)),
        help="the corpus file (default: the working directory's)",
    )  # fmt: skip


def add_new(parser: argparse.ArgumentParser) -> None:
    """Add ``--new``, which allows a new corpus to be made."""
    parser.add_argument("--new", action="store_true", help="make a new corpus if there is none at that path")


def add_quiet(parser: argparse.ArgumentParser, result: str) -> None:
    """Add ``--quiet`` and ``--verbose``; ``result`` names what a quiet command still prints, besides warnings."""
    parser.add_argument("--quiet", action="store_true", help=f"no progress, just {result} and warnings")
    parser.add_argument("--verbose", action="store_true", help="also a line for each request and its answer")


def add_allowed(parser: argparse.ArgumentParser) -> None:
    """Add ``--allow-address``; `settings_of` adds its values to the settings."""
    parser.add_argument(
        "--allow-address", metavar="HOST:PORT", action="append", default=[],
        help="a private or loopback address of your own that may be contacted (repeatable)",
    )  # fmt: skip


def add_clock(parser: argparse.ArgumentParser) -> None:
    """Add ``--trust-clock``, which allows a run although the clock is far from the time of the last run."""
    parser.add_argument(
        "--trust-clock",
        action="store_true",
        help="run although this machine's clock is more than a day from the last run's time",
    )


def settings_of(args: argparse.Namespace) -> Settings:
    """The settings for the arguments ``args``; with ``--db`` no working directory is needed.

    Raises:
        SettingsError: no working directory is named or found, or its settings are wrong.
    """
    from dataclasses import replace

    database: Path | None = getattr(args, "db", None)
    if database is None:
        settings = load_settings(os.environ, args.home)
    elif args.home or os.environ.get("FIVEGWATCH_HOME") or Path(FILE_NAME).is_file():
        usable = usable_database(database)
        settings = replace(load_settings(os.environ, args.home), database=usable)
    else:
        settings = bare_settings(database)
    allow = settings.allow | {parse_address(item) for item in getattr(args, "allow_address", ())}
    feeds: Path | None = getattr(args, "feeds", None)
    return replace(settings, trust_clock=getattr(args, "trust_clock", False), allow=allow, feeds_file=feeds)


def database_of(args: argparse.Namespace) -> Path:
    """The path of the published corpus for the arguments ``args``.

    Raises:
        SettingsError: there is no corpus yet, or no working directory.
    """
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.disk.locks import has_corpus

    database = settings_of(args).database
    if not database.exists():
        where = f" --home {database.parent if args.db else find_home(os.environ, args.home)}"
        if has_corpus(Layout.for_database(database)):
            raise SettingsError(
                f"{database}: the corpus there has no published version. The next run publishes one; to have it now:"
                f" fivegwatch maintain{where}",
                key="db",
            )
        if database.is_symlink():
            raise SettingsError(
                f"{database} points to {database.readlink()}, which is missing with the rest of the corpus. Bring it"
                " back with: fivegwatch restore BACKUP",
                key="db",
            )
        where = "" if args.db else where
        raise SettingsError(
            f"{database}: no corpus there. Correct --db, or `database` in {FILE_NAME}; or make one with: fivegwatch"
            f" ingest --new{where}",
            key="db",
        )
    return database
