"""What a run costs beside the bare client: ``python -m benchmarks.ingest [--feeds 1000] [--prefect]``.

A server on loopback (a process of its own, not counted) holds the feeds. Measured as CPU seconds of whole processes
with their children, start and loading included, with code compiled as an installer leaves it: a bare loop of an
ordinary HTTP client over all feeds, with conditions (httpcore2, which was ours when the aim of 2.0 was set), and
`fivegwatch ingest` when nothing changed and when 5 % of the feeds have a new item. ``--prefect`` runs the Prefect flow
too and prints its share. Peak memory is that of the largest process.
The last line is JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

ITEM = "<item><title>Item {n} of feed {f}</title><link>http://{host}/p/{f}/{n}</link></item>"
SENTENCE = (
    "<p>On {day} the garden behind the house was quiet, and {number} baskets of {fruit} were carried in.</p>"
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
SENTENCES = (
    SENTENCE.format(day=day, number=n, fruit=fruit)
    for n, (day, fruit) in enumerate(product(DAYS, ("apples", "plums")), 3)
)
PAGE = "<html lang=en><head><title>A garden</title></head><body><article><h1>A garden</h1>{}</article></body></html>"
PAGE = PAGE.format("".join(SENTENCES)).encode()
"""An article that is judged once. A page without a text, or with one sentence again and again, which counts as
none, would be asked for again at each poll by hand."""
BARE = """
import asyncio, sys, httpcore2
host, feeds = sys.argv[1], int(sys.argv[2])
async def main():
    slots = asyncio.Semaphore(16)
    async with httpcore2.AsyncConnectionPool(max_connections=64, max_keepalive_connections=0) as pool:
        async def one(n):
            async with slots:
                headers = {"User-Agent": "bare", "Connection": "close", "If-None-Match": '"0"'}
                answer = await pool.handle_async_request(httpcore2.Request("GET", f"http://{host}/f/{n}", headers={"Host": host, **headers}))
                assert answer.status == 304
                await answer.aclose()
        await asyncio.gather(*(one(n) for n in range(feeds)))
asyncio.run(main())
"""  # noqa: E501


async def serve(share: float) -> None:
    """Answer every feed with 304, or with a new item for a share of them once ``/edition/N`` was asked."""
    edition = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal edition
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        path = head.split(" ", 2)[1]
        host = head.lower().partition("\r\nhost: ")[2].partition("\r\n")[0]
        status, body, tag = "404 Not Found", b"", ""
        if path.startswith("/edition/"):
            edition, status = int(path.rpartition("/")[2]), "200 OK"
        elif path.startswith("/f/"):
            feed = int(path.rpartition("/")[2])
            mine = edition if feed % round(1 / share) == 0 else 0
            tag = f'ETag: "{mine}"\r\n'
            if f'"{mine}"' in head:
                status = "304 Not Modified"
            else:
                # At first all feeds name the same two pages; a new item has a page of its own.
                items = "".join(
                    ITEM.format(n=n, f=feed if n > 2 else 0, host=host) for n in range(mine + 2, mine, -1)
                )
                status = "200 OK"
                body = f"<rss version='2.0'><channel><title>{feed}</title>{items}</channel></rss>".encode()
        elif path.startswith("/p/"):
            status, body = "200 OK", PAGE
        kind = "text/html" if path.startswith("/p/") else "application/rss+xml"
        lines = f"HTTP/1.1 {status}\r\n{tag}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{lines}Connection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1_024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def measured(*command: str, cwd: Path) -> dict[str, float]:
    """CPU and wall seconds of a command with its children, and the peak memory of the largest, in MB."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPYCACHEPREFIX": str(cwd / "pyc"), "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "cpu_s": round(cpu, 2),
        "wall_s": round(time.monotonic() - began, 2),
        "mb": round(after.ru_maxrss / 1024),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3, help="unchanged runs and bare loops, interleaved")
    parser.add_argument("--prefect", action="store_true", help="the Prefect flow too")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        asyncio.run(serve(0.05))
        return
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.ingest", "--serve"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        host = f"127.0.0.1:{int(server.stdout.readline())}"
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(_measure(Path(folder), host, args)))
    finally:
        server.kill()
        server.wait()


def _measure(folder: Path, host: str, args: argparse.Namespace) -> dict[str, object]:
    fivegwatch = [sys.executable, "-m", "fivegwatch.flows.cli.start"]
    measured(*fivegwatch, "init", ".", cwd=folder)
    feeds = "\n".join(f'[f{n}]\nurl = "http://{host}/f/{n}"\n' for n in range(args.feeds))
    (folder / "watchlist" / "feeds.toml").write_text(feeds)
    with (folder / "fivegwatch.toml").open("a") as file:
        file.write("[limits]\npoll_min_s = 60\n")
    settings = (folder / "fivegwatch.toml").read_text()
    (folder / "fivegwatch.toml").write_text(f'allow_addresses = ["{host}"]\n' + settings)
    ingest = [*fivegwatch, "ingest", "--quiet"]
    for _ in range(2):  # the first run reads every feed and page, the second what its pages left
        print("first", measured(*ingest, cwd=folder))
    bare, unchanged = [], []
    for _ in range(args.rounds):
        bare.append(measured(sys.executable, "-c", BARE, host, str(args.feeds), cwd=folder))
        unchanged.append(measured(*ingest, cwd=folder))
        print("bare", bare[-1], "unchanged", unchanged[-1], flush=True)
    best = {
        name: min(one["cpu_s"] for one in runs) for name, runs in (("bare", bare), ("unchanged", unchanged))
    }
    ask = f"import urllib.request; urllib.request.urlopen('http://{host}/edition/1')"
    subprocess.run([sys.executable, "-c", ask], check=True)
    new = measured(*ingest, cwd=folder)
    answer: dict[str, object] = {
        "feeds": args.feeds,
        "bare_cpu_s": best["bare"],
        "unchanged_cpu_s": best["unchanged"],
        "times_bare": round(best["unchanged"] / best["bare"], 2),
        "ms_a_feed": round(1_000 * best["unchanged"] / args.feeds, 2),
        "mb": max(one["mb"] for one in unchanged),
        "five_percent_new_cpu_s": new["cpu_s"],
    }
    if args.prefect:
        flow = (
            "from fivegwatch.flows.ingest import ingest; import asyncio; asyncio.run(ingest(due_only=False))"
        )
        environment = dict(os.environ, PREFECT_HOME=str(folder / "prefect"))
        # On a busy machine Prefect's server does not start within its usual 20 seconds.
        environment["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = "300"
        os.environ.update(environment)
        flown = [measured(sys.executable, "-c", flow, cwd=folder)["cpu_s"] for _ in range(2)]
        answer |= {"flow_cpu_s": min(flown), "prefect_share": round(1 - best["unchanged"] / min(flown), 2)}
    return answer


if __name__ == "__main__":
    main()
