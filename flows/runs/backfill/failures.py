"""Why a unit failed, what the user can do about it, and how the failure is recorded."""

from __future__ import annotations

import re
from dataclasses import replace

from fivegwatch.extractors.errors import NewsError
from fivegwatch.extractors.model import Unit
from fivegwatch.extractors.web.urls import host_and_port
from fivegwatch.flows.runs.backfill.state import BackfillRun
from fivegwatch.flows.runs.due import unit_due_again_at
from fivegwatch.storage.read.units import UnitProgress
from fivegwatch.storage.spool.records import Progress


def record_failure(run: BackfillRun, progress: UnitProgress, error: NewsError, *, step: int) -> None:
    """Record that a unit failed at ``progress``, and when it is due again, or that it is given up."""
    unit, attempts, now = progress.unit, progress.attempts + 1, run.tools.due_now()
    record = replace(
        Progress.of(run.tools.run_id, unit, state="failed", at=run.started_at),
        cursor=progress.cursor,
        position=progress.position,
        step=step + 1,  # wins over a slice that ended the unit at the same position
        attempts=attempts,
        next_attempt_at=unit_due_again_at(attempts, now, error),
        problem=error.kind,
        message=_message(unit, error),
        counts=progress.counts,
    )
    run.put(record)
    reason = why_failed(unit, error)
    run.account.units_failed += 1
    run.account.problems[unit.locator] = reason
    run.tools.report.warn(f"{unit.locator}: {reason}")


def why_failed(unit: Unit, error: NewsError) -> str:
    """Why ``unit`` failed. The unit's name is left out, because it is printed in front of the reason."""
    names = unit.locator, unit.locator.rpartition("/")[2]
    return _message(unit, error).removeprefix(f"{names[0]}: ").removeprefix(f"{names[1]}: ")


def _message(unit: Unit, error: NewsError) -> str:
    """The error and its remedy, without the long query that was sent to a service: the unit's name says what was
    requested.
    """
    return re.sub(r"(https?://[^\s?]+\?)\S{60,}(?=: )", r"\1...", str(error)) + remedy(error, unit.kind)


def remedy(error: NewsError, kind: str = "") -> str:
    """The argument of the command that helps against ``error`` in a unit of kind ``kind``; empty if none does."""
    if error.kind in {"blocked_address", "port"}:
        host, port = host_and_port(error.url)
        own = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return f"; if it is your own, give --allow-address {own}"
    if error.kind in {"http_404", "http_410"}:
        return "; is the address right? To ask again: --retry-failed"
    if error.kind == "not_warc" and kind == "download":
        return " To download it again: --retry-failed"
    return ""
