"""Published versions: read-only copies of the store, each under a name of its own.

No name is used twice: DuckDB writes its log beside the file that it opens, and a log left by an earlier version would
make a new version of the same name unreadable.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from fivegwatch.storage.disk.layout import Layout

# corpus-SEQUENCE-MTIME-SIZE.duckdb; modification time (ns) and size (bytes) are those of the store that was copied.
_NAME = re.compile(r"corpus-(\d{10})-(\d+-\d+)\.duckdb")


def versions(layout: Layout) -> list[Path]:
    """Published versions, oldest first."""
    if not layout.public.is_dir():
        return []
    return sorted(path for path in layout.public.iterdir() if _NAME.fullmatch(path.name))


def is_changed(version: Path) -> bool:
    """Whether another program has written to ``version``: its time or size differs from that of the store it was copied
    from.

    A version is read-only, but root can open it for writing, which easily happens in a container.
    """
    stat = version.stat()
    return parts_of(version)[1] != f"{stat.st_mtime_ns}-{stat.st_size}"


def seal(version: Path) -> None:
    """Set a new version's modification time to that of the store it was copied from, for the comparison in
    `is_changed`.

    A later time means that another program wrote to the version.
    """
    modified_ns = int(parts_of(version)[1].partition("-")[0])
    os.utime(version, ns=(modified_ns, modified_ns))


def is_version(path: Path) -> bool:
    """Whether ``path`` has the name of a published version."""
    return _NAME.fullmatch(path.name) is not None


def parts_of(version: Path) -> tuple[int, str]:
    """The sequence number in the name of ``version``, and the ``MTIME-SIZE`` of the store that it is a copy of."""
    parts = _NAME.fullmatch(version.name)
    assert parts is not None
    return int(parts.group(1)), parts.group(2)
