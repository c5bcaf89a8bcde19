"""`fivegwatch serve` for real: an edited prefect.yaml, a second `serve`, kill -9 of everything, SIGTERM."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from fivegwatch.flows.demo.newsroom import Newsroom
from fivegwatch.flows.serving.lost_runs import forget_old_runs
from fivegwatch.flows.serving.registering import deployments_of
from fivegwatch.flows.serving.server import free_port, stop
from fivegwatch.storage.disk.files import lock_holder
from fivegwatch.storage.disk.layout import Layout
from tests.flows.cli_runner import fivegwatch
from tests.flows.prefect_stack import BIN, QUICK, Stack, wait_for
from tests.flows.serving.test_prefect_live import make_home

pytestmark = pytest.mark.prefect


class Served:
    """A directory and its `serve`, which can be started again on the same port."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.log = home.with_name("serve.log")
        api = f"http://127.0.0.1:{self.port}/api"
        self.stack = Stack(api=api, environment={**os.environ, **QUICK}, home=home)

    def start(self) -> subprocess.Popen[bytes]:
        command = [BIN / "fivegwatch", "serve", "--port", str(self.port)]
        with self.log.open("wb") as stream:
            process = subprocess.Popen(
                command, cwd=self.home, env=self.stack.environment, stdout=stream, stderr=stream
            )
        self.wait_for_line("stop with Ctrl-C", process)
        wait_for("deployments", 300, lambda: self.stack.ask("/deployments/filter", {}))
        return process

    def wait_for_line(self, text: str, process: subprocess.Popen[bytes]) -> None:
        wait_for(text, 240, lambda: text in self.log.read_text() or process.poll() is not None)
        assert text in self.log.read_text(), self.log.read_text()


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as room:
        yield room


@pytest.fixture
def served(tmp_path: Path, newsroom: Newsroom) -> Served:
    home = make_home(tmp_path / "5g", newsroom)
    shadow = home / "fivegwatch"  # must not be imported instead of the installed package
    shadow.mkdir()
    (shadow / "__init__.py").write_text("raise RuntimeError('the directory is first on the path')\n")
    file = home / "prefect.yaml"
    text = file.read_text().replace("*/15 * * * *", "0 0 1 1 *")
    file.write_text(
        text.replace("slug: nightly\n        active: true", "slug: nightly\n        active: false")
    )
    return Served(home)


def test_serve_honours_the_file_survives_kill_9_and_ends_in_order(served: Served, newsroom: Newsroom) -> None:
    stack, lock = served.stack, Layout.for_database(served.home / "corpus.duckdb").run_lock
    newsroom.slow_s = 5.0
    process = served.start()
    try:
        deployments = {item["name"].partition(".")[0]: item for item in stack.ask("/deployments/filter", {})}
        crons = {
            name: [row["schedule"]["cron"] for row in item["schedules"]] for name, item in deployments.items()
        }
        assert crons["every-15-minutes"] == ["0 0 1 1 *"]
        assert [row["active"] for row in deployments["daily"]["schedules"]] == [False]

        second = fivegwatch("serve", "--port", "0", cwd=served.home)
        assert second.code == 3 and str(process.pid) in second.err

        start = f"/deployments/{deployments['every-15-minutes']['id']}/create_flow_run"
        first = stack.ask(start, {"state": {"type": "SCHEDULED"}})
        wait_for("request of a run", 300, lambda: len(newsroom.requests) > 0)
        flow = int(lock_holder(lock))
        os.kill(process.pid, signal.SIGKILL)
        os.kill(flow, signal.SIGKILL)
        process.wait()

        newsroom.slow_s = 0.1
        file = served.home / "prefect.yaml"
        file.write_text(file.read_text().rpartition("  - name: ")[0])  # without its last deployment
        process = served.start()
        wait_for("crash", 300, lambda: stack.ask(f"/flow_runs/{first['id']}")["state"]["type"] == "CRASHED")
        with temporary_settings({PREFECT_API_URL: stack.api}):
            assert (
                len(ids := deployments_of(served.home)) == len(deployments) - 1
            )  # the one that was taken out
            assert forget_old_runs(ids) == 0 and forget_old_runs(ids, days=0) == 1
        after = stack.ask(start, {"state": {"type": "SCHEDULED"}})
        wait_for("end of the next run", 300, lambda: stack.ask(f"/flow_runs/{after['id']}")["end_time"])
        assert stack.ask(f"/flow_runs/{after['id']}")["state"]["name"] == "Completed", served.log.read_text()
        keys = {item["key"]: str(item["data"]) for item in stack.ask("/artifacts/filter", {})}
        assert f"](<{newsroom.url}/" in keys["ingest-new-stories"]
        assert "not_a_feed" in keys["ingest-failing-feeds"]

        process.send_signal(signal.SIGTERM)
        assert process.wait(300) == 0
        assert (
            served.log.read_text().rstrip().endswith("stopped") and "Traceback" not in served.log.read_text()
        )
    finally:
        stop(process)
