"""Marks flow runs as crashed whose process has ended; otherwise Prefect would show them as running for ever.

Each of our flow runs holds a lock file, named after its id, while it is at work. The kernel releases the lock when the
process ends, for whatever reason. So a run whose file is not locked has ended.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterEndTime,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed
from prefect.types._datetime import now

from fivegwatch.storage.disk.files import hold
from fivegwatch.storage.disk.layout import Layout

OPEN = (StateType.RUNNING, StateType.PENDING, StateType.CANCELLING)
KEPT_DAYS = 14
STARTING_S = 120.0
"""A run that is alive has its lock file at the latest this many seconds after it entered its state."""


@contextmanager
def marked_alive(layout: Layout, flow_run: UUID | None) -> Iterator[None]:
    """Hold the lock file of a flow run during the block; for None (outside of Prefect) do nothing."""
    if flow_run is None:
        yield
        return
    file = layout.flow_runs / str(flow_run)
    with hold(file, "this flow run"):
        yield
        file.unlink(missing_ok=True)


def crash_lost_runs(layout: Layout, deployments: Collection[UUID], *, starting_s: float = STARTING_S) -> int:
    """Mark as crashed the open runs of ``deployments`` that no process works on; returns their number.

    A run without a lock file may be about to make one. It counts as lost only when it has been in its state for
    ``starting_s`` seconds.
    """
    lost, limit = 0, now("UTC") - timedelta(seconds=starting_s)
    with get_client(sync_client=True) as client:
        for run_id in _dead(layout):
            with suppress(ObjectNotFound):
                lost += _crash(client.read_flow_run(run_id))
            (layout.flow_runs / str(run_id)).unlink(missing_ok=True)
        if deployments:
            chosen = FlowRunFilter(
                deployment_id=FlowRunFilterDeploymentId(any_=list(deployments)),
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(OPEN))),
            )
            for run in client.read_flow_runs(flow_run_filter=chosen):
                since = run.state.timestamp if run.state else limit
                if not (layout.flow_runs / str(run.id)).exists() and since <= limit:
                    lost += _crash(run)
    return lost


def drop_missed_runs(deployments: Collection[UUID]) -> int:
    """Delete the overdue scheduled runs of ``deployments``, except the latest of each; returns the number deleted.

    After a night without a worker dozens of runs are overdue; a single run does the work of them all.
    """
    if not deployments:
        return 0
    with get_client(sync_client=True) as client:
        chosen = FlowRunFilter(
            deployment_id=FlowRunFilterDeploymentId(any_=list(deployments)),
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
            expected_start_time=FlowRunFilterExpectedStartTime(before_=now("UTC")),  # type: ignore[arg-type]  # one of its own
        )
        order = FlowRunSort.EXPECTED_START_TIME_DESC
        newest: set[UUID | None] = set()
        dropped = 0
        for run in client.read_flow_runs(flow_run_filter=chosen, sort=order, limit=200):
            if run.auto_scheduled and run.deployment_id in newest:
                client.delete_flow_run(run.id)
                dropped += 1
            elif run.auto_scheduled:
                newest.add(run.deployment_id)
    return dropped


def forget_old_runs(deployments: Collection[UUID], days: int = KEPT_DAYS) -> int:
    """Delete runs of ``deployments`` that ended more than ``days`` days ago, up to 200 at a time; returns their number.

    The server that ``serve`` starts does that itself; other servers keep runs for ever, at about 80 kB each.
    """
    if not deployments:
        return 0
    with get_client(sync_client=True) as client:
        chosen = FlowRunFilter(
            deployment_id=FlowRunFilterDeploymentId(any_=list(deployments)),
            end_time=FlowRunFilterEndTime(before_=now("UTC") - timedelta(days=days)),  # type: ignore[arg-type]  # one of its own
        )
        old = client.read_flow_runs(flow_run_filter=chosen, limit=200)
        for run in old:
            client.delete_flow_run(run.id)
    return len(old)


def _crash(run: FlowRun) -> int:
    if not run.state or run.state.type not in OPEN:
        return 0
    with get_client(sync_client=True) as client:
        message = "the process that executed it has ended"
        client.set_flow_run_state(run.id, Crashed(message=message), force=True)
    return 1


def _dead(layout: Layout) -> Iterator[UUID]:
    """The ids of the flow runs whose lock file is not locked."""
    for file in sorted(layout.flow_runs.glob("*")) if layout.flow_runs.is_dir() else ():
        try:
            run_id = UUID(file.name)
        except ValueError:
            continue
        if not _is_locked(file):
            yield run_id


def _is_locked(file: Path) -> bool:
    try:
        handle = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
