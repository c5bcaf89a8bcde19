"""A real PostgreSQL on loopback, whose users need passwords."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "correct horse"


@contextmanager
def postgres_server() -> Iterator[str]:
    """The connection string (libpq) of a database ``lake``, without its password; skips where PostgreSQL is missing."""
    programs = [shutil.which(name) for name in ("initdb", "postgres")]
    if not all(programs):
        pytest.skip("initdb and postgres are not installed")
    initdb, postgres = map(str, programs)
    # It refuses to run as root; the folders of pytest are closed to everybody else.
    nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []} if nobody else {}
    with tempfile.TemporaryDirectory(prefix="pg-") as folder, socket.socket() as free:
        if nobody:
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        secret = Path(folder, "password")
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        data = f"{folder}/data"
        subprocess.run(
            [initdb, "-D", data, "-U", "desk", "--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync"],
            check=True, capture_output=True, cwd=folder, **who,
        )  # fmt: skip
        log = Path(folder, "log")  # not a pipe, which would fill up and stop it
        with (
            log.open("w") as errors,
            subprocess.Popen(
                [postgres, "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-F"],
                stdout=subprocess.DEVNULL, stderr=errors, cwd=folder, **who,
            ) as server,
        ):  # fmt: skip
            while "ready to accept connections" not in log.read_text():
                assert server.poll() is None, log.read_text()
                time.sleep(0.05)
            try:
                yield f"host=127.0.0.1 port={port} user=desk dbname=postgres"
            finally:
                server.terminate()
