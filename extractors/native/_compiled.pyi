from collections.abc import Callable, Iterable

from typing_extensions import Buffer

VERSION: int

def silence(body: bytes, /) -> tuple[bytes, tuple[tuple[bytes, bool], ...], bool]: ...
def tags_out(markup: bytes, seams: bool, /) -> tuple[bytes, bool]: ...
def fold(
    text: str, table: object, longer: dict[int, tuple[int, ...]], /
) -> tuple[str, tuple[tuple[int, ...], tuple[int, ...]], int] | int: ...
def heads(markup: bytes, /) -> tuple[list[bytes], int, list[bytes]]: ...
def blanks(text: str, /) -> str: ...
def is_utf8(body: bytes, /) -> bool: ...
def word_table(words: Iterable[str], /) -> bytes: ...
def words_seen(text: str, table: bytes, /) -> tuple[set[str], str]: ...
def trie(
    words: list[str],
    firsts: Buffer,
    checks: Buffer,
    programs: list[str],
    endings: list[str],
    sets: Buffer,
    unbroken: bool,
    /,
) -> object: ...
def hits(text: str, trie: object, /) -> list[tuple[int, int, int]]: ...
def names(
    text: bytes,
    table: object,
    longer: dict[int, tuple[int, ...]],
    references: dict[str, str],
    decode: Callable[[str], str],
    spaced: object,
    unbroken: object,
    asks: bytes,
    words: bytes,
    /,
) -> tuple[set[tuple[int, int]], set[str], str, str] | None: ...
