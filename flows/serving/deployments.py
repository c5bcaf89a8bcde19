"""Reads the deployments of ``prefect.yaml`` without a Prefect server, for the commands ``init`` and ``serve``."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module, resources
from typing import TYPE_CHECKING, Any

from fivegwatch.extractors.errors import SettingsError

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

FILE_NAME = "prefect.yaml"


def deployments_text() -> str:
    """The shipped ``prefect.yaml``."""
    return (resources.files("fivegwatch") / FILE_NAME).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One deployment of ``prefect.yaml``."""

    name: str
    description: str
    entrypoint: str
    """The flow's function with its module, dotted."""
    tags: tuple[str, ...]
    parameters: dict[str, Any]
    cron: str | None
    timezone: str
    one_at_a_time: bool
    """A run that is due while another is running is cancelled, not queued."""


def read_deployments(text: str) -> tuple[Deployment, ...]:
    """The deployments in a ``prefect.yaml``.

    Raises:
        SettingsError: a deployment has another schedule than a single cron line.
    """
    import yaml

    table = yaml.safe_load(text)
    return tuple(_deployment(row) for row in table["deployments"])


def _deployment(row: dict[str, Any]) -> Deployment:
    schedules = [item for item in row.get("schedules") or [] if item.get("active", True)]
    if len(schedules) > 1 or (schedules and "cron" not in schedules[0]):
        raise SettingsError(
            f"{FILE_NAME}: {row['name']}: serve knows one cron schedule a deployment", key=row["name"]
        )
    schedule = schedules[0] if schedules else {}
    limit = row.get("concurrency_limit") or {}
    return Deployment(
        name=row["name"],
        description=row.get("description", ""),
        entrypoint=row["entrypoint"],
        tags=tuple(row.get("tags") or ()),
        parameters=dict(row.get("parameters") or {}),
        cron=schedule.get("cron"),
        timezone=schedule.get("timezone", "UTC"),
        one_at_a_time=limit.get("limit") == 1 and limit.get("collision_strategy") == "CANCEL_NEW",
    )


def to_runner(deployment: Deployment, *, every_s: float | None = None) -> RunnerDeployment:
    """The deployment as ``prefect.serve`` takes it; ``every_s`` replaces the cron line by an interval in seconds."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.schedules import Cron, Interval
    from prefect.types.entrypoint import EntrypointType

    module, _, name = deployment.entrypoint.rpartition(".")
    flow = getattr(import_module(module), name)
    schedule = Cron(deployment.cron, timezone=deployment.timezone) if deployment.cron else None
    if schedule and every_s:
        schedule = Interval(every_s)
    alone = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    result: RunnerDeployment = flow.to_deployment(
        deployment.name,
        description=deployment.description,
        tags=list(deployment.tags),
        parameters=deployment.parameters,
        schedule=schedule,
        concurrency_limit=alone if deployment.one_at_a_time else None,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return result
