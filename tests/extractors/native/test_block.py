"""The block of a trie finds in any process what it found where it was made, and a damaged one is refused."""

from __future__ import annotations

import pickle
import struct
from mmap import ACCESS_READ, mmap
from pathlib import Path
from random import Random

import pytest

from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.watchlist.scanner import Scanner
from tests.conftest import examples
from tests.extractors.native.test_search import LITERALS, PATTERNS

if compiled is None:
    pytest.skip("the package was installed without a compiler", allow_module_level=True)

TEXTS = [
    " " + " ".join(Random(seed).choices([*LITERALS, "em", "5g网络5g"], k=40)) + " " for seed in range(20)
]
HEADER = 176
"""Bytes of the header: order, version, checksum, sizes of 24 arrays, bounds."""


@pytest.fixture(scope="module")
def block() -> bytes:
    return bytes(Scanner(PATTERNS, unbroken=False).block)


def refuses(block: bytes) -> bool:
    try:
        Scanner.of_block(block, unbroken=False)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize("unbroken", [False, True])
def test_a_mapped_block_finds_what_its_maker_finds(block: bytes, unbroken: bool, tmp_path: Path) -> None:
    made = Scanner(PATTERNS, unbroken=unbroken)
    assert made.block == block, "one block serves texts with blanks and without"
    kept = tmp_path / "kept"
    kept.write_bytes(block)
    with kept.open("rb") as file:
        mapped = Scanner.of_block(mmap(file.fileno(), 0, access=ACCESS_READ), unbroken=unbroken)
    kept.unlink()  # what is mapped stays
    others = (mapped, mapped.for_script(unbroken=not unbroken).for_script(unbroken=unbroken))
    assert all(other.block is mapped.block for other in others), "a copy is not shared"
    for scanner in (*others, pickle.loads(pickle.dumps(mapped))):
        for text in TEXTS:
            assert scanner.scan(text) == made.scan(text)
    assert any(made.scan(text) for text in TEXTS)


def test_a_trie_keeps_its_block(block: bytes) -> None:
    buffer = bytearray(block)
    trie = Scanner.of_block(buffer, unbroken=False).trie
    with pytest.raises(BufferError):
        buffer.clear()
    del trie
    buffer.clear()


def test_every_change_of_the_header_is_refused(block: bytes) -> None:
    assert not refuses(block)
    for at in range(HEADER):
        for bit in range(8):
            changed = bytearray(block)
            changed[at] ^= 1 << bit
            assert refuses(bytes(changed)), f"byte {at}, bit {bit}"


def test_changed_and_cut_blocks_are_refused(block: bytes) -> None:
    random = Random(5)
    for _ in range(examples(1500)):
        changed = bytearray(block)
        for _ in range(random.choice((1, 1, 2, 9))):
            changed[random.randrange(len(block))] ^= random.randrange(1, 256)
        assert changed == block or refuses(bytes(changed))
    for _ in range(examples(500)):
        at, size = random.randrange(len(block)), random.choice((1, 4, 16, 4096))
        assert refuses(block[:at])
        assert refuses(block[at + 1 :])
        assert refuses(block[:at] + block[at + size :]) or not block[at : at + size]
        assert refuses(block[:at] + bytes(size) + block[at:])
        assert refuses(random.randbytes(at % 5000))
    zeros = block[:HEADER] + bytes(len(block) - HEADER)
    assert refuses(zeros) and refuses(b"") and refuses(block + b"\0") and refuses(block + block)


def test_blocks_of_another_version_and_byte_order_are_refused(block: bytes) -> None:
    order, version = struct.unpack_from("=II", block)
    with pytest.raises(ValueError, match="version"):
        Scanner.of_block(struct.pack("=II", order, version + 1) + block[8:], unbroken=False)
    swapped = b"".join(block[at : at + 4][::-1] for at in range(0, len(block), 4))
    with pytest.raises(ValueError, match="byte order"):
        Scanner.of_block(swapped, unbroken=False)
    with pytest.raises(ValueError, match="odd address"):
        Scanner.of_block(memoryview(b"\0" + block)[1:], unbroken=False)
