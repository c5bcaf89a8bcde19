"""`doctor` names what is wrong, with a remedy, and repairs what can be repaired without a loss."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from fivegwatch.flows.doctor.network import REMEDIES, check_network
from fivegwatch.flows.doctor.prefect import check_prefect
from fivegwatch.flows.settings.settings import load_settings
from fivegwatch.flows.working_directory import make_directory
from fivegwatch.storage.disk.files import hold
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.spool.batches import put_batch
from tests.flows.cli_runner import fivegwatch
from tests.flows.stored import write_small_watchlist
from tests.storage.workers import batches

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    make_directory(folder, "tests@example.org")
    shutil.rmtree(folder / "watchlist")
    write_small_watchlist(folder / "watchlist")
    (folder / "watchlist" / "feeds.toml").write_text(
        '[nowhere]\ntitle = "n"\nurl = "https://feeds.invalid/rss"\nsite = "https://feeds.invalid/"\n'
        'language = "en"\ncountry = "GB"\ncategory = "x"\n'
    )
    return folder


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "home", symlinks=True)
    return tmp_path / "home"


def look(home: Path, *options: str) -> tuple[int, dict[str, list[dict[str, Any]]], list[str]]:
    """The exit code, the findings by check, and what was repaired."""
    ran = fivegwatch("doctor", "--json", "--offline", *options, cwd=home)
    answer = json.loads(ran.out)
    findings: dict[str, list[dict[str, Any]]] = {}
    for item in answer["findings"]:
        findings.setdefault(item["check"], []).append(item)
        assert item["level"] == "ok" or item["detail"]
    return ran.code, findings, answer["repaired"]


def test_a_sound_directory_has_no_fault(home: Path) -> None:
    code, findings, _ = look(home)
    assert code == 0 and {"Python", "packages", "disk", "settings", "watchlist", "corpus", "store"} <= set(
        findings
    )
    assert all(item["level"] != "fault" for items in findings.values() for item in items)


def test_a_lost_store_and_a_lost_link_are_told_and_repaired(home: Path) -> None:
    layout = Layout.for_database(home / "corpus.duckdb")
    put_batch(layout, next(iter(batches(3, 1))))
    assert look(home, "--repair")[0] == 0
    shutil.rmtree(layout.store.parent)
    layout.link.unlink()
    code, findings, _ = look(home)
    assert code == 1 and "--repair" in findings["store"][0]["remedy"]
    code, _, repaired = look(home, "--repair")
    assert code == 0 and any("was missing" in line for line in repaired) and layout.link.exists()


def test_deployments_that_an_older_file_lacks_are_named(home: Path) -> None:
    text = (home / "prefect.yaml").read_text()
    (home / "prefect.yaml").write_text(text[: text.index("  - name: publish-site")])
    code, findings, _ = look(home)
    moved, note = (item for item in findings["deployments"] if item["level"] != "ok")
    assert "another directory" in moved["detail"] and str(home) in moved["remedy"]  # this home is a copy
    assert (
        code == 0 and note["detail"].endswith("publish-site, brief") and "fivegwatch init" in note["remedy"]
    )


@pytest.mark.parametrize(
    ("file", "text", "check", "words"),
    [
        ("fivegwatch.toml", "workers = 0\n", "settings", "workers"),
        ("watchlist/rules.toml", "threshold = \n", "watchlist", "rules.toml:1"),
        ("prefect.yaml", "deployments: 5\n", "deployments", "prefect.yaml:1"),
        (
            "corpus.duckdb.d/store/corpus.duckdb",
            "not a database, and longer than a header " * 900,
            "store",
            "not a DuckDB",
        ),
        ("fivegwatch/__init__.py", "", "packages here", "package `fivegwatch`"),
    ],
)
def test_each_kind_of_damage_is_named(home: Path, file: str, text: str, check: str, words: str) -> None:
    (home / file).parent.mkdir(exist_ok=True)
    (home / file).write_text(text)
    code, findings, _ = look(home)
    assert any(words in item["detail"] for item in findings[check])
    assert code == (0 if check == "packages here" else 1)


async def network(home: Path) -> list[str]:
    return [
        f"{item.level} {item.detail} {item.remedy}" for item in await check_network(load_settings({}, home))
    ]


def test_a_machine_without_names_is_told_so(home: Path) -> None:
    import asyncio

    with mock.patch("socket.getaddrinfo", side_effect=socket.gaierror(-2, "Name or service not known")):
        lines = asyncio.run(network(home))
    assert any(
        line.startswith("fault none of 1 feeds answers (dns)") and REMEDIES["dns"] in line for line in lines
    )


def test_a_server_that_does_not_answer_and_a_serve_at_work_are_named(home: Path) -> None:
    settings = load_settings({}, home)
    with hold(Layout.for_database(settings.database).serve_lock, "serve"):
        serve, server = check_prefect(settings, {"PREFECT_API_URL": "http://127.0.0.1:9/api"})
    assert "serves this directory" in serve.detail
    assert server.level == "fault" and "127.0.0.1:9" in server.detail and server.remedy
    (home / "profiles.toml").write_text(
        'active = "x"\n[profiles.x]\nPREFECT_API_URL = "http://127.0.0.1:8/api"\n'
    )
    profile = list(check_prefect(settings, {"PREFECT_HOME": str(home)}))[1]
    assert profile.level == "note" and "127.0.0.1:8" in profile.detail
