"""Downloads of large files, such as archives. A broken download is resumed where it broke off, also by a later run.

    folder/<key>/<name>.part        the bytes received so far
    folder/<key>/<name>.part.json   the URL, and the ETag or date of the version to which these bytes belong
    folder/<key>/<name>             the complete file, renamed when every byte is on disk

Feeds, pages and listings are not fetched here but by `client`; the limits on their size are in `responses`.

Rules of the news crawl: one connection per file, at most one attempt a second with growing pauses; 503 and 429 ask for
longer pauses; 403 means that our address is blocked, so the host gets no further request.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shutil
from base64 import b32decode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import FileIO
from pathlib import Path
from urllib.parse import unquote

import ada_url

from fivegwatch.extractors.errors import ExtractionError, FeedError, FetchError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.web.urls import host_and_port, vet_url
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.http.connection import Response, Wire
from fivegwatch.sources.http.disk_budget import DiskBudget
from fivegwatch.sources.http.responses import Head, clean_validator, refuse_status

TRIES = 12
"""Attempts in a row without a new byte, after which a download fails."""
TRIES_UNKNOWN = 3
"""Used instead of `TRIES` if the host has no address and nothing was received: usually a typing error, or no
network.
"""
CONNECTIONS = 1_000
PAUSE_S = 1.0
PAUSE_MAX_S = 60.0
WAIT_MAX_S = 900.0
"""If a server asks for a pause of more seconds than this, the download fails, and a later run resumes it."""
BLOCKED_S = 86_400.0
_NOT_NOW = frozenset({"blocked", "disk_full", "host_paused", "local_resources"})
"""Kinds of transient failures that are not retried within the run."""
_WRITE_BYTES = 1024 * 1024
_RANGE = re.compile(r"bytes\s+(?:(\d+)-(\d+)|\*)/(\d+|\*)", re.IGNORECASE)

Sleep = Callable[[float], Awaitable[None]]


class _NoRoomError(Exception):
    """Raised for a file that does not fit on the disk beside the files that are being downloaded now."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class _AgainError(Exception):
    """Raised to request a file again: the partial download was of another version of the file, and has been deleted."""


class Downloads:
    """Downloads files into ``folder``. There is one per run. ``sleep`` is called for every pause."""

    def __init__(
        self,
        web: Web,
        folder: Path,
        *,
        max_bytes: int | None = None,
        budget: DiskBudget | None = None,
        sleep: Sleep = asyncio.sleep,
        tries: int = TRIES,
    ) -> None:
        self._web = web
        self._folder = folder
        self._budget = budget or DiskBudget(folder, max_bytes)
        self._sleep = sleep
        self._tries = tries
        self._blocked: dict[str, FetchError] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def file(self, url: str, *, digest: str = "") -> AsyncIterator[Path]:
        """Yield a path to the file at ``url``; at the end of the block the file is deleted.

        It stays for the next run if the block is cancelled or the process killed; so does a partial download that a
        later attempt can resume. It is deleted if the block raises one of our errors (the file is unreadable), or if
        the server refuses it for good. The file must match ``digest`` (``sha256:...``, ``sha1:...``, ``md5:...``; hex
        or base32), if that is given.

        Raises: FetchError of kind ``blocked`` (the host blocks us), ``disk_budget``, ``disk_full``, ``digest``,
        ``not_gzip``, ``unstable``, or of a kind that `Web.download` raises.
        """
        url = vet_url(url, allow=self._web.allow)
        key = hashlib.blake2b(url.encode(), digest_size=8).hexdigest()
        async with self._locks.setdefault(key, asyncio.Lock()):
            part = _Part(self._folder / key, url)
            keep = True
            try:
                try:
                    path = await self._fetch(part, key, digest)
                except FetchError as exc:
                    # A partial download is kept if a later attempt can resume it, also one with a larger --max-disk.
                    keep = part.is_resumable() and (exc.transient or exc.kind == "disk_budget")
                    raise
                keep = False
                try:
                    yield path
                except (ExtractionError, FeedError, FetchError):
                    raise  # the file is unreadable, and would be again
                except BaseException:
                    keep = True
                    raise
            finally:
                if not keep:
                    shutil.rmtree(part.folder, ignore_errors=True)
                await self._budget.release(key)

    async def _fetch(self, part: _Part, key: str, digest: str) -> Path:
        if part.path.exists():
            await self._budget.wait_for(key, part.path.stat().st_size, url=part.url)
            return part.path
        receiver = _Receiver(part, key, self._budget, own=host_and_port(part.url) in self._web.allow)
        await self._complete(part, key, receiver)
        if digest and not await asyncio.to_thread(_agrees, part.file, digest):
            part.reset()
            message = f"{part.url}: the file's digest is not {digest}; it was deleted"
            raise FetchError(message, url=part.url, kind="digest", transient=True)
        await asyncio.to_thread(part.finish)
        return part.path

    async def _complete(self, part: _Part, key: str, receiver: _Receiver) -> None:
        """Request the file, several times if necessary, until it is complete."""
        host = host_and_port(part.url)[0]
        fruitless = changes = 0
        for _ in range(CONNECTIONS):
            if host in self._blocked:
                raise self._blocked[host]
            before = part.size
            try:
                await self._web.download(part.url, receiver, headers=part.conditions())
            except _NoRoomError as exc:
                await self._budget.wait_for(key, exc.size, url=part.url)
                continue
            except _AgainError as exc:
                changes += 1
                if changes > 3:
                    what = "changes while it is fetched"
                    raise FetchError(
                        f"{part.url}: {what}", url=part.url, kind="unstable", transient=True
                    ) from exc
                error = None
            except FetchError as exc:
                if exc.kind == "blocked":
                    self._blocked[host] = exc
                if not exc.transient or exc.kind in _NOT_NOW:
                    raise
                error = exc
            else:
                return
            fruitless = 0 if part.size > before else fruitless + 1
            unknown = error is not None and error.kind == "dns" and not part.size
            await self._pause(fruitless, error, min(TRIES_UNKNOWN, self._tries) if unknown else self._tries)
        raise FetchError(
            f"{part.url}: not complete after {CONNECTIONS:,} connections",
            url=part.url,
            kind="incomplete",
            transient=True,
        )

    async def _pause(self, fruitless: int, error: FetchError | None, tries: int) -> None:
        asked = 0.0 if error is None else error.retry_after_s or 0.0
        if error is not None and (fruitless >= tries or asked > WAIT_MAX_S):
            raise error
        await self._sleep(max(asked, min(PAUSE_S * 2 ** max(fruitless - 1, 0), PAUSE_MAX_S)))


