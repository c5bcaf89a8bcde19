"""Checks of the machine: Python, the installed packages, disk space."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from fivegwatch.flows.doctor.findings import FAULT, NOTE, OK, Finding

LOW_SPACE = 1_000_000_000
PYTHONS = ((3, 11), (3, 14))


def check_machine(folder: Path) -> Iterator[Finding]:
    """Findings on Python, its packages, the compiled module, and the disk of ``folder``."""
    version = sys.version_info[:2]
    right = PYTHONS[0] <= version <= PYTHONS[1]
    yield Finding(
        check="Python",
        level=OK if right else FAULT,
        detail=f"{platform.python_version()} ({sys.executable})",
        remedy="" if right else "Install fivegwatch with Python 3.11 to 3.14.",
    )
    yield from _packages()
    yield _compiled()
    free = shutil.disk_usage(folder).free
    yield Finding(
        check="disk",
        level=OK if free > LOW_SPACE else FAULT,
        detail=f"{free / 1e9:.1f} GB free on the disk of {folder}",
        remedy="" if free > LOW_SPACE else "Free some space: runs end with an error when the disk is full.",
    )


def _packages() -> Iterator[Finding]:
    """A finding on whether all packages that this release needs are installed, in versions that it works with."""
    from packaging.requirements import Requirement  # Prefect needs it

    wrong = []
    for line in metadata.requires("fivegwatch") or ():
        need = Requirement(line)
        if need.marker and not need.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(need.name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{need.name} is missing")
            continue
        if not need.specifier.contains(version, prereleases=True):
            wrong.append(f"{need.name} {version} is not {need.specifier}")
    yield Finding(
        check="packages",
        level=FAULT if wrong else OK,
        detail="; ".join(wrong) or f"fivegwatch {metadata.version('fivegwatch')} and all that it needs",
        remedy="Install it again: pip install --force-reinstall fivegwatch." if wrong else "",
    )


def _compiled() -> Finding:
    from importlib.util import find_spec

    built = find_spec("fivegwatch.extractors.native._compiled") is not None
    return Finding(
        check="compiled part",
        level=OK if built else NOTE,
        detail="in use" if built else "was not built: backfills are about half as fast",
        remedy="" if built else "Install a C compiler, then fivegwatch again.",
    )
