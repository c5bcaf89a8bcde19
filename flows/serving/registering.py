"""Registers the deployments of a ``prefect.yaml`` with Prefect, and keeps those of several directories apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from importlib import import_module
from inspect import isawaitable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.serving.deployments import Deployment

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.responses import DeploymentResponse
    from prefect.deployments.runner import RunnerDeployment

TAG = "fivegwatch-served"
"""Tag of every deployment that ``serve`` registers; by it ``serve`` finds deployments that are not in the file any
more.
"""


def to_runners(
    deployments: Sequence[Deployment], home: Path, *, every_s: float | None = None
) -> list[RunnerDeployment]:
    """The deployments in the form that Prefect's runner needs, each bound to the working directory ``home``.

    ``every_s`` replaces every schedule by an interval in seconds.

    Raises:
        SettingsError: Prefect does not accept a value; a line for each fault names file, line and remedy.
    """
    faults: list[str] = []
    runners = []
    for item in deployments:
        try:
            runners.append(_to_runner(item, home, every_s))
        except _FaultError as exc:
            faults.append(str(exc))
        except ValueError as exc:
            faults.append(f"{item.where}: {_short(exc)} Correct it.")
    if faults:
        raise SettingsError("\n".join(faults), key="prefect.yaml")
    return runners


class _FaultError(Exception):
    """Raised for a value that Prefect does not accept; the message is a whole line."""


def _to_runner(item: Deployment, home: Path, every_s: float | None) -> RunnerDeployment:
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.events import DeploymentTriggerTypes
    from prefect.types.entrypoint import EntrypointType
    from pydantic import TypeAdapter

    flow = _flow(item)
    schedules = [
        _schedule(row, where, every_s)
        for row, where in zip(item.schedules, item.schedules_where, strict=True)
    ]
    triggers: TypeAdapter[Any] = TypeAdapter(list[DeploymentTriggerTypes])
    named = [{"name": f"{item.name}__automation_{n}", **row} for n, row in enumerate(item.triggers, 1)]
    # Without a limit in the file, the server cancels a run that is due while another works: a process that only finds
    # out that it has to skip takes seconds of processor time. `serve` frees the slot of a killed run.
    number, strategy = (item.limit, item.collision) if item.limit else (1, "CANCEL_NEW")
    limit = None
    if item.limit or schedules:
        limit = ConcurrencyLimitConfig(limit=number, collision_strategy=ConcurrencyLimitStrategy(strategy))
    # A name given in the file wins; a run must work here whatever directory another machine's user has set.
    parameters = {"home": str(home), **item.parameters}
    known = flow.parameters.properties
    unknown = sorted(set(item.parameters) - set(known))
    if unknown:
        raise _FaultError(f"{item.where}: {item.entrypoint} has no parameter {unknown[0]!r}. Known are"
                          f" {', '.join(known)}.")  # fmt: skip
    result = flow.to_deployment(
        item.name,
        description=item.description,
        tags=list(dict.fromkeys([*item.tags, TAG])),
        parameters=parameters,
        schedules=schedules,
        paused=item.paused,
        triggers=triggers.validate_python(named),
        concurrency_limit=limit,
        enforce_parameter_schema=item.enforce_parameter_schema,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    assert not isawaitable(result)  # it is, in a coroutine
    return result


def _flow(item: Deployment) -> Flow[..., Any]:
    from prefect import Flow

    module, _, name = item.entrypoint.rpartition(".")
    try:
        flow = getattr(import_module(module), name)
    except (ImportError, ValueError, AttributeError):
        flow = None
    if not isinstance(flow, Flow):
        raise _FaultError(
            f"{item.where}: {item.entrypoint!r} is no flow that this installation has. Correct the entrypoint (for"
            " example fivegwatch.flows.ingest.ingest), or remove the deployment and run it with `prefect deploy`."
        )
    return flow


def _schedule(row: dict[str, Any], where: str, every_s: float | None) -> DeploymentScheduleCreate:
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule

    own = {key: row[key] for key in ("slug", "active", "parameters") if row.get(key) is not None}
    given = {key: row[key] for key in ("timezone", "day_or", "anchor_date") if row.get(key) is not None}
    try:
        if every_s:
            schedule: Any = IntervalSchedule(interval=timedelta(seconds=every_s))
        elif row.get("cron") is not None:
            schedule = CronSchedule(cron=str(row["cron"]), **given)
        elif row.get("interval") is not None:
            seconds = row["interval"]
            interval = timedelta(seconds=seconds) if isinstance(seconds, int | float) else seconds
            schedule = IntervalSchedule(interval=interval, **given)
        else:
            schedule = RRuleSchedule(rrule=str(row["rrule"]), **given)
        return DeploymentScheduleCreate(schedule=schedule, **own)
    except (ValueError, TypeError, OverflowError) as exc:
        raise _FaultError(f"{where}: {_short(exc)} Correct the schedule, for example cron: \"*/15 * * * *\" with"
                          " timezone: UTC.") from exc  # fmt: skip


def _short(exc: Exception) -> str:
    """The first message of a validation error, on one line and with a full stop."""
    errors = getattr(exc, "errors", None)
    first = errors()[0] if callable(errors) else {}
    text = f"{'.'.join(map(str, first['loc']))}: {first['msg']}" if first else str(exc)
    return " ".join(text.split()).rstrip(".") + "."


def check_owner(deployments: Iterable[Deployment], home: Path) -> None:
    """Raise SettingsError if the server has a deployment of the same name that works in another directory.

    Prefect identifies a deployment by flow and name, so it would change it to work in the directory that registers it
    last.
    """
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    with get_client(sync_client=True) as client:
        for item in deployments:
            try:
                there = client.read_deployment_by_name(f"{item.flow_name}/{item.name}")
            except ObjectNotFound:
                continue
            other = _directory_of(there)
            if other and other.resolve() != home and other.is_dir():
                raise SettingsError(
                    f"{item.where}: the server already has {item.flow_name}/{item.name}, for the directory {other}."
                    f" Give the deployments here names of their own: move prefect.yaml away and run"
                    f" `fivegwatch init {home}`.",
                    key="prefect.yaml",
                )


def deployments_of(home: Path) -> list[UUID]:
    """The ids of the server's deployments that work in the directory ``home``."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags

    chosen = DeploymentFilter(tags=DeploymentFilterTags(all_=["fivegwatch"]))
    with get_client(sync_client=True) as client:
        there = client.read_deployments(deployment_filter=chosen)
    return [item.id for item in there if _directory_of(item) == home]


