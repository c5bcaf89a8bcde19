"""Our own archive of raw pages, in WARC files: any tool reads them, and new rules can judge them again.

One file a day and process, never appended to by another one: a process that is killed leaves at most one
torn record, at the end of a file nobody writes to again.

Standard: WARC 1.1 (ISO 28500:2017), one gzip member a record (annex D).
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import uuid
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from types import TracebackType
from typing import BinaryIO

from fivegwatch.extractors.errors import StorageError
from fivegwatch.extractors.model import Origin, Page
from fivegwatch.storage.disk.files import disk_errors, put_file, sync_folder
from fivegwatch.storage.disk.layout import Layout

SOFTWARE = "fivegwatch/0.1 (https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/)"
NAME = re.compile(r"(\d{4}-\d{2})/fivegwatch-(\d{8})-\d+(?:\.\d+)?-[0-9a-f]{8}\.warc\.gz")
# A page is at most 5 MiB by our limits; anything that unpacks to far more is not ours.
RECORD_MAX = 64 * 1024 * 1024
_PHRASES = {int(status): status.phrase for status in HTTPStatus}


class Archive:
    """Appends pages. Use as a context manager; call ``flush`` before the batch that names the references."""

    def __init__(self, layout: Layout, *, today: date | None = None) -> None:
        self._root = layout.raw
        self._fixed_day = today
        self._day: date | None = None
        self._name = ""
        self._file: BinaryIO | None = None

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(self, page: Page) -> str:
        """Write ``page`` and return its reference (``file@offset``, bytes); durable after ``flush``.

        Raises: StorageError when the archive cannot be written.
        """
        with disk_errors(self._root, "archive a page"):
            handle = self._open()
            offset = handle.tell()
            handle.write(_gzip_member(_response_record(page)))
        return f"{self._name}@{offset}"

    def flush(self) -> None:
        """Make everything appended so far durable."""
        if self._file is not None:
            with disk_errors(self._root, "archive pages"):
                self._file.flush()
                os.fsync(self._file.fileno())

    def close(self) -> None:
        """Flush and close the current file. Raises: StorageError when what is left cannot be written."""
        handle, self._file = self._file, None
        if handle is not None:
            with disk_errors(self._root, "archive pages"), handle:
                handle.flush()
                os.fsync(handle.fileno())

    def _open(self) -> BinaryIO:
        today = self._fixed_day or datetime.now(UTC).date()
        if self._file is not None and today == self._day:
            return self._file
        self.close()
        self._day = today
        self._name = f"{today:%Y-%m}/fivegwatch-{today:%Y%m%d}-{os.getpid()}-{uuid.uuid4().hex[:8]}.warc.gz"
        path = self._root / self._name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("xb")
        self._file.write(_gzip_member(_info_record(path.name, datetime.now(UTC))))
        sync_folder(path.parent)
        return self._file


class ArchivePart:
    """A whole archive file in memory, for a worker that may not write into the archive itself.

    ``number`` (up to 8 hex digits), ``position`` and, where several parts share one, ``inner`` name the file of
    ``moment``'s day; the same pages in the same order give the same bytes under the same name.
    """

    def __init__(self, *, moment: datetime, number: str, position: int, inner: int = 0) -> None:
        day = moment.astimezone(UTC).date()
        place = f"{position}.{inner}" if inner else f"{position}"
        self.name = f"{day:%Y-%m}/fivegwatch-{day:%Y%m%d}-{place}-{number[:8]}.warc.gz"
        self._content = io.BytesIO()
        self._content.write(_gzip_member(_info_record(self.name.partition("/")[2], moment)))
        self.pages = 0

    def append(self, page: Page) -> str:
        """Add ``page`` and return the reference it will have (``file@offset``, bytes)."""
        offset = self._content.tell()
        self._content.write(_gzip_member(_response_record(page)))
        self.pages += 1
        return f"{self.name}@{offset}"

    def content(self) -> bytes:
        """The file's bytes."""
        return self._content.getvalue()


def put_part(layout: Layout, name: str, content: bytes) -> None:
    """Add a whole file to the archive, durably; the same file again replaces itself.

    Raises: StorageError when the archive cannot be written, or ``name`` is no name of an archive file.
    """
    if not NAME.fullmatch(name):
        raise StorageError(f"{name}: no name of an archive file", path=name, kind="not_archived")
    path = layout.raw / name
    with disk_errors(layout.raw, "archive pages"):
        path.parent.mkdir(parents=True, exist_ok=True)
        put_file(path, content)


def read_page(layout: Layout, ref: str) -> Page:
    """The archived page ``ref`` points at, with origin ``archive``.

    Raises: StorageError (kind ``not_archived``) when the file was swept, the record is torn, or ``ref`` is
    no reference.
    """
    name, _, offset = ref.rpartition("@")
    if not NAME.fullmatch(name) or not offset.isdecimal():
        raise _not_archived(ref, "it is no reference into the archive")
    try:
        with (layout.raw / name).open("rb") as handle:
            handle.seek(int(offset))
            return _page(_member(handle), ref)
    except FileNotFoundError as exc:
        raise _not_archived(ref, "its file is gone (retention)") from exc
    except (ValueError, KeyError, IndexError, zlib.error) as exc:
        raise _not_archived(ref, f"its record cannot be read ({exc})") from exc


def pages(layout: Layout) -> Iterator[Page]:
    """Every readable archived page, oldest file first; a torn record at the end of a file is left out."""
    for path in sorted(layout.raw.glob("????-??/*.warc.gz")):
        name = f"{path.parent.name}/{path.name}"
        with path.open("rb") as handle:
            while True:
                offset = handle.tell()
                try:
                    record = _member(handle)
                    if b"WARC-Type: response" in record[:400]:
                        yield _page(record, f"{name}@{offset}")
                except (ValueError, KeyError, IndexError, zlib.error):
                    break


