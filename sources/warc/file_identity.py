"""WARC files on this machine, and whether each is still the file that was read.

A unit is identified by the path of its file, so that its progress is found again. The content may change: a crawl
continues, a partial download is fetched again. So a unit also has the size and a version of the file: a digest of both
its ends, which takes the same time for a file of any size and does not change when the file is copied or touched.
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
"""How much of the beginning and of the end goes into the version. A WARC file begins with its warcinfo, whose date and
identifier are unique, and anything appended becomes its end."""


def plan_archive(path: Path) -> Unit:
    """The unit of a file with its present content. An unreadable file gets one too: reading it will report why."""
    return as_it_is(Unit(source="warc", kind="file", locator=str(path), size=path.stat().st_size))


def as_it_is(unit: Unit) -> Unit:
    """``unit`` with the current size and version of its file; unchanged when the file is not on this machine."""
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
    """In words, how the file changed between two states of its unit; empty if it did not change or that is unknown."""
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
    """Check that the file is still the one that was planned. Raises: ExtractionError of kind ``changed``."""
    why = change(unit, as_it_is(unit))
    if why:
        message = f"{unit.locator}: has changed while the run was at work ({why}); start again to read it"
        raise ExtractionError(message, url=unit.locator, kind="changed", transient=True)
