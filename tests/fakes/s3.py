"""A real S3 server on loopback, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SERVER = """
from moto.moto_server.threaded_moto_server import ThreadedMotoServer as S
import boto3, sys
server = S(ip_address='127.0.0.1', port=0, verbose=False); server.start()
host, port = server.get_host_and_port(); address = f'http://{host}:{port}'
boto3.client('s3', endpoint_url=address).create_bucket(Bucket=sys.argv[1])
print(address, flush=True)
sys.stdin.read()
"""


@contextmanager
def s3_server(folder: Path, bucket: str) -> Iterator[str]:
    """The address of a server with one empty bucket; address and credentials are in the environment meanwhile."""
    log, before = folder / "log", dict(os.environ)
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    command = [sys.executable, "-c", _SERVER, bucket]
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as server,
    ):
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        assert address, log.read_text()
        os.environ["AWS_ENDPOINT_URL"] = address
        yield address
        server.kill()
    os.environ.clear()
    os.environ.update(before)
