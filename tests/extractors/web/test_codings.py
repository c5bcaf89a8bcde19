"""Content codings are undone within bounds, or refused."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.web.codings import (
    CodingError,
    Decoding,
    TooMuchError,
    decoded,
    packed_by,
    parse_codings,
)
from tests.packing import zstd_pack

PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd_pack,
}
CAP = 2**20


def undone(packed: bytes, codings: tuple[str, ...], step: int, cap: int = CAP) -> bytes:
    decoding = Decoding(codings, cap)
    parts = [packed[at : at + step] for at in range(0, len(packed), step)]
    body = b"".join(piece for part in parts for piece in decoding.feed(part))
    decoding.finish()
    return body


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=3000), st.lists(st.sampled_from(sorted(PACK)), max_size=2), st.integers(1, 500))
def test_a_packed_body_is_restored_whatever_pieces_it_comes_in(
    body: bytes, codings: list[str], step: int
) -> None:
    packed = body
    for coding in codings:
        packed = PACK[coding](packed)
    assert undone(packed, tuple(codings), step) == body


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2000), st.sampled_from(sorted(PACK)))
def test_any_bytes_are_decoded_or_refused(junk: bytes, coding: str) -> None:
    with contextlib.suppress(CodingError, TooMuchError):
        undone(junk, (coding,), 100)


@pytest.mark.parametrize("coding", PACK)
def test_a_bomb_is_stopped_close_to_the_cap(coding: str) -> None:
    packed = PACK[coding](b" " * 16 * CAP)
    made = 0
    with pytest.raises(TooMuchError):
        for piece in Decoding((coding,), CAP).feed(packed):
            made += len(piece)
    assert made <= CAP


@pytest.mark.parametrize("coding", PACK)
def test_a_body_that_is_cut_short_is_refused(coding: str) -> None:
    with pytest.raises(CodingError):
        undone(PACK[coding](bytes(range(256)) * 40)[:-6], (coding,), 100)


def test_a_chain_of_codings_is_stopped_if_an_intermediate_step_is_too_large() -> None:
    hollow = gzip.compress(b"\x78\x9c" + b"\x00\x00\x00\xff\xff" * CAP)
    with pytest.raises(TooMuchError):
        undone(hollow, ("deflate", "gzip"), 1000)


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_members_are_joined_and_padding_is_ignored(step: int) -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 50 + b"\x1f\x8b"
    assert undone(packed, ("gzip",), step) == b"one two"


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_raw_deflate_is_recognised(step: int) -> None:
    assert undone(zlib.compress(b"raw" * 100)[2:-4], ("deflate",), step) == b"raw" * 100


@pytest.mark.parametrize(
    ("header", "codings"),
    [("", ()), ("identity", ()), ("GZIP", ("gzip",)), ("x-gzip , br", ("gzip", "br")), ("gzip,,", ("gzip",)),
     ("gzip;q=1.0", ("gzip",)), ("br; q=1", ("br",)), ("deflate, identity", ("deflate",)), ("gzip, UTF-8", ("gzip",)),
     ("utf-8", ()), ("none", ()), ("binary", ()), ("8bit", ()), ("text/html", ()), ("aws-chunked", ()), ("*", ())],
)  # fmt: skip
def test_mistakes_in_a_content_encoding_header_are_tolerated(header: str, codings: tuple[str, ...]) -> None:
    assert parse_codings(header, at_most=2) == codings


@pytest.mark.parametrize(
    "header", ["compress", "x-bzip2", "gzip, gzip, gzip", "gzip, xz", ", ".join(["gzip"] * 100)]
)
def test_unsupported_codings_and_long_chains_are_refused(header: str) -> None:
    with pytest.raises(CodingError):
        parse_codings(header, at_most=2)


@pytest.mark.parametrize(
    ("body", "coding"),
    [(gzip.compress(b"<p>"), "gzip"), (zstd_pack(b"<p>"), "zstd"), (b"<p>", ""), (b"\x1f", ""), (b"", "")],
    ids=["gzip", "zstd", "plain", "cut", "empty"],  # an id must not hold the time that gzip writes
)
def test_the_coding_of_a_body_is_recognised_by_its_first_bytes(body: bytes, coding: str) -> None:
    assert packed_by(body) == coding
    assert decoded(body, coding, at_most=1, cap=100) == (b"<p>" if coding else body)
