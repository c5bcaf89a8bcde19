"""The log of runs: requests, answers and warnings as JSON lines, in files that are replaced before they grow large.

There is one file for runs and one for backfills, because one of each may be at work at a time, and a file has a single
writer.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler

from fivegwatch.flows.printing.console import SHOWN, console_of
from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.storage.disk.layout import Layout

FILE_BYTES = 10 * 1024 * 1024
FILES_KEPT = 5
"""Number of older files that are kept beside the present one; 60 MB are about a week of the shipped feeds."""
LOGGER = logging.getLogger("fivegwatch")
_log = logging.getLogger(__name__)
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)
"""A single encoder for all lines: `json.dumps` with options makes a new one for each call."""


class JsonLines(logging.Formatter):
    """Formats a log record as one JSON object on one line; ``data`` of the record becomes fields of the object."""

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self._run_id = run_id

    def format(self, record: logging.LogRecord) -> str:
        """``record`` as one line, without a line end."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at.replace("+00:00", "Z"), "run": self._run_id, "level": record.levelname.lower()}
        data = getattr(record, "data", None)
        line |= data if isinstance(data, dict) else {"event": "message", "message": record.getMessage()}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return _ENCODER.encode(line)


class _File(RotatingFileHandler):
    """Writes the file of a log. If it cannot be written (a full disk), this is reported once, and the run goes on."""

    broken = False

    def handleError(self, record: logging.LogRecord) -> None:  # logging's name
        """Stop writing to the log after an error."""
        del record
        if not self.broken:
            self.broken = True
            reason = sys.exc_info()[1]
            _log.warning(
                "the log %s cannot be written (%s); the run goes on without it", self.baseFilename, reason
            )

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, unless an earlier one could not be written. The method of `logging` would format it
        twice.
        """
        if self.broken:
            return
        try:
            line = self.format(record) + self.terminator
            self.stream = self.stream or self._open()
            size = os.fstat(self.stream.fileno()).st_size
            if size and size + len(line.encode("utf-8", "replace")) > self.maxBytes:
                self.doRollover()
            self.stream.write(line)
            self.flush()
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Close the file, even if the disk has no space for its last lines."""
        with suppress(OSError):
            super().close()


class LoggedReporter:
    """Passes all progress to another reporter, and also writes it to the log."""

    def __init__(self, report: Reporter) -> None:
        self._report = report

    def stage(self, name: str, total: int) -> None:
        """Begin a stage of ``total`` units."""
        _event("stage", name=name, total=total)
        self._report.stage(name, total)

    def grow(self, more: float) -> None:
        """Add ``more`` units to the current stage."""
        self._report.grow(more)

    def advance(self, done: float = 1) -> None:
        """Count ``done`` more units as finished."""
        self._report.advance(done)

    def detail(self, text: str) -> None:
        """Show a few words on the current stage."""
        self._report.detail(text)

    def note(self, text: str) -> None:
        """Show ``text`` as one line."""
        _event("note", message=text)
        self._report.note(text)

    def warn(self, text: str) -> None:
        """Show ``text`` as one line that must not be missed."""
        _event("warning", level=logging.WARNING, message=text)
        self._report.warn(text)


@contextmanager
def run_log(layout: Layout, flow: str, run_id: str) -> Iterator[None]:
    """Write what happens during the block to the log for runs of this kind, with an event at the beginning and at the
    end.
    """
    name = "backfill" if flow.startswith("backfill") else "runs"
    handler = _opened(layout, name)
    if handler is None:
        yield
        return
    handler.setFormatter(JsonLines(run_id))
    level = LOGGER.level
    LOGGER.addHandler(handler)
    LOGGER.setLevel(min(logging.INFO, LOGGER.getEffectiveLevel()))
    try:
        _event("began", flow=flow, database=str(layout.link), process=os.getpid())
        yield
        _event("ended", flow=flow)
    except BaseException as error:
        _event("failed", level=logging.ERROR, flow=flow, error=type(error).__name__, message=str(error))
        raise
    finally:
        LOGGER.removeHandler(handler)
        LOGGER.setLevel(level)
        handler.close()


def _opened(layout: Layout, name: str) -> _File | None:
    file = layout.logs / f"{name}.jsonl"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return _File(file, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
    except OSError as exc:
        console_of(LOGGER)
        _log.warning("the log %s cannot be written (%s); the run goes on without it", file, exc.strerror)
        return None


def _event(event: str, *, level: int = logging.INFO, **fields: object) -> None:
    _log.log(level, "%s", event, extra={"data": {"event": event, **fields}, SHOWN: True})
