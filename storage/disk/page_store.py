"""The archive of raw pages: WARC files that any tool can read, from which pages are judged again after a change of
rules.

Each process writes one file a day and never appends to the file of another process. So a killed process leaves at most
one incomplete record, at the end of a file to which nothing is appended any more.

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
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO

from fivegwatch.extractors.errors import StorageError
from fivegwatch.extractors.model import Origin, Page
from fivegwatch.storage.disk.files import disk_errors, put_file, sync_folder
from fivegwatch.storage.disk.layout import Layout

if TYPE_CHECKING:
    from warcio.statusandheaders import StatusAndHeaders

SOFTWARE = "fivegwatch/0.1 (https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/)"
NAME = re.compile(r"(\d{4}-\d{2})/fivegwatch-(\d{8})-\d+(?:\.\d+)?-[0-9a-f]{8}\.warc\.gz")
RECORD_MAX = 64 * 1024 * 1024
"""Maximum size of an unpacked record in bytes. Our limits keep a page under 5 MiB, so a larger record is not ours."""
_PHRASES = {int(status): status.phrase for status in HTTPStatus}
_OWN_FIELDS = frozenset({"content-type", "etag", "last-modified", "content-length"})
"""HTTP headers whose values come from fields and body of the `Page`, not from the headers stored in it."""
_CODINGS = frozenset({"content-encoding", "transfer-encoding"})
"""HTTP headers that are not archived, because they describe a coded body and the body is stored decoded."""


def _unreadable() -> tuple[type[Exception], ...]:
    # warcio is imported where it is used: a run that finds nothing new must not wait for it.
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.statusandheaders import StatusAndHeadersParserException

    return (
        ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, ValueError, TypeError, zlib.error
    )  # fmt: skip


class Archive:
    """Appends pages to the archive. A context manager; call `flush` before you write a batch that refers to the
    pages.
    """

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
        """Write ``page`` and return its reference (``file@offset`` in bytes). It is durable after ``flush``.

        Raises: StorageError when the archive cannot be written.
        """
        with disk_errors(self._root, "archive a page"):
            handle = self._open()
            offset = handle.tell()
            handle.write(_response_member(page))
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
        self._file.write(_info_member(path.name, datetime.now(UTC)))
        sync_folder(path.parent)
        return self._file


class ArchivePart:
    """An archive file in memory, for a worker that has no access to the archive.

    The name of the file consists of the UTC day of ``moment``, ``position``, ``inner`` (for several parts with one
    position) and ``number`` (up to 8 hex digits). The same pages in the same order give the same bytes and the same
    name.
    """

    def __init__(self, *, moment: datetime, number: str, position: int, inner: int = 0) -> None:
        day = moment.astimezone(UTC).date()
        part = f"{position}.{inner}" if inner else f"{position}"
        self.name = f"{day:%Y-%m}/fivegwatch-{day:%Y%m%d}-{part}-{number[:8]}.warc.gz"
        self._content = io.BytesIO()
        self._content.write(_info_member(self.name.partition("/")[2], moment))
        self.pages = 0

    def append(self, page: Page) -> str:
        """Add ``page`` and return its reference in the archive (``file@offset`` in bytes)."""
        offset = self._content.tell()
        self._content.write(_response_member(page))
        self.pages += 1
        return f"{self.name}@{offset}"

    def content(self) -> bytes:
        """The bytes of the archive file."""
        return self._content.getvalue()


def put_part(layout: Layout, name: str, content: bytes) -> None:
    """Write a complete archive file durably into the archive; an existing file of that name is replaced.

    Raises: StorageError when the archive cannot be written, or ``name`` is not the name of an archive file.
    """
    if not NAME.fullmatch(name):
        raise StorageError(f"{name} is not the name of an archive file", path=name, kind="not_archived")
    path = layout.raw / name
    with disk_errors(layout.raw, "archive pages"):
        path.parent.mkdir(parents=True, exist_ok=True)
        put_file(path, content)


def read_page(layout: Layout, ref: str) -> Page:
    """The archived page that ``ref`` (``file@offset``) names, with origin ``archive``.

    Raises: StorageError (kind ``not_archived``) when the file was removed by `sweep`, the record is incomplete, or
    ``ref`` is not a reference.
    """
    name, _, offset = ref.rpartition("@")
    if not NAME.fullmatch(name) or not offset.isdecimal():
        raise _not_archived(ref, "it is not a reference into the archive")
    try:
        with (layout.raw / name).open("rb") as handle:
            handle.seek(int(offset))
            return _page(handle, ref)
    except FileNotFoundError as exc:
        raise _not_archived(ref, "its file is gone (retention)") from exc
    except _unreadable() as exc:
        raise _not_archived(ref, f"its record cannot be read ({exc})") from exc


def sweep(layout: Layout, keep_days: int, *, today: date | None = None) -> int:
    """Remove archive files of days that are more than ``keep_days`` before ``today``; returns the number of files
    removed.
    """
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


def _info_member(name: str, now: datetime) -> bytes:
    fields = {"WARC-Date": _stamp(now), "WARC-Filename": name}
    content = f"software: {SOFTWARE}\r\nformat: WARC File Format 1.1\r\n".encode()
    return _member("warcinfo", fields, content)


def _response_member(page: Page) -> bytes:
    headers = [
        ("Content-Type", page.content_type),
        ("ETag", page.etag),
        ("Last-Modified", page.last_modified),
        *((name, value) for name, value in page.headers if name.lower() not in _OWN_FIELDS | _CODINGS),
        ("Content-Length", str(len(page.body))),
    ]
    status = f"{page.status} {_PHRASES.get(page.status, '')}"
    from warcio.statusandheaders import StatusAndHeaders

    http = StatusAndHeaders(
        status, [(name, _one_line(value)) for name, value in headers if value], "HTTP/1.1"
    )
    as_given = {
        "requested_url": page.requested_url,
        "content_type": page.content_type,
        "moved_to": page.moved_to,
        "origin": [page.origin.kind, page.origin.locator],
    }
    fields = {
        "WARC-Date": _stamp(page.captured_at),
        "WARC-Target-URI": page.final_url,
        "WARC-Payload-Digest": _digest(page.body),
        # WARC allows fields of one's own; readers skip those they do not know.
        "X-Fivegwatch": json.dumps(as_given),
    }
    return _member("response", fields, page.body, http)


def _member(kind: str, fields: dict[str, str], content: bytes, http: StatusAndHeaders | None = None) -> bytes:
    """A WARC record as one gzip member; equal arguments give equal bytes, so a repeated backfill rewrites its file."""
    named = {"WARC-Type": kind} | {name: _one_line(value) for name, value in fields.items()}
    identity = uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(named.values()))
    from warcio.warcwriter import WARCWriter

    plain = io.BytesIO()
    writer = WARCWriter(plain, gzip=False, warc_version="1.1")
    record = writer.create_warc_record(
        "",
        kind,
        payload=io.BytesIO(content),
        length=len(content),
        warc_headers_dict=named | {"WARC-Record-ID": f"<urn:uuid:{identity}>"},
        http_headers=http,
    )
    writer.write_record(record)
    # Level 6: warcio's own level 9 takes 1.6 times the CPU for 0.8 % fewer bytes (100 real pages, 36 MB).
    packer = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packer.compress(plain.getvalue()) + packer.flush()


def _one_line(value: str) -> str:
    # A line break in a header of a hostile server must not start a header of ours.
    return re.sub(r"[\x00-\x1f\x7f]+", " ", value).encode("utf-8", "replace").decode().strip()


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _digest(content: bytes) -> str:
    return "sha256:" + base64.b32encode(hashlib.sha256(content).digest()).decode()


def _page(handle: BinaryIO, ref: str) -> Page:
    from warcio.archiveiterator import WARCIterator

    record = next(iter(WARCIterator(handle)), None)
    if record is None:
        raise ValueError("the file ends before it")
    if record.rec_type != "response" or not record.http_headers:
        raise ValueError(f"a {record.rec_type} record")
    if record.length > RECORD_MAX:
        raise ValueError("the record is too large")
    body = record.raw_stream.read()
    fields, http = record.rec_headers, record.http_headers
    if fields["WARC-Payload-Digest"] != _digest(body):
        raise ValueError("the digest does not match")
    as_given = json.loads(fields["X-Fivegwatch"])
    return Page(
        requested_url=as_given["requested_url"],
        final_url=fields["WARC-Target-URI"],
        status=int(http.get_statuscode()),
        content_type=as_given["content_type"],
        body=body,
        captured_at=datetime.fromisoformat(fields["WARC-Date"]),
        origin=Origin(kind="archive", locator=ref),
        etag=http["ETag"],
        last_modified=http["Last-Modified"],
        moved_to=as_given["moved_to"],
        headers=tuple((n.lower(), value) for n, value in http.headers if n.lower() not in _OWN_FIELDS),
    )
