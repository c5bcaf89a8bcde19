"""Messages of the program's own loggers on standard error: warnings always, everything with ``--verbose``."""

from __future__ import annotations

import logging
import sys

from fivegwatch.flows.printing.lines import printable

SHOWN = "shown"
"""Attribute of log records that a reporter has printed already."""


class Console(logging.Handler):
    """Prints records to whatever standard error is at the moment: a progress bar may have taken its place."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print the record, unless it was printed already."""
        if getattr(record, SHOWN, False):
            return
        name = "warning: " if record.levelno >= logging.WARNING else ""
        print(printable(f"{name}{record.getMessage()}"), file=sys.stderr, flush=True)


def console_of(logger: logging.Logger, *, verbose: bool = False) -> Console:
    """The console of ``logger``, which gets one if it has none. With ``verbose`` it prints every request, too."""
    for handler in logger.handlers:
        if isinstance(handler, Console):
            break
    else:
        handler = Console()
        logger.addHandler(handler)
    handler.setLevel(logging.DEBUG if verbose else logging.WARNING)
    logger.setLevel(logging.DEBUG if verbose else logging.NOTSET)
    return handler
