"""A run whose lake is away ends well: the file is published, and `status` names key and remedy until it is back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from fivegwatch.flows.cli.main import main
from fivegwatch.flows.printing.progress import Silent
from fivegwatch.flows.runs.ingest import run_ingest
from fivegwatch.flows.runs.upkeep import do_upkeep
from fivegwatch.flows.settings.settings import FILE_NAME, load_settings
from tests.flows.stored import write_small_watchlist

pytestmark = pytest.mark.slow
AWAY = 'lake = "postgres:host=127.0.0.1 port=1 user=desk dbname=lake"\nlake_files = "lake/files"\n'


def test_a_run_ends_well_without_its_lake_and_status_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_small_watchlist(tmp_path / "watchlist")
    (tmp_path / "watchlist" / "feeds.toml").write_text(
        '[desk]\ntitle = "Desk"\nurl = "http://127.0.0.1:1/feed"\nlanguage = "en"\n'
    )
    home = tmp_path / FILE_NAME
    home.write_text(f'allow_addresses = ["127.0.0.1:1"]\n[corpus]\npublish = "lake"\n{AWAY}')
    settings = load_settings({}, tmp_path)
    summary = asyncio.run(run_ingest(settings, Silent(), due_only=False, flow="ingest"))
    assert summary.feeds_failed == 1 and settings.database.exists()
    assert main(["status", "--home", str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "NOT IN ORDER: readers of the lake see nothing, because: [corpus] lake = postgres:" in printed
    assert "Connection refused. Check that it runs" in printed
    assert any(problem.startswith("lake: ") for problem in do_upkeep(settings).problems)
    home.write_text(home.read_text().replace(AWAY, ""))
    assert do_upkeep(load_settings({}, tmp_path)).problems == []
    main(["status", "--home", str(tmp_path)])
    assert "catalogue.sqlite (snapshot 2, published 20" in (printed := capsys.readouterr().out)
    assert "readers of the lake" not in printed
