"""The installed package: one import package, complete, the same from any directory.

checkout -> sdist -> wheel -> bare environment -> run in a directory full of packages with our rooms' names
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from fivegwatch.flows.demo.newsroom import Newsroom, subscriptions
from fivegwatch.storage.read.queries import run_query
from tests.conftest import ROOT
from tests.flows.prefect_stack import background, wait_for
from tests.flows.stored import write_small_watchlist
from tests.test_imports import ROOMS

pytestmark = pytest.mark.slow

BUILT_FROM = (".gitignore", "CHANGELOG.md", "LICENSE", "README.md", "docs", "fivegwatch", "hatch_build.py",
              "prefect.yaml", "pyproject.toml", "watchlists", *ROOMS)  # fmt: skip
RAISES = "raise ImportError(f'{__name__} of the working directory was imported')\n"
OUTLETS = ("harbour-ledger", "harbour-technology", "switchyard", "kurier-sieci")
EVERY_MODULE = """
import importlib, json, pkgutil, sys
import fivegwatch
for module in pkgutil.walk_packages(fivegwatch.__path__, "fivegwatch."):
    if module.name.rpartition(".")[2] != "__main__":
        importlib.import_module(module.name)
print(json.dumps({name: module.__file__ for name, module in sys.modules.items() if getattr(module, "__file__", None)}))
"""


def build(source: Path, target: str, folder: Path) -> Path:
    """Build ``target`` ("sdist" or "wheel") from ``source`` into ``folder``; its path."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.iterdir()
    return built


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A copy of the checkout's files that go into a package, and what was built from it."""

    checkout: Path
    wheel: Path
    wheel_of_sdist: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("built")
    checkout = folder / "checkout"
    checkout.mkdir()
    for name in BUILT_FROM:
        if (ROOT / name).is_dir():
            ignore = shutil.ignore_patterns("__pycache__", "*.so")
            shutil.copytree(ROOT / name, checkout / name, symlinks=True, ignore=ignore)
        else:
            shutil.copy(ROOT / name, checkout / name)
    sdist = build(checkout, "sdist", folder / "sdist")
    shutil.unpack_archive(sdist, folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    return Built(
        checkout=checkout,
        wheel=build(checkout, "wheel", folder / "wheel"),
        wheel_of_sdist=build(unpacked, "wheel", folder / "wheel_of_sdist"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A bare environment with the wheel of the sdist in it, and a directory to run it from."""

    bin: Path
    package: Path
    elsewhere: Path
    """Holds a package of each room's name that raises when it is imported."""

    def environment(self) -> dict[str, str]:
        """The environment variables of a user who set none of ours, Prefect's or Python's."""
        ours = ("FIVEGWATCH", "PREFECT", "PYTHON")
        outside = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return outside | {"NO_COLOR": "1", "COLUMNS": "200"}

    def run(self, program: str, *arguments: str) -> str:
        """Run a program of the environment in ``elsewhere``; its output, which must be that of a success."""
        done = subprocess.run(
            [self.bin / program, *arguments],
            cwd=self.elsewhere,
            env=self.environment(), capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Our requirements are those of the tests' environment, read after the bare one: no network is needed."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv", symlinks=True)
    bare = folder / "venv" / "bin" / "python"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(bare),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
    ]
    done = subprocess.run([*pip, str(built.wheel_of_sdist)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    ask = [bare, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.check_output(ask, text=True).strip())
    # A folder named in a .pth file is searched, but its own .pth files are not read: the editable install of
    # the checkout, which is one, stays out.
    (packages / "requirements.pth").write_text(sysconfig.get_path("purelib") + "\n")
    elsewhere = folder / "elsewhere"
    for room in ROOMS:
        (elsewhere / room).mkdir(parents=True)
        (elsewhere / room / "__init__.py").write_text(RAISES)
    return Installed(bin=bare.parent, package=packages / "fivegwatch", elsewhere=elsewhere)


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as room:
        yield room


@pytest.fixture(scope="module")
def home(installed: Installed, newsroom: Newsroom) -> Path:
    """A working directory that ``init`` made, with some feeds of the newsroom and a small watchlist."""
    home = installed.elsewhere / "news"
    installed.run("fivegwatch", "init", "--contact", "tests@example.org", str(home))
    write_small_watchlist(home / "watchlist")
    tables = subscriptions(newsroom.url).strip().split("\n\n")
    few = [table for table in tables if table.startswith(tuple(f"[{name}]" for name in OUTLETS))]
    (home / "watchlist" / "feeds.toml").write_text("\n\n".join(few) + "\n", encoding="utf-8")
    with (home / "fivegwatch.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\nallow_addresses = ["127.0.0.1:{newsroom.port}"]\n[limits]\npoll_min_s = 1\npoll_max_s = 5\n'
        )
    return home


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as file:
        return set(file.namelist())


def test_a_wheel_holds_one_import_package_with_all_the_rooms_files_and_the_compiled_module(
    built: Built,
) -> None:
    names = names_in(built.wheel)
    ours = {name for name in names if not name.split("/")[0].endswith(".dist-info")}
    compiled = f"fivegwatch/extractors/native/_compiled{sysconfig.get_config_var('EXT_SUFFIX')}"
    files = {"fivegwatch/__init__.py", "fivegwatch/prefect.yaml", compiled}
    for room in (*ROOMS, "watchlists"):
        paths = (path for path in (built.checkout / room).rglob("*") if path.is_file())
        files |= {
            f"fivegwatch/{path.relative_to(built.checkout)}"
            for path in paths
            if path.suffix not in {".c", ".h", ".so"}
        }
    assert ours == files
    kinds = {Path(name).suffix for name in ours}
    assert {".py", ".sql", ".toml", ".yaml"} <= kinds
    assert any(name.startswith("fivegwatch/flows/demo/articles/") for name in ours)


def test_a_wheel_built_from_the_sdist_holds_what_one_built_from_the_checkout_holds(built: Built) -> None:
    assert names_in(built.wheel_of_sdist) == names_in(built.wheel)


def test_every_module_of_the_installed_package_has_one_name_and_comes_from_the_wheel(
    installed: Installed,
) -> None:
    files: dict[str, str] = json.loads(installed.run("python", "-c", EVERY_MODULE))
    ours = {name: Path(file) for name, file in files.items() if name.split(".")[0] == "fivegwatch"}
    assert len(ours) > 200 and all(path.is_relative_to(installed.package) for path in ours.values())
    others = {Path(file) for name, file in files.items() if name not in ours}
    assert not others & set(ours.values())
    assert len(set(ours.values())) == len(ours)
    assert ours["fivegwatch.extractors.native._compiled"].suffix == ".so"


def test_the_command_and_its_module_print_the_same_help(installed: Installed) -> None:
    told = installed.run("fivegwatch", "--help")
    assert "ingest" in told
    assert told == installed.run("python", "-m", "fivegwatch.flows.cli.start", "--help")


def test_an_ingest_with_its_loader_and_children_stores_stories(installed: Installed, home: Path) -> None:
    installed.run("fivegwatch", "ingest", "--home", str(home))
    kept, articles = (
        run_query(home / "corpus.duckdb", f"select count(*) from {view}").rows[0][0]
        for view in ("stories", "ledger")
    )
    assert kept > 5 and articles > kept
    failures = run_query(
        home / "corpus.duckdb", "select stage, url, message from failures where kind like 'parse%'"
    )
    assert failures.rows == []


def test_the_entrypoints_in_the_directorys_prefect_yaml_are_flows(installed: Installed, home: Path) -> None:
    entrypoints = [
        row["entrypoint"] for row in yaml.safe_load((home / "prefect.yaml").read_text())["deployments"]
    ]
    program = "from prefect.flows import load_flow_from_entrypoint as load\nimport sys\n"
    program += "print(*(load(name).fn.__module__ for name in sys.argv[1:]), sep='\\n')"
    modules = installed.run("python", "-c", program, *entrypoints).split()
    assert len(modules) == len(entrypoints) > 3
    assert all(module.startswith("fivegwatch.flows.") for module in modules)


@pytest.mark.prefect
def test_serve_needs_nothing_else_and_its_schedule_fires(
    installed: Installed, home: Path, newsroom: Newsroom
) -> None:
    before = run_query(home / "corpus.duckdb", "select count(*) from polls").rows[0][0]
    quick = {"PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2", "PREFECT_RUNNER_POLL_FREQUENCY": "2"}
    log = installed.elsewhere.parent / "serve.log"
    command = [installed.bin / "fivegwatch", "serve", "--home", str(home), "--port", "0", "--every", "10s"]
    with background(command, installed.environment() | quick, log, installed.elsewhere) as process:

        def polled() -> bool:
            assert process.poll() is None and "crashed" not in log.read_text(), log.read_text()
            return run_query(home / "corpus.duckdb", "select count(*) from polls").rows[0][0] > before

        # A server with a database to make, a schedule, a run in a process of its own: a minute of work on an idle
        # machine, many on a busy one. If it ends instead, this is seen at once.
        wait_for("poll", 600, polled)
        process.send_signal(signal.SIGTERM)
        wait_for("end after SIGTERM", 120, lambda: process.poll() is not None)
    wait_for("end of all its processes", 120, lambda: not running(home))


def running(home: Path) -> bool:
    """Whether any process still has this home in its environment or arguments (False where there is no /proc)."""
    needle = str(home).encode()
    for folder in Path("/proc").glob("[0-9]*"):
        if int(folder.name) == os.getpid():
            continue
        try:
            if needle in (folder / "cmdline").read_bytes() or needle in (folder / "environ").read_bytes():
                return True
        except OSError:
            continue
    return False
