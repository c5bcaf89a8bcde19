"""The page archive gives pages back unchanged, is readable by other WARC tools, and survives a killed writer."""

from __future__ import annotations

import gzip
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import warcio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.errors import StorageError
from fivegwatch.extractors.model import Origin, Page
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.page_store import Archive, ArchivePart, read_page, sweep
from tests.storage.builders import at
from tests.storage.workers import ROOT


def make_page(body: bytes = b"<html>Core</html>", **changes: Any) -> Page:
    values: dict[str, Any] = {
        "requested_url": "https://a.example/story?utm_source=x", "final_url": "https://a.example/story",
        "status": 200, "content_type": "text/html; charset=utf-8", "body": body, "captured_at": at(0),
        "origin": Origin(kind="feed", locator="example-news", rank=3), "etag": '"v1"',
        "last_modified": "Mon, 04 May 2026 11:00:00 GMT", "moved_to": None,
        "headers": (("content-language", "de"), ("x-robots-tag", "noarchive")),
    }  # fmt: skip
    return Page(**{**values, **changes})


OLD_INFO = (
    b"WARC/1.1\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:9ee7b8b3-725c-5880-8fe4-4e08380c52f7>\r\n"
    b"WARC-Date: 2026-05-04T00:00:00.000000Z\r\nWARC-Filename: fivegwatch-20260504-7-0123abcd.warc.gz\r\n"
    b"Content-Type: application/warc-fields\r\nContent-Length: 30\r\n\r\n"
    b"format: WARC File Format 1.1\r\n\r\n\r\n"
)
OLD_RESPONSE = (
    b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:36cec418-c92a-58e0-bef9-8eb0651b66a9>\r\n"
    b"WARC-Date: 2026-05-04T12:00:00.250000Z\r\nWARC-Target-URI: https://a.example/story\r\n"
    b"WARC-Payload-Digest: sha256:7UUN5UTMUNR4AOCX66S7CUEQPAOAKBY7MZKROXNPFQ7LSMH4CIRA====\r\n"
    b"WARC-Block-Digest: sha256:HTQ7HAMUFQBFUDGU3XXCSH22JGILT54C5CHKA6GXADOJQ6I2X65A====\r\n"
    b'X-Fivegwatch: {"requested_url": "https://a.example/story?utm_source=x", "content_type":'
    b' "text/html; charset=utf-8", "moved_to": null, "origin": ["feed", "example-news"]}\r\n'
    b"Content-Type: application/http;msgtype=response\r\nContent-Length: 209\r\n\r\n"
    b'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nETag: "v1"\r\n'
    b"Last-Modified: Mon, 04 May 2026 11:00:00 GMT\r\ncontent-language: de\r\nx-robots-tag: noarchive\r\n"
    b"Content-Length: 25\r\n\r\n<html>Kern f\xc3\xbcr 5G</html>\r\n\r\n"
)
"""Records as version 0.1 wrote them, before warcio did."""


def archived(layout: Layout, *given: Page) -> list[str]:
    with Archive(layout) as archive:
        return [archive.append(page) for page in given]


def as_read(page: Page, ref: str) -> Page:
    """The page as the archive gives it back: the same, but from the archive."""
    values = {name: getattr(page, name) for name in Page.__dataclass_fields__}
    return Page(**{**values, "origin": Origin(kind="archive", locator=ref)})


def bodies(layout: Layout) -> list[bytes]:
    """The bodies of all whole pages in the archive, oldest file first, as another WARC tool reads them."""
    read = []
    for path in sorted(layout.raw.glob("*/*.warc.gz")):
        with path.open("rb") as handle:
            for record in warcio.ArchiveIterator(handle, check_digests=True):
                body = record.raw_stream.read()
                if record.rec_type == "response" and record.digest_checker.passed:
                    read.append(body)
    return read


def test_a_page_comes_back_by_its_reference_as_it_went_in(layout: Layout) -> None:
    given = [make_page(), make_page(b"", status=204), make_page(bytes(range(256)) * 999, etag=None)]
    refs = archived(layout, *given)
    assert len(set(refs)) == 3
    for page, ref in zip(given, refs, strict=True):
        assert read_page(layout, ref) == as_read(page, ref)
    assert bodies(layout) == [page.body for page in given]


def test_pages_archived_by_version_0_1_are_read(layout: Layout) -> None:
    name = "2026-05/fivegwatch-20260504-7-0123abcd.warc.gz"
    (layout.raw / "2026-05").mkdir(parents=True)
    info = gzip.compress(OLD_INFO, mtime=0)
    (layout.raw / name).write_bytes(info + gzip.compress(OLD_RESPONSE, mtime=0))
    ref = f"{name}@{len(info)}"
    page = make_page(
        "<html>Kern für 5G</html>".encode(), captured_at=datetime(2026, 5, 4, 12, 0, 0, 250_000, tzinfo=UTC)
    )
    assert read_page(layout, ref) == as_read(page, ref)


def test_the_same_pages_give_the_same_file_for_a_part(layout: Layout) -> None:
    parts = [ArchivePart(moment=at(0), number="0123abcd", position=7) for _ in range(2)]
    assert parts[0].append(make_page()) == parts[1].append(make_page())
    assert parts[0].content() == parts[1].content()


line = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    body=st.binary(max_size=3000),
    status=st.integers(100, 599),
    content_type=st.text(max_size=30),
    moved_to=st.none() | line,
    moment=st.datetimes(datetime(1996, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
)
def test_any_page_comes_back_unchanged(
    layout: Layout, body: bytes, status: int, content_type: str, moved_to: str | None, moment: datetime
) -> None:
    page = make_page(
        body, status=status, content_type=content_type, moved_to=moved_to, captured_at=moment, headers=()
    )
    (ref,) = archived(layout, page)
    assert read_page(layout, ref) == as_read(page, ref)


def test_a_header_with_line_breaks_cannot_forge_a_record(layout: Layout) -> None:
    evil = "text/html\r\n\r\nWARC/1.1\r\nWARC-Type: response"
    page = make_page(content_type=evil, headers=(("x-robots-tag", "a\r\nWARC-Type: metadata\r\n\r\nb"),))
    (ref,) = archived(layout, page)
    assert read_page(layout, ref).content_type == evil
    assert bodies(layout) == [page.body]


def test_other_tools_read_the_archive(layout: Layout) -> None:
    archived(layout, make_page(), make_page(b"second"))
    (path,) = layout.raw.glob("*/*.warc.gz")
    with path.open("rb") as handle:
        read = []
        for record in warcio.ArchiveIterator(handle, check_digests="raise"):
            if record.rec_type == "response":
                assert record.rec_headers["WARC-Target-URI"] == "https://a.example/story"
                assert record.http_headers.get_statuscode() == "200"
                assert record.http_headers.get_header("Content-Type") == "text/html; charset=utf-8"
                read.append(record.content_stream().read())
    assert read == [b"<html>Core</html>", b"second"]
    assert gzip.decompress(path.read_bytes()).startswith(b"WARC/1.1\r\nWARC-Type: warcinfo\r\n")


def test_a_writer_killed_in_mid_record_leaves_everything_before_readable(layout: Layout) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from fivegwatch.storage.disk.layout import Layout;"
        "from fivegwatch.storage.disk.page_store import Archive;"
        "from tests.storage.disk.test_page_store import make_page;"
        "archive = Archive(Layout.for_database(Path(sys.argv[1])));"
        "refs = [archive.append(make_page(os.urandom(50_000))) for _ in range(3)]; archive.flush();"
        "print(*refs, flush=True); [archive.append(make_page(os.urandom(50_000))) for _ in range(3)];"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(layout.link)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    refs = done.stdout.split()
    (path,) = layout.raw.glob("*/*.warc.gz")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(refs[2].split("@")[1]) + 1000])
    assert len(bodies(layout)) == 2
    assert read_page(layout, refs[1]).status == 200
    with pytest.raises(StorageError) as caught:
        read_page(layout, refs[2])
    assert caught.value.kind == "not_archived"


def test_two_writers_never_share_a_file(layout: Layout) -> None:
    with Archive(layout) as one, Archive(layout) as two:
        refs = [one.append(make_page()), two.append(make_page()), one.append(make_page(b"3"))]
    assert refs[0].split("@")[0] == refs[2].split("@")[0] != refs[1].split("@")[0]
    assert len(bodies(layout)) == 3


def test_a_new_day_begins_a_new_file_and_old_days_are_swept(layout: Layout) -> None:
    kept = []
    for day in (date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 31)):
        with Archive(layout, today=day) as archive:
            kept.append(archive.append(make_page()))
    assert [ref[:7] for ref in kept] == ["2026-04", "2026-05", "2026-05"]
    assert sweep(layout, 30, today=date(2026, 5, 31)) == 1
    with pytest.raises(StorageError, match="retention"):
        read_page(layout, kept[0])
    assert read_page(layout, kept[1]).status == 200
    assert not (layout.raw / "2026-04").exists()


@pytest.mark.parametrize(
    "ref", ["", "x", "../../../etc/passwd@0", "2026-05/../../x.warc.gz@0", "/etc/passwd@0", "2026-05/x@-1"]
)
def test_only_references_into_the_archive_are_followed(layout: Layout, ref: str) -> None:
    with pytest.raises(StorageError, match="not a reference"):
        read_page(layout, ref)


def test_a_reference_to_the_middle_of_a_record_is_refused(layout: Layout) -> None:
    (ref,) = archived(layout, make_page())
    name, _, offset = ref.rpartition("@")
    for wrong in (0, int(offset) + 1, 10**9):
        with pytest.raises(StorageError):
            read_page(layout, f"{name}@{wrong}")


def test_damage_to_a_record_is_noticed(layout: Layout) -> None:
    (ref,) = archived(layout, make_page(b"A" * 500))
    path = layout.raw / ref.split("@")[0]
    content = bytearray(path.read_bytes())
    content[-30] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(StorageError):
        read_page(layout, ref)


def test_an_archive_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    layout = Layout.for_database(tmp_path / "corpus.duckdb")
    layout.root.mkdir()
    layout.raw.write_text("in the way")
    with Archive(layout) as archive, pytest.raises(StorageError, match="raw"):
        archive.append(make_page())
