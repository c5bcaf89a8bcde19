"""`browse` as a user starts it: one line with the address, loopback only, ended by Ctrl-C; a taken port is said."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from fivegwatch.desk.web.serve import listen
from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.cli.main import main
from tests.desk.corpora import desk_corpus


def test_a_port_that_is_taken_and_a_corpus_that_is_not_there_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with listen(0) as taken, pytest.raises(SettingsError, match=r"Name another with --port"):
        listen(taken.getsockname()[1])
    assert main(["browse", "--db", str(tmp_path / "none.duckdb"), "--no-open"]) == 2
    assert "no corpus there" in capsys.readouterr().err


@pytest.mark.slow
def test_it_serves_on_loopback_until_ctrl_c_and_shows_that_the_corpus_went_away(tmp_path: Path) -> None:
    layout = desk_corpus(tmp_path)
    command = [sys.executable, "-m", "fivegwatch.flows.cli.start", "browse", "--db", str(layout.link)]
    process = subprocess.Popen([*command, "--port", "0", "--no-open"], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        host, port = process.stdout.readline().split()[0].removeprefix("http://").strip("/").split(":")
        assert host == "127.0.0.1"
        status, page = asked(int(port), "/")
        assert status == 200 and "Germany bans Huawei" in page
        with socket.socket() as other, pytest.raises(OSError):
            other.settimeout(2)
            other.connect((address_of_this_machine(), int(port)))
        layout.link.unlink()
        status, page = asked(int(port), "/bans")
        assert status == 503 and "there is no corpus at" in page
        process.send_signal(signal.SIGINT)
        assert process.wait(600) == 0
    finally:
        process.kill()
        process.stdout.close()


def asked(port: int, path: str) -> tuple[int, str]:
    """Status and text of a page."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def address_of_this_machine() -> str:
    """An address of this machine that is not loopback, or one that nothing answers at."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.2"