class _Part:
    """A file on disk that may be a partial download."""

    def __init__(self, folder: Path, url: str) -> None:
        name = unquote(ada_url.URL(url).pathname).rpartition("/")[2]
        name = re.sub(r"[^\w.-]", "_", name).strip(".")[-150:] or "file"
        self.url = url
        self.folder = folder
        self.path = folder / name
        self.file = folder / f"{name}.part"
        self._note = folder / f"{name}.part.json"
        self._validator = self._read_note()

    def _read_note(self) -> str:
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ""
        return (
            str(note.get("validator", "")) if isinstance(note, dict) and note.get("url") == self.url else ""
        )

    @property
    def size(self) -> int:
        """Number of bytes on disk behind which a download can resume; 0 if it is not known of which version they
        are.
        """
        try:
            return self.file.stat().st_size if self._validator else 0
        except OSError:
            return 0

    def is_resumable(self) -> bool:
        """Whether at least a part of the file need not be downloaded again."""
        return self.size > 0 or self.path.exists()

    @property
    def validator(self) -> str:
        """What identifies the version of the file on disk: a strong ETag, else Last-Modified; empty if the server sent
        neither.
        """
        return self._validator

    def conditions(self) -> dict[str, str]:
        """Request headers that ask for the rest of this version, or for the whole file if it has changed."""
        return {"Range": f"bytes={self.size}-", "If-Range": self._validator} if self.size else {}

    def begin(self, validator: str) -> None:
        """Delete what is on disk, and start again with the version that ``validator`` identifies."""
        self.reset()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._validator = validator
        # Written before the first byte: without this note a part is not resumed.
        self._note.write_text(json.dumps({"url": self.url, "validator": validator}), encoding="utf-8")

    def reset(self) -> None:
        """Delete the part of the file that is on disk."""
        self.file.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)
        self._validator = ""

    def finish(self) -> None:
        """Rename the partial file to the complete one, once its bytes are safely on disk."""
        with self.file.open("rb+") as handle:
            os.fsync(handle.fileno())
        self.file.replace(self.path)
        self._note.unlink(missing_ok=True)


