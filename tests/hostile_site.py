"""A loopback server with a dozen network hazards, and normal answers for comparison.

``with HostileSite() as site:`` gives a server on a thread. ``site.url("/drip")`` is an address, ``site.allow`` what
the client must be allowed, ``site.asked("/drip")`` the requests seen, ``site.canary`` the connections made to the
port that stands for an internal service. Every answer ends by itself within ``SECONDS``.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import struct
import threading
import zlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import brotli

from tests.packing import brotli_bomb, zstd_bomb, zstd_pack

SECONDS = 120.0
ARTICLE = (
    b"<!doctype html><html><head><title>A line</title></head><body><p>A plain article.</p></body></html>"
)
FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title></channel></rss>'


@dataclass
class Request:
    path: str
    headers: dict[str, str]


@dataclass
class Exchange:
    site: HostileSite
    request: Request
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    nth: int
    """The number of requests for this path so far, this one included."""

    async def send(self, part: bytes) -> None:
        self.writer.write(part)
        await self.writer.drain()

    async def head(self, status: str = "200 OK", **headers: str) -> None:
        lines = [
            f"HTTP/1.1 {status}",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        await self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")

    async def reply(self, body: bytes, status: str = "200 OK", **headers: str) -> None:
        headers.setdefault("Content_Type", "text/html")
        await self.head(status, Content_Length=str(len(body)), **headers)
        await self.send(body)

    async def chunk(self, part: bytes) -> None:
        await self.send(b"%x\r\n%s\r\n" % (len(part), part))

    def reset(self) -> None:
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Handler = Callable[[Exchange], Awaitable[None]]
ANSWERS: dict[str, Handler] = {}


def answer(path: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        ANSWERS[path] = handler
        return handler

    return register


# ---------------------------------------------------------------- plain answers


@answer("/ok")
async def _ok(x: Exchange) -> None:
    await x.reply(ARTICLE)


@answer("/feed")
async def _feed(x: Exchange) -> None:
    await x.reply(FEED, Content_Type="application/rss+xml")


@answer("/validators")
async def _validators(x: Exchange) -> None:
    if x.request.headers.get("if-none-match") == 'W/"odd one' and "if-modified-since" in x.request.headers:
        await x.head("304 Not Modified")
    else:
        await x.reply(FEED, ETag='W/"odd one', Last_Modified="yesterday, roughly")


@answer("/bad-validators")
async def _bad_validators(x: Exchange) -> None:
    await x.reply(FEED, ETag='"' + "x" * 600 + '"', Last_Modified="caf\xe9")


# ---------------------------------------------------------------- hazards


def gzip_stream(total: int) -> Iterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    for _ in range(total // 2**20):
        yield packer.compress(b" " * 2**20)
    yield packer.flush()


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip": ("gzip", lambda: b"".join(gzip_stream(16 * 2**20))),
    "deflate": ("deflate", lambda: zlib.compress(b" " * 16 * 2**20, 9)),
    "br": ("br", lambda: brotli_bomb(16 * 2**20)),
    "zstd": ("zstd", lambda: zstd_bomb(16 * 2**20)),
    "nested": ("gzip, gzip", lambda: gzip.compress(b"".join(gzip_stream(16 * 2**20)))),
    # Decodes to next to nothing, by way of 16 MiB of empty deflate blocks.
    "hollow": (
        "deflate, gzip",
        lambda: gzip.compress(b"\x78\x9c" + b"\x00\x00\x00\xff\xff" * (16 * 2**20 // 5)),
    ),
}


async def _bomb(x: Exchange) -> None:
    coding, make = BOMBS[x.request.path.rpartition("/")[2]]
    await x.reply(await asyncio.to_thread(make), Content_Encoding=coding)


for _name in BOMBS:
    ANSWERS[f"/bomb/{_name}"] = _bomb


@answer("/redirect/bomb")
async def _redirect_bomb(x: Exchange) -> None:
    await x.head("302 Found", Location="/ok", Content_Encoding="gzip", Transfer_Encoding="chunked")
    for part in gzip_stream(512 * 2**20):
        if part:
            await x.chunk(part)


@answer("/redirect/drip")
async def _redirect_drip(x: Exchange) -> None:
    await x.head("302 Found", Location="/ok", Content_Length="100000")
    for _ in range(int(SECONDS / 0.05)):
        await x.send(b".")
        await asyncio.sleep(0.05)


@answer("/circle")
async def _circle(x: Exchange) -> None:
    await x.reply(b"moved", "301 Moved", Location="/circle#again")


@answer("/drip")
async def _drip(x: Exchange) -> None:
    await x.head(Content_Type="text/html", Content_Length="100000")
    for _ in range(int(SECONDS / 0.05)):
        await x.send(b".")
        await asyncio.sleep(0.05)


@answer("/endless")
async def _endless(x: Exchange) -> None:
    await x.head(Content_Type="text/html", Transfer_Encoding="chunked")
    while True:
        await x.chunk(b"<p>and so on</p>" * 4096)


@answer("/announced")
async def _announced(x: Exchange) -> None:
    await x.head(Content_Type="text/html", Content_Length=str(10**12))
    await asyncio.sleep(SECONDS)


@answer("/stall")
async def _stall(x: Exchange) -> None:
    await asyncio.sleep(SECONDS)


@answer("/interim")
async def _interim(x: Exchange) -> None:
    while True:
        await x.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


@answer("/liar/length")
async def _length(x: Exchange) -> None:
    await x.head(Content_Type="text/html", Content_Length=str(len(ARTICLE) + 500))
    await x.send(ARTICLE)


@answer("/liar/coding")
async def _coding(x: Exchange) -> None:
    await x.reply(ARTICLE, Content_Encoding="gzip")


@answer("/liar/chain")
async def _chain(x: Exchange) -> None:
    await x.reply(ARTICLE, Content_Encoding="gzip, gzip, gzip")


@answer("/liar/type")
async def _type(x: Exchange) -> None:
    await x.reply(b"%PDF-1.7\n" + bytes(range(256)), Content_Type="text/html; charset=utf-8")


@answer("/liar/cut-gzip")
async def _cut(x: Exchange) -> None:
    await x.reply(gzip.compress(ARTICLE * 50)[:-20], Content_Encoding="gzip")


@answer("/liar/not-modified")
async def _not_modified(x: Exchange) -> None:
    await x.head("304 Not Modified")


@answer("/garbage")
async def _garbage(x: Exchange) -> None:
    await x.send(b"\x15\x03\x01\x00\x02\x02\x16 this is not HTTP\r\n\r\n")


@answer("/reset/once")
async def _reset_once(x: Exchange) -> None:
    if x.nth == 1:
        x.reset()
    else:
        await x.reply(ARTICLE)


@answer("/reset/midway")
async def _reset_midway(x: Exchange) -> None:
    await x.head(Content_Type="text/html", Content_Length="100000")
    await x.send(ARTICLE)
    await asyncio.sleep(0.05)
    x.reset()


@answer("/busy/once")
async def _busy_once(x: Exchange) -> None:
    if x.nth == 1:
        await x.reply(b"", "503 Service Unavailable")
    else:
        await x.reply(ARTICLE)


@answer("/cookie")
async def _cookie(x: Exchange) -> None:
    await x.reply(ARTICLE, Set_Cookie="session=1; Path=/")


PACKED = {
    "gzip": gzip.compress,
    "x-gzip": lambda b: gzip.compress(b[:40]) + gzip.compress(b[40:]) + b"\0" * 32,
    "deflate": lambda b: zlib.compress(b)[2:-4],
    "br": brotli.compress,
    "zstd": zstd_pack,
    "br, gzip": lambda b: gzip.compress(brotli.compress(b)),
}


@dataclass
class HostileSite:
    """The server. ``robots`` is the body of /robots.txt, a status line to answer it with, or status, coding, body."""

    robots: bytes | str | tuple[str, str, bytes] = "404 Not Found"
    requests: list[Request] = field(default_factory=list)
    canary: int = 0

    def __enter__(self) -> HostileSite:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._open: set[asyncio.Task[None]] = set()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(300)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(300)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(300)
        self._loop.close()

    async def _start(self) -> None:
        self._servers = [
            await asyncio.start_server(self._serve, "127.0.0.1", 0),
            await asyncio.start_server(self._serve_canary, "127.0.0.1", 0),
        ]
        self.port, self.canary_port = (server.sockets[0].getsockname()[1] for server in self._servers)

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await asyncio.sleep(0.01)

    @property
    def allow(self) -> frozenset[tuple[str, int]]:
        return frozenset({("127.0.0.1", self.port)})

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path.partition("?")[0] == path]

    async def _serve_canary(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.canary += 1
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                async with asyncio.timeout(SECONDS):
                    await self._answer(reader, writer)
        finally:
            self._open.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        request = Request(path, headers)
        self.requests.append(request)
        x = Exchange(self, request, reader, writer, len(self.asked(path)))
        await self._dispatch(path).__call__(x)

    def _dispatch(self, path: str) -> Handler:
        if path == "/robots.txt":
            return self._robots
        if path.startswith("/to/"):
            return self._redirect
        if path.startswith("/status/"):
            return self._status
        if path.startswith("/packed/"):
            return self._packed
        return ANSWERS.get(path, self._missing)

    async def _missing(self, x: Exchange) -> None:
        await x.reply(b"no", "404 Not Found")

    async def _robots(self, x: Exchange) -> None:
        if isinstance(self.robots, bytes):
            await x.reply(self.robots, Content_Type="text/plain")
        elif isinstance(self.robots, tuple):
            status, coding, body = self.robots
            await x.reply(
                body, status, Content_Type="text/plain", **({"Content_Encoding": coding} if coding else {})
            )
        else:
            status, _, location = self.robots.partition(" -> ")
            location = location.replace("CANARY", str(self.canary_port))
            await x.reply(b"", status, **({"Location": location} if location else {}))

    async def _redirect(self, x: Exchange) -> None:
        """``/to/301/http://...`` redirects (301) to the rest of the path; CANARY is replaced by the internal port."""
        _, _, status, target = x.request.path.split("/", 3)
        location = target.replace("CANARY", str(self.canary_port)) if "://" in target else "/" + target
        await x.reply(b"moved", f"{status} Moved", Location=location)

    async def _status(self, x: Exchange) -> None:
        """``/status/429?3600`` answers 429 with ``Retry-After: 3600``."""
        path, _, seconds = x.request.path.partition("?")
        await x.reply(
            b"no", f"{path.rpartition('/')[2]} Status", **({"Retry_After": seconds} if seconds else {})
        )

    async def _packed(self, x: Exchange) -> None:
        coding = x.request.path.removeprefix("/packed/").replace("+", ", ")
        await x.reply(PACKED[coding](ARTICLE), Content_Encoding=coding)