def _directory_of(deployment: DeploymentResponse) -> Path | None:
    """The working directory of a deployment that ``serve`` or `prefect deploy` registered; None if it is unknown."""
    environment = (deployment.job_variables or {}).get("env") or {}
    if home := (deployment.parameters or {}).get("home") or environment.get("FIVEGWATCH_HOME"):
        return Path(str(home))
    for step in deployment.pull_steps or ():
        for options in step.values():
            if isinstance(options, dict) and options.get("directory"):
                return Path(str(options["directory"]))
    return None


def remove_others(kept: Iterable[UUID], home: Path, *, own_server: bool) -> list[str]:
    """Remove all deployments that an earlier ``serve`` of ``home`` registered, except those in ``kept``; returns the
    names of those removed.

    Otherwise a deployment that was taken out of the file would be scheduled for ever, although nothing runs it. With
    ``own_server`` the server belongs to this directory, so all its deployments count, also those that older versions
    registered or that date from before the directory was moved.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags

    ids, removed = set(kept), []
    with get_client(sync_client=True) as client:
        chosen = DeploymentFilter(tags=DeploymentFilterTags(all_=["fivegwatch" if own_server else TAG]))
        for there in client.read_deployments(deployment_filter=chosen):
            if there.id not in ids and (own_server or str((there.parameters or {}).get("home")) == str(home)):
                client.delete_deployment(there.id)
                removed.append(there.name)
    return removed


def as_table(deployments: Iterable[Deployment], *, every_s: float | None) -> str:
    """The names of the deployments and when they run, one line each; ``every_s`` as in `to_runners`."""
    rows = [
        (
            f"{item.flow_name}/{item.name}",
            f"every {every_s:.0f} s" if every_s and item.schedules else item.when,
        )
        for item in deployments
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"  {name:{width}}  {when}" for name, when in rows)