class _Receiver:
    """Writes one response into a part file. Standard: RFC 9110 14 (ranges), 13.1.5 (If-Range)."""

    def __init__(self, part: _Part, key: str, budget: DiskBudget, *, own: bool) -> None:
        self._part = part
        self._key = key
        self._budget = budget
        self._own = own

    async def receive(self, head: Head, response: Response, wire: Wire) -> None:
        """Append the body to the partial file, or start the file again. Raises: FetchError, _AgainError,
        _NoRoomError.
        """
        if head.status == 416 and self._is_complete(head):
            return
        try:
            total = self._begin(head)
            self._part.file.touch()
        except OSError as exc:
            raise _unwritable(head, self._part.folder, exc) from exc
        if not self._budget.reserve(self._key, total or self._part.size, url=head.url):
            raise _NoRoomError(total)
        await self._write(head, response, total, wire)
        size = self._part.file.stat().st_size
        if total and size != total:
            raise head.error("incomplete", f"{size:,} of {total:,} bytes came", transient=True)

    def _is_complete(self, head: Head) -> bool:
        match = _RANGE.fullmatch(head.get("content-range").strip())
        if self._part.size and match and match[3] == str(self._part.size):
            return True
        self._delete()
        return False

    def _delete(self) -> None:
        had = self._part.size
        self._part.reset()
        if had:
            raise _AgainError

    def _begin(self, head: Head) -> int:
        """Prepare the partial file for the body of this response; returns the size of the whole file, 0 if unknown."""
        if head.status == 206:
            total = self._resume(head)
            if not self._part.size:
                self._part.begin(_strong(head))
            return total
        if head.status == 403:
            raise head.error(
                "blocked",
                "the server refuses us (403) and is not asked again; try again tomorrow",
                transient=True,
                retry_after_s=BLOCKED_S,
            )
        refuse_status(head, LIMITS, own=self._own)
        length = head.get("content-length")
        self._part.begin(_strong(head))
        return int(length[:20]) if length.isdecimal() else 0

    def _resume(self, head: Head) -> int:
        match = _RANGE.fullmatch(head.get("content-range").strip())
        etag = head.get("etag")
        other = etag and self._part.validator.startswith('"') and etag != self._part.validator
        if not match or match[1] != str(self._part.size) or other:
            self._delete()
            raise head.error(
                "bad_response", "the server sent another range of the file than was asked for", transient=True
            )
        return int(match[3][:20]) if match[3] != "*" else 0

    async def _write(self, head: Head, response: Response, total: int, wire: Wire) -> None:
        waiting = bytearray()
        packed = self._part.path.name.endswith(".gz")
        with FileIO(self._part.file, "ab") as file:
            try:
                async for piece in response.aiter_stream():
                    waiting += piece
                    wire.body_bytes += len(piece)
                    if packed and file.tell() == 0 and len(waiting) >= 2 and waiting[:2] != b"\x1f\x8b":
                        waiting.clear()
                        raise head.error("not_gzip", "not a gzip file, whatever its name says")
                    if len(waiting) >= _WRITE_BYTES:
                        await asyncio.to_thread(_write, file, bytes(waiting), head)
                        waiting.clear()
                        self._grow(head, file.tell(), total)
            finally:
                _write(file, bytes(waiting), head)

    def _grow(self, head: Head, size: int, total: int) -> None:
        """Reserve more disk space while a file of unknown size grows. Raises: FetchError."""
        if not total and not self._budget.reserve(self._key, size, url=head.url):
            what = "no disk space left for the file, whose size the server did not tell"
            raise head.error("disk_full", what, transient=True)


def _strong(head: Head) -> str:
    """The value for If-Range that identifies this version: a strong ETag, else its date; empty if the response has
    neither.
    """
    etag = clean_validator(head.get("etag"), LIMITS) or ""
    return etag if etag.startswith('"') else clean_validator(head.get("last-modified"), LIMITS) or ""


def _write(file: FileIO, data: bytes, head: Head) -> None:
    view = memoryview(data)
    try:
        while view:
            view = view[file.write(view) :]
    except OSError as exc:
        raise _unwritable(head, Path(str(file.name)).parent, exc) from exc


def _unwritable(head: Head, folder: Path, exc: OSError) -> FetchError:
    return head.error("disk_full", f"cannot be written to {folder}: {exc.strerror}", transient=True)


def _agrees(file: Path, digest: str) -> bool:
    name, _, value = digest.partition(":")
    with file.open("rb") as handle:
        made = hashlib.file_digest(handle, name.lower())
    if len(value) == 2 * made.digest_size:
        return made.hexdigest() == value.lower()
    return made.digest() == b32decode(value.upper() + "=" * (-len(value) % 8))
