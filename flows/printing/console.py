"""Prints messages of the program's own loggers to standard error: warnings always, everything with ``--verbose``."""

from __future__ import annotations

import logging
import sys

from fivegwatch.flows.printing.lines import printable

SHOWN = "shown"
"""Attribute of log records that a reporter has already printed."""


class Console(logging.Handler):
    """Prints log records to the present standard error, which a progress bar may have replaced."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print ``record``, unless it has been printed already."""
        if getattr(record, SHOWN, False):
            return
        name = "warning: " if record.levelno >= logging.WARNING else ""
        print(printable(f"{name}{record.getMessage()}"), file=sys.stderr, flush=True)


def console_of(logger: logging.Logger, *, verbose: bool = False) -> Console:
    """The console of ``logger``; one is made if there is none. If ``verbose`` is set, the console also prints every
    request.
    """
    for handler in logger.handlers:
        if isinstance(handler, Console):
            break
    else:
        handler = Console()
        logger.addHandler(handler)
    handler.setLevel(logging.DEBUG if verbose else logging.WARNING)
    logger.setLevel(logging.DEBUG if verbose else logging.NOTSET)
    return handler
