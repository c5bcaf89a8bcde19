"""Reading WARC files: whole, torn, damaged, packed in every way."""

from __future__ import annotations

import gzip
import random
import re
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import MIB
from fivegwatch.sources.warc.pages import WarcItem, WarcPage, read_pages
from fivegwatch.sources.warc.records import Cursor, Damage
from tests.packing import zstd_pack, zstd_unpack_first
from tests.sources.captures import (
    HTML,
    NAME,
    PACKINGS,
    numbered,
    read,
    reasons,
    record,
    urls,
)


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
def test_reading_can_begin_again_after_any_item(pack: Callable[[bytes], bytes]) -> None:
    data = b"".join(pack(part) for part in numbered(12))
    items = read(data)
    assert urls(items) == [f"https://news.example/{n}" for n in range(12)]
    for read_so_far, item in enumerate(items, 1):
        assert urls(read(data, start=item.after)) == urls(items)[read_so_far:]
    assert items[-1].after.offset == len(data)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=5), st.sampled_from(sorted(PACKINGS)))
def test_every_page_comes_back_whatever_its_size(sizes: list[int], packing: str) -> None:
    bodies = [HTML + b"x" * size for size in sizes]
    data = b"".join(PACKINGS[packing](record(body)) for body in bodies)
    assert [item.page.body for item in read(data) if isinstance(item, WarcPage)] == bodies


WHOLE: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstd_pack,
    "gzip in blocks": lambda data: b"".join(gzip.compress(data[at : at + 700]) for at in range(0, len(data), 700)),
    "zstd in blocks": lambda data: b"".join(zstd_pack(data[at : at + 911]) for at in range(0, len(data), 911)),
    "two members": lambda data: gzip.compress(data[:900]) + gzip.compress(b"") + gzip.compress(data[900:]),
}  # fmt: skip
"""Ways to pack a file as a whole: members do not end where records do."""


@pytest.mark.parametrize("pack", WHOLE.values(), ids=WHOLE)
def test_reading_can_begin_again_inside_a_member(pack: Callable[[bytes], bytes]) -> None:
    data = pack(b"".join([record(kind="warcinfo"), *numbered(12), record(status="404 Not Found")]))
    items = read(data)
    assert urls(items) == [f"https://news.example/{n}" for n in range(12)]
    assert reasons(items)[12:] == ["http_404"]
    for read_so_far, item in enumerate(items, 1):
        assert read(data, start=Cursor.parse(str(item.after))) == items[read_so_far:]
    places = [item.at for item in items]
    assert places == sorted(set(places))
    assert {item.page.origin.locator for item in items if isinstance(item, WarcPage)} == {
        f"{NAME}@{place}" for place in places[:12]
    }
    so_far = [item.read_to for item in items]
    assert so_far == sorted(so_far) and so_far[-1] == len(data)


@pytest.mark.parametrize("pack", WHOLE.values(), ids=WHOLE)
def test_a_place_names_the_member_its_record_begins_in(pack: Callable[[bytes], bytes]) -> None:
    parts = numbered(12)
    data = pack(b"".join(parts))
    for item in read(data):
        begun = unpacked_member(data[item.at.offset :])[item.at.inner :][:40]
        assert begun and parts[items_number(item)].startswith(begun)


def unpacked_member(data: bytes) -> bytes:
    if data.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(31).decompress(data)
    return zstd_unpack_first(data)


def items_number(item: WarcItem) -> int:
    assert isinstance(item, WarcPage)
    return int(item.page.final_url.rpartition("/")[2])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 3_000), min_size=1, max_size=8))
def test_members_may_end_anywhere(sizes: list[int]) -> None:
    whole, data, at = b"".join(numbered(6)), b"", 0
    for size in [*sizes, 10**6]:
        data += gzip.compress(whole[at : at + size])
        at += size
    assert urls(read(data)) == [f"https://news.example/{n}" for n in range(6)]


CURSORS = [("", Cursor()), ("0", Cursor()), ("102400", Cursor(102400)), ("0+17", Cursor(0, 17))]


@pytest.mark.parametrize(("text", "cursor"), CURSORS)
def test_a_cursor_is_kept_as_text_and_a_plain_number_is_one(text: str, cursor: Cursor) -> None:
    assert Cursor.parse(text) == cursor
    assert str(cursor) == (text or "0")


def test_zstd_with_a_dictionary_is_read() -> None:
    from tests.packing import zstd_pack_with

    parts = numbered(30)
    data = zstd_pack_with(parts)
    assert data[:4] == b"\x5d\x2a\x4d\x18"
    items = read(data)
    assert len(urls(items)) == 30
    assert urls(read(data, start=items[10].after)) == urls(items)[11:]


def test_zstd_frames_that_hold_nothing_are_passed_over() -> None:
    nothing = b"\x50\x2a\x4d\x18\x04\x00\x00\x00size"
    parts = numbered(4)
    for data in (parts, [b"".join(parts)[:700], b"".join(parts)[700:]]):
        items = read(b"".join(nothing + zstd_pack(part) for part in data))
        assert urls(items) == [f"https://news.example/{n}" for n in range(4)]
        assert (
            urls(read(b"".join(nothing + zstd_pack(part) for part in data), start=items[1].after))
            == urls(items)[2:]
        )


