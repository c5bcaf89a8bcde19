"""The index file: an SQLite database with FTS5 that indexes the stories and headlines of one published version.

    pages of the published version -> tokens (`tokens.py`) -> one full-text table for each period

Keys of pages are in the order of time. Each period has its own table, so that a search for a common word reads only the
newest tables. Two common words side by side are also indexed as one joined token; without it, a search for a phrase of
common words would have to examine half of all texts.

The table ``meta`` holds the ``identity`` of the version that the index was made from; an index is never used with
another version. The file is changed under a hidden name and renamed when it is complete. `make_index` makes and updates
it.
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
"""Must be changed whenever the tables below or the tokens change; an index of another format is made again."""
HEADER_BYTES = 3 * 4096
"""Size of DuckDB's three header blocks, which hold the file's identifier, the number of checkpoints, and address and
number of the blocks."""
SLOTS = 1 << 14
"""Number of keys for each minute. The key of a page is the minute of its appearance times SLOTS, plus a number below
SLOTS that is computed from its id."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
EVERY_PAGE = "doc:any"
STORIES, HEADLINES = "stories", "headlines"
PART_PAGES = {STORIES: 50_000, HEADLINES: 500_000}
"""Number of pages in each part of a new index. A smaller part would have too few pages to tell which words are rare."""
PART_GROWTH = 3
"""An index is made again when a part has this many times `PART_PAGES` pages, such as after a backfill of past years."""
_TOKENIZER = """tokenize = "ascii tokenchars '&:.-_/'" """
"""FTS5's tokenizer: our texts are already tokens divided by blanks, so all other ASCII characters belong to tokens."""
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
    """A page to be indexed."""

    id: str
    kind: str
    """STORIES or HEADLINES."""
    bucket: int
    stamp: int
    """Hash of everything that is indexed of the page."""
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
        """The page's properties that a query can name, as tokens such as ``lang:de``."""
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
    """The path of the index for a published version: beside that file, with the suffix ``.search``."""
    return version.with_suffix(".search")


def identity_of(version: Path) -> str:
    """A text that identifies the content of a database file: the hash of DuckDB's headers, and the size in bytes."""
    with version.open("rb") as file:
        header = hashlib.sha256(file.read(HEADER_BYTES)).hexdigest()
    return f"{header[:32]}-{version.stat().st_size}"


def minute_of(moment: datetime) -> int:
    """Whole minutes from the beginning of 2000 to ``moment``; 0 for earlier moments."""
    return max(0, int((moment - EPOCH).total_seconds() // 60))


def connect(path: Path, *, write: bool) -> sqlite3.Connection:
    """A connection to an index file; the caller begins transactions.

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
    """Whether the index is complete, has the current format, and was made from the database file with this
    ``identity``.
    """
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
    """The common tokens of the index, each with the share of texts that contain it. Pairs of these tokens are indexed
    as well.
    """
    return dict(json.loads(meta_of(con)["common"]))


def keep_common(con: sqlite3.Connection, texts: Collection[Collection[str]]) -> None:
    """Store the common tokens of a new index, chosen from ``texts``, a sample of the texts that it will hold, each as
    its tokens.
    """
    con.execute("update meta set value = ? where name = 'common'", [json.dumps(common_tokens(texts))])


@dataclass(slots=True)
class Part:
    """All pages of one kind and one period, which are in one full-text table."""

    table: str
    """Name of the part's full-text table."""
    first_key: int
    """The part has the keys from this one up to the first key of the next part."""
    pages: int
    """Number of pages added, including those that were removed since."""


def parts_of(con: sqlite3.Connection, kind: str) -> list[Part]:
    """The parts of this ``kind`` of pages, oldest first; there is at least one."""
    rows = con.execute("select number, first_key, pages from parts where kind = ? order by number", [kind])
    return [Part(f"{kind}_{number}", first_key, pages) for number, first_key, pages in rows]


def _add_part(con: sqlite3.Connection, kind: str, number: int, first_key: int) -> None:
    con.execute("insert into parts values (?, ?, ?, 0)", (kind, number, first_key))
    con.execute(
        f"create virtual table {kind}_{number} using fts5(title, body, tags, content = '', {_TOKENIZER})"
    )


@contextmanager
def transaction(con: sqlite3.Connection) -> Iterator[None]:
    """Run the block in one transaction: all of its changes are written, or none."""
    con.execute("begin immediate")
    try:
        yield
    except BaseException:
        con.execute("rollback")
        raise
    con.execute("commit")


class Writer:
    """Adds pages to the index and removes pages from it, within the caller's transaction."""

    def __init__(self, con: sqlite3.Connection, *, pages_a_part: int | None = None) -> None:
        """``pages_a_part``: how many pages, added in the order of time, go into one part; None for no bound."""
        self._con, self._pages_a_part = con, pages_a_part
        self._parts = {kind: parts_of(con, kind) for kind in (STORIES, HEADLINES)}
        self._newest = 0
        self._tags = set(con.execute("select kind, tag from tags").fetchall())
        self._slack, self._common = int(meta_of(con)["slack"]), common_of(con)

    def remove(self, keys: Iterable[int]) -> None:
        """Remove the pages with these keys. Their words stay in the full-text tables, and their keys are stored as
        dead, because deleting from such tables needs SQLite 3.43."""
        rows = [(key,) for key in keys]
        self._con.executemany("delete from docs where key = ?", rows)
        self._con.executemany("insert into dead values (?)", rows)

    def add(self, pages: Iterable[Page]) -> None:
        """Add ``pages``; FTS5 writes less if they are in the order of their keys."""
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
        """Store the checksums of changed buckets (groups of pages, see `pages`) for the next update; None for an empty
        bucket.
        """
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
