"""The index file: an SQLite database with FTS5, made of the stories and headlines of one published version.

    pages of the published version -> tokens (`tokens.py`) -> one full-text table for each period

Keys of pages are in the order of time. Each period has a table of its own, so that a search for a common word reads
only the newest ones. Two common words that stand side by side are indexed as one more token; without it, a phrase of
them would be looked for in half of all texts.

Its table ``meta`` has the ``identity`` of the version it was made from; an index of another version is never used. It
is changed under a hidden name and renamed when it is complete. `make_index` makes it and brings it up to date.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.search.tokens import PAIR, TOKENS_VERSION, common_tokens, pairs_of, tokens_of

FORMAT = f"5 {TOKENS_VERSION}"
"""Changes with the tables below and with the tokens; an index of another format is made again."""
HEADER_BYTES = 3 * 4096
"""DuckDB's three header blocks: identifier of the file, count of checkpoints, address and number of blocks."""
SLOTS = 1 << 14
"""Keys a minute. A key is the minute of a page's appearance times SLOTS, plus a number spread by its id."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
EVERY_PAGE = "doc:any"
STORIES, HEADLINES = "stories", "headlines"
PART_PAGES = {STORIES: 50_000, HEADLINES: 500_000}
"""Pages in a part of a new index. A smaller part has too few pages to tell which words are rare."""
PART_GROWTH = 3
"""An index is made again when a part has this many times `PART_PAGES`, as after a backfill of past years."""
_TOKENIZER = """tokenize = "ascii tokenchars '&:.-_/'" """
"""Our tokens are divided by blanks already; all ASCII characters that occur in them are part of a token."""
_SCHEMA = """
create table meta(name text primary key, value) without rowid;
create table docs(
    key integer primary key, kind text, bucket integer, stamp integer, id text, appeared integer,
    title text, url text, site text, language text, verdict text
);
create index docs_bucket on docs(kind, bucket);
create table dead(key integer primary key);
create table sums(kind text, bucket integer, sum integer, primary key (kind, bucket)) without rowid;
create table parts(
    kind text, number integer, first_key integer, pages integer, primary key (kind, number)
) without rowid;
create table tags(kind text, tag text, primary key (kind, tag)) without rowid;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page to be indexed."""

    id: str
    kind: str
    """STORIES or HEADLINES."""
    bucket: int
    stamp: int
    """Hash of all that is indexed of it."""
    appeared_at: datetime | None
    title: str
    url: str
    site: str
    language: str
    verdict: str
    topics: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    body: str = ""

    @property
    def tags(self) -> list[str]:
        """Properties that a query can name, as tokens such as ``lang:de``."""
        language = self.language.lower()
        labels = self.site.lower().split(".")
        sites = [".".join(labels[at:]) for at in range(max(1, len(labels) - 1))] if self.site else []
        return [
            EVERY_PAGE,
            f"verdict:{self.verdict}",
            *(f"site:{site}" for site in sites),
            *(f"lang:{tag}" for tag in {language, language.partition("-")[0]} if tag),
            *(f"topic:{topic.lower()}" for topic in self.topics),
            *(f"country:{country.lower()}" for country in self.countries if country),
        ]


def index_path(version: Path) -> Path:
    """The path of the index of a database file: beside it, with the suffix ``.search``."""
    return version.with_suffix(".search")


def identity_of(version: Path) -> str:
    """A text that differs between any two states of database files: hash of DuckDB's headers, and the size in bytes."""
    with version.open("rb") as file:
        header = hashlib.sha256(file.read(HEADER_BYTES)).hexdigest()
    return f"{header[:32]}-{version.stat().st_size}"


