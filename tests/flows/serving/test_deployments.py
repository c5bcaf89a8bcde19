"""The deployments: one file, read by `prefect deploy`, by `init` and by `serve`."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path

import pytest
from prefect.exceptions import ParameterTypeError
from prefect.settings import PREFECT_API_URL, temporary_settings

from fivegwatch.extractors.errors import SettingsError, StorageError
from fivegwatch.flows.serving.deployments import (
    deployments_text,
    deployments_text_for,
    directory_mark,
    read_deployments,
    worker_home,
)
from fivegwatch.flows.serving.registering import check_owner, to_runners
from fivegwatch.flows.serving.serve import answers_as_expected, serve, server_at
from fivegwatch.flows.serving.server import prefect_server
from fivegwatch.flows.settings.settings import Settings
from tests.conftest import ROOT


def test_the_shipped_text_is_the_file_at_the_top_of_the_checkout() -> None:
    assert deployments_text() == (ROOT / "prefect.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "deployment", read_deployments(deployments_text()), ids=lambda item: f"{item.entrypoint}/{item.name}"
)
def test_every_entrypoint_is_a_flow_and_only_parameters_without_a_default_are_left_open(deployment) -> None:  # type: ignore[no-untyped-def]
    module, _, name = deployment.entrypoint.rpartition(".")
    flow = getattr(import_module(module), name)
    assert set(deployment.parameters) <= set(flow.parameters.properties)
    left_open = set(flow.parameters.required) - set(deployment.parameters)
    if not left_open:
        flow.validate_parameters(deployment.parameters)
        return
    assert not deployment.schedules, "nobody is there to say it"
    with pytest.raises(ParameterTypeError) as refused:
        flow.validate_parameters(deployment.parameters)
    faults = {line.removeprefix(" - ") for line in str(refused.value).splitlines() if line.startswith(" - ")}
    assert faults == {f"{parameter}: Field required" for parameter in left_open}


def test_each_deployment_has_a_name_of_its_own_which_carries_the_mark_of_its_directory(
    tmp_path: Path,
) -> None:
    shipped = [item.name for item in read_deployments(deployments_text())]
    assert {"every-15-minutes", "daily", "backfill-warc", "backfill-urls"} <= set(shipped)
    assert len(set(shipped)) == len(shipped)
    one, other = (read_deployments(deployments_text_for(tmp_path / name / "5g")) for name in "ab")
    assert not {item.name for item in one} & {item.name for item in other}
    mark = directory_mark(tmp_path / "a" / "5g")
    text = deployments_text_for(tmp_path / "a" / "5g")
    assert (worker_home(text), worker_home(deployments_text())) == (str(tmp_path / "a" / "5g"), None)
    assert mark.startswith("5g-") and [item.name for item in one] == [f"{name}.{mark}" for name in shipped]


def test_an_edited_file_is_read_as_it_is() -> None:
    text = deployments_text().replace("*/15 * * * *", "7 * * * *")
    text = text.replace("slug: nightly\n        active: true", "slug: nightly\n        active: false")
    by_name = {item.name: item for item in read_deployments(text)}
    assert by_name["every-15-minutes"].when == "7 * * * * (UTC)"
    assert by_name["daily"].when == "switched off"
    runners = to_runners(list(by_name.values()), Path("/home/ann/5g"))
    chosen = {item.name: item for item in runners}
    assert [s.schedule.cron for s in chosen["every-15-minutes"].schedules] == ["7 * * * *"]
    assert [s.active for s in chosen["daily"].schedules] == [False]
    assert all(item.parameters["home"] == "/home/ann/5g" for item in runners)


HEAD = "deployments:\n  - name: x\n    entrypoint: fivegwatch.flows.ingest.ingest\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("deployments: [\n", r"f\.yaml:2: .*Mend it"),
        ("name: x\n", r"f\.yaml:1: .*no list `deployments`"),
        (HEAD + "    pausd: true\n", r"f\.yaml:4: .*'pausd'.*paused"),
        (HEAD + "    paused: never\n", r"f\.yaml:4: paused has a value of the wrong kind"),
        (
            HEAD + "    schedules:\n      - cron: '1 * * * *'\n        interval: 60\n",
            r"f\.yaml:5: .*one of cron",
        ),
        (HEAD + "    schedules:\n      - cron: 1 * * * *\n      - crn: x\n", r"f\.yaml:6: unknown key 'crn'"),
        (HEAD + "    schedules:\n      - cron: 61 * * * *\n", r"f\.yaml:5: .*Correct the schedule"),
        (HEAD + "    schedules:\n      - {cron: 1 * * * *, timezone: Mars/Base}\n", r"f\.yaml:5: .*timezone"),
        (HEAD + "    parameters: {due: true}\n", r"f\.yaml:2: .*no parameter 'due'"),
        (HEAD + "    parameters: {home: '{{ $HOME }}'}\n", r"f\.yaml:4: .*templates"),
        (HEAD.replace("ingest.ingest", "ingest.ingset"), r"f\.yaml:2: .*is no flow"),
        (HEAD + HEAD.partition("\n")[2], r"f\.yaml:4: the name 'x' of flow 'ingest' is used twice"),
    ],
)
def test_what_serve_cannot_do_is_refused_with_line_and_remedy(text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        to_runners(read_deployments(text, "f.yaml"), Path("/home/ann/5g"))


def test_a_port_that_another_program_has_is_never_taken_for_ours(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with (
            pytest.raises(SettingsError, match=rf"port {port} .*--port"),
            prefect_server(tmp_path, port=port),
        ):
            pass


class _Answers(BaseHTTPRequestHandler):
    """A program that answers what a Prefect server would, or something like it."""

    def do_GET(self) -> None:
        body = b"true" if self.path == "/api/health" else b'"3.8.8"'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


def test_another_program_at_the_address_of_the_server_is_named_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fivegwatch.flows.serving.serve.ANSWER_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        api = f"http://127.0.0.1:{silent.getsockname()[1]}/api"
        with (
            temporary_settings({PREFECT_API_URL: api}),
            pytest.raises(SettingsError, match=rf"{api}, where no Prefect server answers \(timed out"),
            server_at(api),
        ):
            pass
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as other:
        threading.Thread(target=other.serve_forever, args=(0.05,), daemon=True).start()
        api = f"http://127.0.0.1:{other.server_address[1]}/api"
        deployments = read_deployments(deployments_text())
        with (
            temporary_settings({PREFECT_API_URL: api}),
            pytest.raises(SettingsError, match=r"does not answer as this Prefect .* expects"),
            server_at(api),
            answers_as_expected(api),
        ):
            check_owner(deployments, ROOT)
        other.shutdown()


def test_serve_needs_a_corpus_and_a_folder_that_can_be_written(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database=tmp_path / "corpus.duckdb", watchlist=None)
    with pytest.raises(StorageError, match="there is no corpus"):
        serve(settings, port=0, note=lambda _: None)
    (tmp_path / "corpus.duckdb.d" / "store").mkdir(parents=True)
    (tmp_path / "corpus.duckdb.d" / "store" / "corpus.duckdb").touch()
    (tmp_path / "corpus.duckdb.d" / "raw").touch()  # as a read-only folder: nothing can be made in it
    with pytest.raises(StorageError, match="raw"):
        serve(settings, port=0, note=lambda _: None)
