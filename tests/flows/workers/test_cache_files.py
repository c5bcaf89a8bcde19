"""Files of the cache are mapped into memory as long as that does not use up the files that a process may open."""

from __future__ import annotations

import os
import resource
from contextlib import ExitStack
from pathlib import Path

from fivegwatch.flows.workers.cache_files import mapped

FILES = 60


def test_mapped_files_leave_most_of_the_files_that_a_process_may_open(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    paths = [tmp_path / f"block-{number}" for number in range(FILES)]
    for number, path in enumerate(paths):
        path.write_bytes(b"%d" % number)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with ExitStack() as opened:
        before = _highest_file()
        while opened.enter_context(Path(os.devnull).open("rb")).fileno() < before:
            pass  # lower numbers that are free
        resource.setrlimit(resource.RLIMIT_NOFILE, (4 * (before + FILES // 2), hard))
        try:
            contents = [mapped(path) for path in paths]
            assert [bytes(one) for one in contents if one] == [b"%d" % number for number in range(FILES)]
            assert _highest_file() <= before + FILES // 2 + 1
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _highest_file() -> int:
    """The highest number of a file that this process holds open."""
    return max(map(int, os.listdir("/dev/fd")))
