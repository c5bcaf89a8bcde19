"""The scheduler of `serve`: runs the deployments in the directory's ``prefect.yaml`` from one process.

read prefect.yaml -> lock the directory -> start a server (unless PREFECT_API_URL names one) -> register deployments ->
mark lost runs as crashed -> serve until SIGTERM or Ctrl-C -> end the runs -> stop the server
"""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.serving.deployments import FILE_NAME, Deployment, deployments_text_for, read_deployments
from fivegwatch.flows.serving.server import prefect_server
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.sources.files.given import UnusableFileError, given_text
from fivegwatch.storage.disk.files import hold, prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.locks import check_corpus_exists

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment
    from prefect.runner import Runner

RUNS_AT_ONCE = 6
"""Most runs at a time, including runs that wait: runs that change the corpus wait for each other."""
ANSWER_S = 20.0
"""Seconds within which a Prefect server that somebody else runs must answer."""
Note = Callable[[str], None]


def directory_deployments(home: Path, note: Note) -> tuple[Deployment, ...]:
    """The deployments in the ``prefect.yaml`` of the directory ``home``; the shipped deployments if it has no such
    file.

    Raises:
        SettingsError: the file is wrong; the message names file, line and remedy.
    """
    file = home / FILE_NAME
    if not file.exists():
        note(
            f"note: there is no {file}; the shipped deployments run. `fivegwatch init {home}` writes the file."
        )
        return read_deployments(deployments_text_for(home))
    try:
        return read_deployments(given_text(file), str(file))
    except UnusableFileError as exc:
        raise SettingsError(f"{file}: cannot be read: {exc}", key=FILE_NAME) from exc


def serve(settings: Settings, *, port: int, every_s: float | None = None, note: Note = print) -> None:
    """Serve the deployments of a working directory until SIGTERM, SIGHUP or Ctrl-C.

    Raises:
        SettingsError: ``prefect.yaml`` is wrong, the port is taken, or the server at PREFECT_API_URL does not answer.
        CorpusBusyError: another ``serve`` is at work in this directory.
        StorageError: there is no corpus, or its folder cannot be written.
    """
    layout = Layout.for_database(settings.database)
    deployments = directory_deployments(settings.home, note)
    check_corpus_exists(layout)
    prepare(layout)
    folder = layout.root / "prefect"
    given = os.environ.get("PREFECT_API_URL")
    with (
        hold(layout.serve_lock, "`fivegwatch serve` of this directory"),
        _stopped_by_signals() as signals,
    ):
        folder.mkdir(exist_ok=True)
        _prepare_children(settings.home, folder)
        with server_at(given) if given else prefect_server(folder, port=port) as api:
            # Prefect is imported here, once the environment says which server is meant.
            from prefect.runner import Runner

            from fivegwatch.flows.serving.lost_runs import crash_lost_runs
            from fivegwatch.flows.serving.registering import as_table, check_owner, to_runners

            runner = Runner(name="fivegwatch", pause_on_shutdown=False, limit=RUNS_AT_ONCE)
            runners = to_runners(deployments, settings.home, every_s=every_s)
            with answers_as_expected(api):
                if given:
                    check_owner(deployments, settings.home)
                ids = _register(runner, runners, settings, note, own_server=not given)
            by_hand = [item for item in deployments if item.when == "by hand"] or deployments
            example = f"{by_hand[0].flow_name}/{by_hand[0].name}"
            _introduce(api, settings, as_table(deployments, every_s=every_s), example, note)
            asyncio.run(_until_stopped(runner, signals))
            note("stopping: runs under way are ended; the next ones resume them")
            with suppress(Exception):  # a server that is gone; the next `serve` marks them
                crash_lost_runs(layout, ids, starting_s=0.0)
    note("stopped")