def sweep(layout: Layout, keep_days: int, *, today: date | None = None) -> int:
    """Remove archive files of days more than ``keep_days`` ago; return how many."""
    limit = (today or datetime.now(UTC).date()) - timedelta(days=keep_days)
    removed = 0
    for path in sorted(layout.raw.glob("????-??/*.warc.gz")):
        parts = NAME.fullmatch(f"{path.parent.name}/{path.name}")
        if parts and datetime.strptime(parts.group(2), "%Y%m%d").replace(tzinfo=UTC).date() < limit:
            with disk_errors(path, "remove an old archive file"):
                path.unlink()
            removed += 1
            with suppress(OSError):
                path.parent.rmdir()
    return removed


def _not_archived(ref: str, why: str) -> StorageError:
    return StorageError(f"archived page {ref}: {why}.", path=ref, kind="not_archived")


def _gzip_member(record: bytes) -> bytes:
    # mtime 0 by hand, not gzip.compress: the same page gives the same bytes on every Python.
    packer = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packer.compress(record) + packer.flush()


def _member(handle: BinaryIO) -> bytes:
    """The gzip member at the file's position, unpacked; leaves the position after it."""
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    out = io.BytesIO()
    while not unpacker.eof:
        packed = unpacker.unconsumed_tail or handle.read(65_536)
        if not packed:
            raise ValueError("the file ends inside the record" if out.tell() else "end of file")
        out.write(unpacker.decompress(packed, 1_048_576))
        if out.tell() > RECORD_MAX:
            raise ValueError("the record is too large")
    handle.seek(-len(unpacker.unused_data), os.SEEK_CUR)
    return out.getvalue()


def _block(kind: str, fields: Iterable[tuple[str, str]], content: bytes) -> bytes:
    named = [f"{name}: {_one_line(value)}" for name, value in fields]
    # By content: a part of a backfill that is done twice is written twice alike.
    identity = uuid.uuid5(uuid.NAMESPACE_URL, "\n".join([kind, *named]))
    lines = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{identity}>",
        *named,
        f"Content-Length: {len(content)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content + b"\r\n\r\n"


def _one_line(value: str) -> str:
    # A line break in a header of a hostile server must not become a header of ours.
    return re.sub(r"[\x00-\x1f\x7f]+", " ", value).encode("utf-8", "replace").decode().strip()


def _info_record(name: str, now: datetime) -> bytes:
    fields = [
        ("WARC-Date", _stamp(now)),
        ("WARC-Filename", name),
        ("Content-Type", "application/warc-fields"),
    ]
    return _block("warcinfo", fields, f"software: {SOFTWARE}\r\nformat: WARC File Format 1.1\r\n".encode())


def _response_record(page: Page) -> bytes:
    known = {
        "content-type",
        "etag",
        "last-modified",
        "content-encoding",
        "transfer-encoding",
        "content-length",
    }
    headers = [
        ("Content-Type", page.content_type),
        ("ETag", page.etag),
        ("Last-Modified", page.last_modified),
    ]
    headers += [(name, value) for name, value in page.headers if name.lower() not in known]
    # The body is stored decoded, so the codings it travelled in are not repeated here.
    phrase = _PHRASES.get(page.status, "")
    lines = [f"HTTP/1.1 {page.status} {phrase}"]
    lines += [f"{name}: {_one_line(value)}" for name, value in headers if value]
    lines.append(f"Content-Length: {len(page.body)}")
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    aside = {
        "requested_url": page.requested_url,
        "content_type": page.content_type,
        "moved_to": page.moved_to,
        "origin": [page.origin.kind, page.origin.locator],
    }
    fields = [
        ("WARC-Date", _stamp(page.captured_at)),
        ("WARC-Target-URI", page.final_url),
        ("WARC-Payload-Digest", _digest(page.body)),
        ("WARC-Block-Digest", _digest(head + page.body)),
        # WARC allows fields of one's own; readers skip what they do not know.
        ("X-Fivegwatch", json.dumps(aside, ensure_ascii=True)),
        ("Content-Type", "application/http;msgtype=response"),
    ]
    return _block("response", fields, head + page.body)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _digest(content: bytes) -> str:
    return "sha256:" + base64.b32encode(hashlib.sha256(content).digest()).decode()


def _page(record: bytes, ref: str) -> Page:
    head, _, rest = record.partition(b"\r\n\r\n")
    fields = _fields(head)
    if fields["warc-type"] != "response":
        raise ValueError(f"a {fields['warc-type']} record")
    content = rest[: int(fields["content-length"])]
    http_head, _, body = content.partition(b"\r\n\r\n")
    headers = _fields(http_head)
    status = int(http_head.split(None, 2)[1])
    if fields["warc-payload-digest"] != _digest(body):
        raise ValueError("the digest does not fit")
    aside = json.loads(fields["x-fivegwatch"])
    shown = ("content-type", "etag", "last-modified", "content-length")
    return Page(
        requested_url=aside["requested_url"],
        final_url=fields["warc-target-uri"],
        status=status,
        content_type=aside["content_type"],
        body=body,
        captured_at=datetime.fromisoformat(fields["warc-date"]),
        origin=Origin(kind="archive", locator=ref),
        etag=headers.get("etag"),
        last_modified=headers.get("last-modified"),
        moved_to=aside["moved_to"],
        headers=tuple((name, value) for name, value in headers.items() if name not in shown),
    )


def _fields(head: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n")[1:])
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
