"""An analyst with read rights only can do everything that reads."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.storage.load.loader import run_loader
from tests.flows.cli_runner import clean_environment
from tests.flows.stored import BAN, PHONE, make_corpus, write_small_watchlist

CAPABILITIES = "-dac_override,-dac_read_search,-fowner"
ELSEWHERE = 54_321
COMMANDS = [
    ["status"],
    ["sql", "select count(*) from stories"],
    ["explain", "https://a.example/0"],
    ["search", "huawei"],
    ["feeds", "list", "--on"],
    ["backfill", "status"],
    ["watchlist", "check"],
    ["watchlist", "test", "rogue cell", "--facet", "threat", "--language", "en"],
    ["refilter", "--dry-run", "--quiet"],
    ["judge", "texts.jsonl"],
]
IN_ONE_PROCESS = """
import json, sys
from fivegwatch.flows.cli.main import main
for command in json.loads(sys.argv[1]):
    print("code", main(command), *command[:2], flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root can give files to another user"
)
def test_whoever_may_only_read_can_do_everything_that_reads(tmp_path: Path) -> None:
    files = read_watchlist(write_small_watchlist(tmp_path / "watchlist"))
    (tmp_path / "fivegwatch.toml").write_text("")
    text = {"id": "1", "title": "Ministers ban Huawei from the 5G core network", "text": BAN}
    (tmp_path / "texts.jsonl").write_text(json.dumps(text))
    make_corpus(tmp_path / "corpus.duckdb", files, [("Huawei ban", BAN)], archived=[("Phones", PHONE)])
    run_loader(tmp_path / "corpus.duckdb")
    for path in (tmp_path, *tmp_path.rglob("*")):
        os.chown(path, ELSEWHERE, ELSEWHERE, follow_symlinks=False)
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    before = sorted(tmp_path.rglob("*"))
    # Root without the right to overrule permissions is anybody else.
    done = subprocess.run(
        ["setpriv", f"--bounding-set={CAPABILITIES}", f"--inh-caps={CAPABILITIES}",
         sys.executable, "-c", IN_ONE_PROCESS, json.dumps(COMMANDS)],
        cwd=tmp_path, env=clean_environment(), capture_output=True, text=True,
    )  # fmt: skip
    codes = [line for line in done.stdout.splitlines() if line.startswith("code ")]
    # The corpus of this test is old, which `status` says.
    assert codes == [f"code {int(c == COMMANDS[0])} {' '.join(c[:2])}" for c in COMMANDS], done.stderr
    assert sorted(tmp_path.rglob("*")) == before
