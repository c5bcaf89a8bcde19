"""The unit files, cron lines and container file of the docs hold commands that exist, and are well formed."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from fivegwatch.flows.cli.main import build_parser
from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "operations"
PROGRAM = "/opt/fivegwatch/bin/fivegwatch"
BUILDER = next((name for name in ("podman", "docker", "buildah") if shutil.which(name)), None)


def commands() -> list[str]:
    """Every command line of fivegwatch in unit files, and in the page's cron lines and shell blocks."""
    units = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.service")))
    page = (ROOT / "docs" / "how-to" / "operate.md").read_text(encoding="utf-8")
    found = re.findall(rf"{PROGRAM} ([^>\n]+)", units + page) + re.findall(
        r" fivegwatch (init|status) (.*)", page
    )
    return [line if isinstance(line, str) else " ".join(line) for line in found]


@pytest.mark.parametrize("line", commands())
def test_a_command_of_the_operations_pages_is_one_of_ours(line: str) -> None:
    build_parser().parse_args(shlex.split(line))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for path in FOLDER.glob("fivegwatch*.*"):
        text = path.read_text(encoding="utf-8").replace(
            PROGRAM, str(Path(sys.executable).with_name("fivegwatch"))
        )
        (tmp_path / path.name).write_text(
            text.replace("User=watch", f"User={Path.home().owner()}"), encoding="utf-8"
        )
    units = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=600)
    said = [line for line in done.stderr.splitlines() if "fivegwatch" in line]
    assert len(units) == 7 and not said, done.stderr


@pytest.mark.slow
@pytest.mark.skipif(BUILDER is None, reason="there is no builder of containers here")
def test_the_container_is_built_and_runs() -> None:
    assert BUILDER
    tag = "fivegwatch-test"
    subprocess.run(
        [BUILDER, "build", "--tag", tag, "--file", FOLDER / "Containerfile", ROOT], check=True, timeout=900
    )
    if BUILDER != "buildah":
        done = subprocess.run(
            [BUILDER, "run", "--rm", tag, "--version"], capture_output=True, text=True, timeout=600
        )
        assert done.stdout.startswith("fivegwatch ")


def test_the_steps_of_the_container_file_name_what_exists() -> None:
    """What can be checked without a builder: files, Python, settings of pip, and the commands it runs."""
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    steps = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    by_name = {step[0]: step[1] for step in steps}
    image = re.search(r"python:(3\.\d+)", by_name["FROM"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert image and SpecifierSet(project["requires-python"]).contains(image[1] + ".0")
    runs = [value for name, value in steps if name == "RUN"]
    (constraints,) = re.findall(r"--constraint /src/(\S+) /src", runs[0])
    assert by_name["COPY"] == ". /src" and (ROOT / constraints).is_file()
    (program,) = json.loads(by_name["ENTRYPOINT"])
    assert program in project["scripts"]
    build_parser().parse_args(json.loads(by_name["CMD"]))
    checked = json.loads(by_name["HEALTHCHECK"].partition("CMD ")[2])
    assert checked[0] == program
    build_parser().parse_args(checked[1:])
    (user,) = re.findall(r"useradd --create-home (\w+)", runs[1])
    assert by_name["USER"] == user and f"chown {user} {by_name['VOLUME']}" in runs[1]


def test_an_audit_without_a_source_of_weaknesses_says_that_nothing_was_checked(tmp_path: Path) -> None:
    site = tmp_path / "pypi" / "pip" / "9.0.1"
    site.mkdir(parents=True)
    (site / "json").write_text('{"vulnerabilities": []}')  # as an index that only has files
    auditor = tmp_path / "pip-audit"
    auditor.write_text('#!/bin/sh\necho "asked $*"; exit 1\n')
    auditor.chmod(0o755)

    def audit() -> subprocess.CompletedProcess[str]:
        sources = {"AUDIT_PYPI": tmp_path.as_uri(), "AUDIT_OSV": "http://127.0.0.1:1"}
        command = [sys.executable, ROOT / ".ci" / "audit", auditor, "constraints.txt"]
        return subprocess.run(
            command, env=os.environ | sources, capture_output=True, text=True, check=False, timeout=600
        )

    done = audit()
    assert done.returncode == 3 and "NOT CHECKED" in done.stderr and "asked" not in done.stdout
    (site / "json").write_text('{"vulnerabilities": [{"id": "one"}]}')
    done = audit()
    assert done.returncode == 1 and "asked --requirement constraints.txt" in done.stdout
    assert "--vulnerability-service pypi" in done.stdout
