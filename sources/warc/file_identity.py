"""WARC files on this machine, and whether a file is still the one that was read.

A unit is identified by the path of its file, so that its progress is found again. The content may change: a crawl
continues, a partial download is fetched again. So a unit also has the size and a version of the file. The version is a
digest of the file's beginning and end: it takes the same time for a file of any size, and does not change when the file
is copied or touched.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import replace
from pathlib import Path

from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.model import Unit

EDGE_BYTES = 64 * 1024
"""How many bytes of the beginning and of the end go into the version. A WARC file begins with a warcinfo record, whose
date and identifier are unique, and anything appended becomes its end.
"""


def plan_archive(path: Path) -> Unit:
    """The unit of the file at ``path`` with its present content. An unreadable file gets a unit too: reading it reports
    why.
    """
    return as_it_is(Unit(source="warc", kind="file", locator=str(path), size=path.stat().st_size))


def as_it_is(unit: Unit) -> Unit:
    """``unit`` with the current size and version of its file; unchanged if the file is not on this machine."""
    if unit.kind != "file" or "://" in unit.locator:
        return unit
    try:
        with Path(unit.locator).open("rb") as handle:
            about = os.fstat(handle.fileno())
            if not stat.S_ISREG(about.st_mode):
                return unit  # a pipe can be read only once
            ends = hashlib.blake2b(handle.read(EDGE_BYTES), digest_size=16)
            handle.seek(max(EDGE_BYTES, about.st_size - EDGE_BYTES))
            ends.update(handle.read(EDGE_BYTES))
    except OSError:
        return unit
    others = tuple(pair for pair in unit.options if pair[0] != "version")
    return replace(unit, options=(*others, ("version", ends.hexdigest())), size=about.st_size)


def change(before: Unit, now: Unit) -> str:
    """How the file changed between ``before`` and ``now`` (two states of its unit), in words; empty if it did not
    change or that is unknown.
    """
    if before.kind != "file":
        return ""
    versions = before.option("version"), now.option("version")
    # A size of 0 means unknown, unless there is a version: then the file was examined and is empty.
    sized = all(unit.size or unit.option("version") for unit in (before, now))
    if sized and before.size != now.size:
        return f"it had {before.size:,} bytes and has {now.size:,} now"
    if all(versions) and versions[0] != versions[1]:
        return "it has as many bytes as before, but different ones"
    return ""


def check_unchanged(unit: Unit) -> None:
    """Raise ExtractionError of kind ``changed`` if the file of ``unit`` is not the one that was planned any more."""
    why = change(unit, as_it_is(unit))
    if why:
        message = f"{unit.locator}: has changed while the run was at work ({why}); start again to read it"
        raise ExtractionError(message, url=unit.locator, kind="changed", transient=True)