@contextmanager
def _stopped_by_signals() -> Iterator[_Signals]:
    """During the block, SIGTERM and SIGHUP act like Ctrl-C; at its end the former signal handlers are restored."""
    signals = _Signals()
    former = {number: signal.signal(number, signals.arrived) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield signals
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


class _Signals:
    """What a signal to stop does: it interrupts, or calls what `on_stop` was set to."""

    on_stop: Callable[[], None] | None = None

    def arrived(self, *_: Any) -> None:
        if self.on_stop is None:
            raise KeyboardInterrupt
        self.on_stop()


def _prepare_children(home: Path, folder: Path) -> None:
    """Set the environment that the processes of the runs inherit.

    Prefect imports from the current directory of a run first. If that directory held a package with the name of ours,
    the wrong one would be imported. So the runs start in ``folder``, which holds no packages; `run_flow` then changes
    to the working directory.
    """
    os.environ |= {"FIVEGWATCH_HOME": str(home), "FIVEGWATCH_ENTER_HOME": "1", "PYTHONSAFEPATH": "1"}
    os.chdir(folder)


@contextmanager
def server_at(api: str) -> Iterator[str]:
    """Yield ``api``, the address of a Prefect server that somebody else runs, if the server answers.

    Raises:
        SettingsError: the server does not answer.
    """
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    problem: Exception | None = None
    try:
        with (
            temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}),
            get_client(sync_client=True, httpx_settings={"timeout": ANSWER_S}) as client,
        ):
            problem = client.api_healthcheck()
    except Exception as error:  # whatever another program answers; it is raised with its remedy
        problem = error
    if problem is not None:
        raise SettingsError(
            f"PREFECT_API_URL is {api}, where no Prefect server answers ({problem}). Start it or correct the variable;"
            " without the variable, `serve` starts a server of its own.",
            key="PREFECT_API_URL",
        ) from problem
    yield api


@contextmanager
def answers_as_expected(api: str) -> Iterator[None]:
    """Turn errors in the block, which registers deployments at ``api``, into one error that names the remedy.

    Raises:
        SettingsError: the server answers differently than our version of Prefect does.
    """
    import prefect
    from prefect.exceptions import PrefectHTTPStatusError

    try:
        yield
    except (PrefectHTTPStatusError, ValueError) as error:
        first = (str(error).splitlines() or [""])[0]
        raise SettingsError(
            f"the Prefect server at {api} does not answer as this Prefect ({prefect.__version__}) expects: {first}."
            " Upgrade that server, or correct PREFECT_API_URL; without it, `serve` starts a server of its own.",
            key="PREFECT_API_URL",
        ) from error


def _introduce(api: str, settings: Settings, table: str, example: str, note: Note) -> None:
    prefect = Path(sys.executable).with_name("prefect")
    note(
        f"Prefect server: {api.removesuffix('/api')}\ncorpus: {settings.database}\ndeployments of"
        f" {settings.home / FILE_NAME}:\n{table}\nto start one by hand, in another shell:\n"
        f"  export PREFECT_API_URL={api}\n  {prefect} deployment run {shlex.quote(example)}\nstop with Ctrl-C"
    )
    if not settings.enabled:
        note("note: enabled = false in fivegwatch.toml, so scheduled runs end at once")


def _register(
    runner: Runner,
    deployments: Sequence[RunnerDeployment],
    settings: Settings,
    note: Note,
    *,
    own_server: bool,
) -> list[UUID]:
    """Register the deployments, and clean up after an earlier ``serve``; returns their ids."""
    from fivegwatch.flows.serving.lost_runs import crash_lost_runs, drop_missed_runs
    from fivegwatch.flows.serving.registering import remove_others

    layout = Layout.for_database(settings.database)
    registered = [runner.add_deployment(item) for item in deployments]
    ids = [item for item in registered if isinstance(item, UUID)]  # awaitables in a coroutine only
    for name in remove_others(ids, settings.home, own_server=own_server):
        note(f"{name} is no longer in {FILE_NAME}: removed from the server")
    # On this directory only this process executes them, and it has not begun: there are none about to start.
    if gone := crash_lost_runs(layout, ids, starting_s=0.0):
        note(f"{gone} runs of an earlier process that has ended are marked as crashed")
    drop_missed_runs(ids)
    return ids


async def _until_stopped(runner: Runner, signals: _Signals) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()

    def on_stop(*_: Any) -> None:
        loop.call_soon_threadsafe(stopped.set)

    # The runner installs this as the handler of SIGTERM; its own one ends the process with a traceback.
    runner.handle_sigterm = on_stop  # type: ignore[method-assign]
    signals.on_stop = on_stop
    former = signal.signal(signal.SIGINT, on_stop)
    work = asyncio.create_task(runner.start())
    try:
        await asyncio.wait([work, asyncio.create_task(stopped.wait())], return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            await runner.astop()
        await asyncio.wait([work], timeout=30)
        if not work.done():
            work.cancel()
        await work
    except asyncio.CancelledError:
        pass
    finally:
        signal.signal(signal.SIGINT, former)
