"""The deployments: one file, read by `prefect deploy`, by `init` and by `serve`."""

from __future__ import annotations

from importlib import import_module

import pytest
from prefect.exceptions import ParameterTypeError

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.serving.deployments import deployments_text, read_deployments
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
    assert not deployment.cron, "nobody is there to say it"
    with pytest.raises(ParameterTypeError) as refused:
        flow.validate_parameters(deployment.parameters)
    faults = {line.removeprefix(" - ") for line in str(refused.value).splitlines() if line.startswith(" - ")}
    assert faults == {f"{parameter}: Field required" for parameter in left_open}


def test_runs_of_a_scheduled_deployment_never_overlap() -> None:
    scheduled = [item for item in read_deployments(deployments_text()) if item.cron]
    assert {item.name for item in scheduled} >= {"every-15-minutes", "daily"}
    assert all(item.one_at_a_time for item in scheduled)


def test_serve_names_the_deployment_whose_schedule_it_cannot_run() -> None:
    text = "deployments:\n  - name: x\n    entrypoint: a.flow\n    schedules: [{interval: 60}]\n"
    with pytest.raises(SettingsError, match="x: serve knows one cron"):
        read_deployments(text)