def test_a_byte_order_mark_costs_no_record() -> None:
    data = b"\xef\xbb\xbf" + b"".join(numbered(3))
    items = read(data)
    assert urls(items) == [f"https://news.example/{n}" for n in range(3)]
    assert items[0].offset == 3


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
def test_a_torn_end_is_told_after_all_that_came_before_it(pack: Callable[[bytes], bytes]) -> None:
    parts = [pack(part) for part in numbered(4)]
    data = b"".join(parts)[:-100]
    items = read(data)
    assert reasons(items) == ["page", "page", "page", "torn"]
    assert items[-1].offset == len(b"".join(parts[:3]))
    assert items[-1].after.offset == len(data)


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
def test_damage_in_the_middle_costs_what_it_hit_and_no_more(pack: Callable[[bytes], bytes]) -> None:
    parts = [pack(part) for part in numbered(9, size=20_000)]
    good = len(b"".join(parts[:4]))
    broken = bytearray(b"".join(parts))
    broken[good : good + 300] = b"\x1f\x8b\x08\x00garbage\x28\xb5\x2f\xfd" * 20
    items = read(bytes(broken))
    assert urls(items) == [f"https://news.example/{n}" for n in range(9) if n != 4]
    (damage,) = (item for item in items if isinstance(item, Damage))
    assert damage.reason == "corrupt"
    assert damage.offset == good
    assert damage.after.offset == len(b"".join(parts[:5]))
    assert urls(read(bytes(broken), start=damage.after)) == [f"https://news.example/{n}" for n in range(5, 9)]


def test_a_record_is_found_though_the_line_end_before_it_is_damaged() -> None:
    first, second = numbered(2, size=500)
    assert urls(read(first[:-1] + b"\0" + second))[-1] == "https://news.example/1"


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(sorted(PACKINGS)))
def test_no_damage_ends_the_reading_or_takes_an_untouched_page(draw: st.DataObject, packing: str) -> None:
    parts = [PACKINGS[packing](part) for part in numbered(6, size=500)]
    data = bytearray(b"".join(parts))
    at = draw.draw(st.integers(len(parts[0]), len(data) - 1))
    junk = draw.draw(st.binary(min_size=1, max_size=40))
    data[at : at + len(junk)] = junk
    items = read(bytes(data))
    assert all(item.after.offset >= item.offset for item in items)
    ends = [len(b"".join(parts[: n + 1])) for n in range(6)]
    whole = {
        f"https://news.example/{n}"
        for n in range(6)
        if ends[n] <= at or ends[n] - len(parts[n]) > at + len(junk)
    }
    assert whole <= set(urls(items))


def test_a_length_that_lies_does_not_swallow_the_records_behind_it() -> None:
    parts = numbered(3)
    lying = re.sub(rb"Content-Length: \d+", b"Content-Length: 50000", record())
    for pack in PACKINGS.values():
        items = read(b"".join(map(pack, (lying, *parts))))
        assert urls(items) == [f"https://news.example/{n}" for n in range(3)]
        assert reasons(items)[0] == "corrupt"


OTHER_FILES = [
    (b"filedesc://old.arc 0.0.0.0 20080430204825 text/plain 76\n", "warcio recompress"),
    (
        gzip.compress(b"filedesc://old.arc 0.0.0.0 20080430204825 text/plain 76\n", mtime=0),
        "warcio recompress",
    ),
    (b"PK\x03\x04" + bytes(40), "Unpack it"),
    (b"\x04\x22\x4d\x18" + bytes(40), "lz4 -d"),
    (b"<html>404 not found</html>", "Give a .warc"),
    (gzip.compress(b"crawl-data/CC-NEWS/2023/10/a.warc.gz\n", mtime=0), "Give a .warc.gz"),
    (b"", "Fetch it again"),
]


@pytest.mark.parametrize(("data", "remedy"), OTHER_FILES)
def test_a_file_of_another_kind_is_refused_with_the_remedy(data: bytes, remedy: str) -> None:
    with pytest.raises(FetchError, match=remedy) as caught:
        read(data)
    assert caught.value.kind == "not_warc"
    assert NAME in str(caught.value)


def packed_fast(data: bytes) -> bytes:
    return gzip.compress(data, compresslevel=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("member", "whole"), [(packed_fast, bytes), (bytes, packed_fast)], ids=["by record", "as a whole"]
)
def test_memory_does_not_grow_with_the_file_nor_with_a_bomb(
    member: Callable[[bytes], bytes], whole: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "large.warc.gz"
    story = member(record(HTML + random.Random(2).randbytes(200_000).hex().encode()))
    bomb = member(record(HTML + bytes(200 * MIB)))
    path.write_bytes(whole(story * 60 + bomb + story * 60))
    tracemalloc.start()
    items = read_pages(path, name=NAME)
    places = [(getattr(item, "reason", "page"), item.after) for item in items]
    (_,) = read_pages(path, name=NAME, start=places[-2][1])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert Counter(reason for reason, _ in places) == {"page": 120, "too_large": 1}
    assert peak < 16 * MIB
