"""Calls a pool's initializer once in the fork server, so that all children inherit what it makes (compiled rules).

When a child calls the initializer itself, everything is made already. A fork server that was started for another pool
has made nothing, so each of its children does the work.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_VARIABLE = "FIVEGWATCH_PREPARE"
"""Environment variable with the path of the pickled initializer, because a fork server takes no arguments."""


@contextmanager
def handed_over(initializer: Callable[..., object] | None, initargs: tuple[object, ...]) -> Iterator[None]:
    """Within the block, a fork server that starts calls ``initializer(*initargs)`` before anything else."""
    if initializer is None:
        yield
        return
    with tempfile.NamedTemporaryFile(prefix="fivegwatch-", delete=False) as file:
        pickle.dump((initializer, initargs), file)
    name = file.name
    os.environ[_VARIABLE] = name
    try:
        yield
    finally:
        os.environ.pop(_VARIABLE, None)
        Path(name).unlink(missing_ok=True)


def prepare() -> None:
    """In the fork server: call the initializer that `handed_over` passed on. Errors are ignored; the children report
    them.
    """
    if name := os.environ.pop(_VARIABLE, ""):
        with suppress(Exception):
            packed = Path(name).read_bytes()
            # A parent that is killed could not remove it.
            Path(name).unlink()
            initializer, initargs = pickle.loads(packed)  # noqa: S301 - our own parent's file
            initializer(*initargs)
