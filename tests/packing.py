"""Compressed bodies for the test servers."""

from __future__ import annotations

import sys

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def zstd_pack(body: bytes) -> bytes:
    return zstd.compress(body)


def zstd_unpack_first(data: bytes) -> bytes:
    """The content of the first frame of ``data``."""
    return zstd.ZstdDecompressor().decompress(data)


def zstd_bomb(size: int) -> bytes:
    return zstd.compress(b" " * size)


def brotli_bomb(size: int) -> bytes:
    packer = brotli.Compressor(quality=1)
    parts = [packer.process(b" " * 2**20) for _ in range(size // 2**20)]
    return b"".join(parts) + packer.finish()


def zstd_pack_with(parts: list[bytes]) -> bytes:
    """The bytes of a .warc.zst: a dictionary in a skippable frame, then one frame a part."""
    known = zstd.train_dict(parts, 4_000)
    frames = [zstd.compress(part, zstd_dict=known) for part in parts]
    shared = zstd.compress(known.dict_content)
    return b"\x5d\x2a\x4d\x18" + len(shared).to_bytes(4, "little") + shared + b"".join(frames)
