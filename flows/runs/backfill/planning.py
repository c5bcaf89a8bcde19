"""Plans a backfill run: finds the units of a request, their progress, and which of them the run works on."""

from __future__ import annotations

from dataclasses import dataclass

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.model import Unit
from fivegwatch.flows.runs.backfill.changes import OF_THE_REQUEST, current_progress
from fivegwatch.flows.runs.backfill.failures import remedy
from fivegwatch.flows.runs.backfill.sources import Request
from fivegwatch.flows.runs.backfill.state import BackfillRun
from fivegwatch.storage.read.units import UnitProgress, known_units


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The units of one request, and those to work on."""

    units: tuple[Unit, ...]
    """The units that the request itself names."""
    new: list[Unit]
    """The part of ``units`` that the corpus does not know yet."""
    open: list[UnitProgress]
    """The units that this run works on, including units named by other units."""


async def plan_units(run: BackfillRun, request: Request) -> Plan:
    """The plan for ``request``. Units that are done, given up or changed are counted in the account of ``run``.

    Raises: SettingsError; FetchError if the source cannot be asked for its units (with the remedy if another argument
    helps).
    """
    request.check_days(run.tools.due_now())
    try:
        units = await request.plan(run)
    except FetchError as error:
        if error.kind in OF_THE_REQUEST:
            error.args = (f"{error}{remedy(error)}",)
        raise
    known = known_units(run.tools.layout, units)
    progress, changed = current_progress(units, known)
    items = progress.values()
    run.account.units_known = sum(item.state == "done" for item in items)
    run.account.units_given_up = sum(item.state == "failed" and not run.is_open(item) for item in items)
    run.account.changed = changed
    return Plan(
        units=units,
        new=[unit for unit in units if unit.id not in known],
        open=[item for item in items if run.is_open(item)],
    )
