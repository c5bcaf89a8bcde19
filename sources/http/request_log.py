"""Writes one line to the log for each request: what was requested, and what the answer was."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from fivegwatch.extractors.errors import FetchError

_log = logging.getLogger(__name__)


class Exchange:
    """One request and its answer, as the log shows them."""

    status: int | None = None
    size: int = 0

    def answered(self, status: int, size: int) -> None:
        """Record the status of the answer, and the number of bytes in its body."""
        self.status, self.size = status, size


@contextmanager
def logged_request(url: str, *, conditional: bool) -> Iterator[Exchange]:
    """Log the request that is made in the block: its address, status, size in bytes and duration, or why it failed."""
    exchange, began = Exchange(), monotonic()
    try:
        yield exchange
    except FetchError as error:
        _write(
            url,
            conditional,
            began,
            f"{error.kind}",
            status=error.status,
            problem=error.kind,
            message=str(error),
        )
        raise
    _write(url, conditional, began, f"{exchange.status}", status=exchange.status, bytes=exchange.size)


def _write(url: str, conditional: bool, began: float, outcome: str, **fields: object) -> None:
    if not _log.isEnabledFor(logging.INFO):
        return
    seconds = round(monotonic() - began, 3)
    data = {"event": "request", "url": url, "conditional": conditional, **fields, "seconds": seconds}
    _log.info("%s %s %.3f s", outcome, url, seconds, extra={"data": data})