def minute_of(moment: datetime) -> int:
    """Whole minutes from 2000 on; 0 for earlier moments."""
    return max(0, int((moment - EPOCH).total_seconds() // 60))


def connect(path: Path, *, write: bool) -> sqlite3.Connection:
    """A connection to an index file; transactions are begun by hand.

    Raises: StorageError when this Python's SQLite cannot search.
    """
    mode = "rwc" if write else "ro"
    con = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=5
    )
    con.execute("pragma cache_size = -65536")
    if not write:
        con.execute("pragma mmap_size = 4294967296")  # read from the kernel's cache without a copy
    if not _has_fts5(con):
        con.close()
        raise StorageError(
            f"SQLite {sqlite3.sqlite_version} of this Python has no FTS5, which search needs. Use a Python from"
            " python.org, uv or your distribution.",
            kind="missing_library",
        )
    return con


def _has_fts5(con: sqlite3.Connection) -> bool:
    return bool(con.execute("select 1 from pragma_module_list where name = 'fts5'").fetchone())


def meta_of(con: sqlite3.Connection) -> dict[str, str]:
    """The rows of ``meta`` by name; empty when the file is not an index."""
    try:
        return dict(con.execute("select name, value from meta").fetchall())
    except sqlite3.DatabaseError:
        return {}


def belongs(con: sqlite3.Connection, identity: str) -> bool:
    """Whether the index is whole, of this format, and made from the file of that identity."""
    meta = meta_of(con)
    return meta.get("format") == FORMAT and meta.get("identity") == identity


def create(con: sqlite3.Connection) -> None:
    """Make the tables of an empty index."""
    con.execute("pragma page_size = 8192")
    con.executescript(_SCHEMA)
    con.execute("insert into meta values ('format', ?), ('slack', 0), ('common', '{}')", [FORMAT])
    for kind in (STORIES, HEADLINES):
        _add_part(con, kind, 0, 0)


def common_of(con: sqlite3.Connection) -> dict[str, float]:
    """The common tokens, of which pairs are indexed, each with its share of the texts."""
    return dict(json.loads(meta_of(con)["common"]))


def keep_common(con: sqlite3.Connection, texts: Collection[Collection[str]]) -> None:
    """Choose the common tokens of an empty index from a sample of its texts, each given as its tokens."""
    con.execute("update meta set value = ? where name = 'common'", [json.dumps(common_tokens(texts))])


@dataclass(slots=True)
class Part:
    """The pages of one kind and one period, which share a full-text table."""

    table: str
    """Its full-text table."""
    first_key: int
    """Keys from this one to the first of the next part belong to it."""
    pages: int
    """Number of pages added, dead ones included."""


def parts_of(con: sqlite3.Connection, kind: str) -> list[Part]:
    """The parts of a kind, oldest first; there is at least one."""
    rows = con.execute("select number, first_key, pages from parts where kind = ? order by number", [kind])
    return [Part(f"{kind}_{number}", first_key, pages) for number, first_key, pages in rows]


def _add_part(con: sqlite3.Connection, kind: str, number: int, first_key: int) -> None:
    con.execute("insert into parts values (?, ?, ?, 0)", (kind, number, first_key))
    con.execute(
        f"create virtual table {kind}_{number} using fts5(title, body, tags, content = '', {_TOKENIZER})"
    )


@contextmanager
def transaction(con: sqlite3.Connection) -> Iterator[None]:
    """Everything in the block is written, or nothing."""
    con.execute("begin immediate")
    try:
        yield
    except BaseException:
        con.execute("rollback")
        raise
    con.execute("commit")


class Writer:
    """Adds and removes pages within the caller's transaction."""

    def __init__(self, con: sqlite3.Connection, *, pages_a_part: int | None = None) -> None:
        """``pages_a_part``: how many pages, added in the order of time, go into one part; None for no bound."""
        self._con, self._pages_a_part = con, pages_a_part
        self._parts = {kind: parts_of(con, kind) for kind in (STORIES, HEADLINES)}
        self._newest = 0
        self._tags = set(con.execute("select kind, tag from tags").fetchall())
        self._slack, self._common = int(meta_of(con)["slack"]), common_of(con)

    def remove(self, keys: Iterable[int]) -> None:
        """Remove pages. Their words stay in the full-text tables, so their keys are remembered as dead: deleting from
        a table without content needs SQLite 3.43."""
        rows = [(key,) for key in keys]
        self._con.executemany("delete from docs where key = ?", rows)
        self._con.executemany("insert into dead values (?)", rows)

    def add(self, pages: Iterable[Page]) -> None:
        """Add pages; adding them in the order of keys makes FTS5 write less."""
        keyed = sorted((self._take_key(page), page) for page in pages)
        for key, page in keyed:
            part = self._part_of(page.kind, key)
            part.pages += 1
            texts = (self._indexed(page.title), self._indexed(page.body), " ".join(page.tags))
            self._con.execute(
                f"insert into {part.table}(rowid, title, body, tags) values (?, ?, ?, ?)",  # noqa: S608 - our names
                (key, *texts),
            )
            fresh = {(page.kind, tag) for tag in page.tags} - self._tags
            self._con.executemany("insert into tags values (?, ?)", fresh)
            self._tags |= fresh
        for kind, parts in self._parts.items():
            self._con.executemany(
                "update parts set pages = ? where kind = ? and number = ?",
                [(part.pages, kind, number) for number, part in enumerate(parts)],
            )

    def _indexed(self, text: str) -> str:
        tokens = tokens_of(text)
        pairs = pairs_of(tokens, self._common)
        # A token between them, or the last word and the first pair would be side by side.
        return " ".join([*tokens, PAIR, *pairs] if pairs else tokens)

    def _part_of(self, kind: str, key: int) -> Part:
        """The part that a key belongs to, a new one if the newest is full."""
        parts = self._parts[kind]
        full = self._pages_a_part is not None and parts[-1].pages >= self._pages_a_part
        if full and key > self._newest:
            _add_part(self._con, kind, len(parts), key)
            parts.append(Part(f"{kind}_{len(parts)}", key, 0))
        self._newest = max(self._newest, key)
        return parts[bisect_right(parts, key, key=lambda part: part.first_key) - 1]

    def keep_sums(self, kind: str, sums: Mapping[int, int | None]) -> None:
        """Store the checksums of changed buckets for the next update; None for a bucket without pages."""
        for bucket, number in sums.items():
            if number is None:
                self._con.execute("delete from sums where kind = ? and bucket = ?", (kind, bucket))
            else:
                self._con.execute("insert or replace into sums values (?, ?, ?)", (kind, bucket, number))
        self._con.execute("insert or replace into meta values ('slack', ?)", [self._slack])

    def _take_key(self, page: Page) -> int:
        """A free key in the minute of the page, or the nearest later one; the page gets it in the table ``docs``."""
        minute = minute_of(page.appeared_at or EPOCH)
        key = minute * SLOTS + int(page.id[:8] or "0", 16) % SLOTS
        tries = 0
        while self._con.execute(
            "select 1 from docs where key = ?1 union all select 1 from dead where key = ?1", (key,)
        ).fetchone():
            tries += 1
            key += 1 << (tries // 8)  # ever larger steps: thousands of undated pages may share a minute
        self._slack = max(self._slack, key // SLOTS - minute)
        appeared = None if page.appeared_at is None else int(page.appeared_at.timestamp())
        self._con.execute(
            "insert into docs values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (key, page.kind, page.bucket, page.stamp, page.id, appeared, page.title, page.url, page.site,
             page.language, page.verdict),
        )  # fmt: skip
        return key
