"""``python -m benchmarks.search [--stories 50000]``: the search index beside rivals, on equal texts.

Texts of about 3 kB, words by Zipf's law, a tenth of them Chinese. Prints size and build time a story, then CPU
milliseconds (p50, p95) of questions of each kind, in process, warm; then an update of 60 stories. The rivals are a
scan, tantivy and DuckDB's fts, the last two if they are installed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import duckdb

from fivegwatch.storage.search import ask
from fivegwatch.storage.search.index import (
    PART_PAGES,
    STORIES,
    Page,
    Writer,
    connect,
    create,
    keep_common,
    transaction,
)
from fivegwatch.storage.search.syntax import parse_query
from fivegwatch.storage.search.tokens import tokens_of

VOCABULARY = 120_000
HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
START = datetime(2016, 1, 1, tzinfo=UTC)
QUESTIONS = 40
SCANS = 3


class Texts:
    """Texts made of invented words, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.words = [
            "".join(random.Random(n).choices("aeioubdfghklmnprst", k=3 + n % 7)) for n in range(VOCABULARY)
        ]
        self.weights = list(accumulate(1 / (rank + 2.7) ** 1.07 for rank in range(1, VOCABULARY + 1)))
        self.han_weights = list(accumulate(1 / (rank + 2.7) for rank in range(1, len(HAN) + 1)))

    def text(self, words: int, *, han: bool) -> str:
        if han:
            return "".join(self.chance.choices(HAN, cum_weights=self.han_weights, k=2 * words))
        return " ".join(self.chance.choices(self.words, cum_weights=self.weights, k=words))

    def page(self, number: int, of: int) -> Page:
        han = number % 10 == 0
        return Page(
            id=f"{self.chance.getrandbits(64):064x}", kind=STORIES, bucket=number % 4096, stamp=number,
            appeared_at=START + timedelta(minutes=number * 5_256_000 / of), title=self.text(11, han=han),
            url=f"https://site{number % 500}.example/{number}", site=f"site{number % 500}.example",
            language="zh-Hans" if han else ("en", "de", "fr")[number % 3], verdict="kept",
            topics=(f"T{number % 16:02d}",), countries=(("US", "CN", "DE", "GB")[number % 4],),
            body=self.text(self.chance.randrange(200, 760), han=han),
        )  # fmt: skip


def pages(texts: Texts, count: int) -> Iterator[list[Page]]:
    for start in range(0, count, 2000):
        yield [texts.page(number, count) for number in range(start, min(start + 2000, count))]


def questions(texts: Texts) -> dict[str, Callable[[], str]]:
    """Makers of a question of each kind; words are drawn as they occur, so common ones come up often."""

    def word(least: int = 20) -> str:
        return texts.words[
            min(VOCABULARY - 1, int(least * (VOCABULARY / least) ** texts.chance.random() ** 1.5))
        ]

    def common() -> str:
        return texts.words[texts.chance.randrange(60, 120)]

    return {
        "one word": word,
        "a word in a fifth of the stories": common,
        "two words": lambda: f"{word()} {word()}",
        "either of three": lambda: f"{word()} OR {word()} OR {word()}",
        "phrase": lambda: f'"{word()} {texts.words[texts.chance.randrange(20, 60)]}"',
        "phrase with one of the five commonest": lambda: (
            f'"{word(5)} {texts.words[texts.chance.randrange(5)]}"'
        ),
        "prefix": lambda: f"{word()[:5]}*",
        "Chinese, three characters": lambda: "".join(texts.chance.choices(HAN[:400], k=3)),
        "word, topic, language, year": lambda: f"{word()} topic:T07 lang:de after:2024",
        "word, without another": lambda: f"{word()} -{common()}",
        "headline": lambda: f"title:{word()}",
    }


def timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def spread(values: list[float]) -> str:
    ordered = sorted(values)
    return f"{statistics.median(ordered):8.2f} {ordered[int(0.95 * (len(ordered) - 1))]:8.2f}"


def measure(folder: Path, count: int) -> None:
    texts, index, corpus = Texts(1), folder / "x.search", duckdb.connect(str(folder / "x.duckdb"))
    corpus.execute(
        "set threads = 1; create table s (id varchar, title varchar, body varchar using compression zstd)"
    )
    con = connect(index, write=True)
    con.execute("pragma synchronous = off")
    create(con)
    spent = 0.0
    sample = [tokens_of(page.body) for some in pages(Texts(2), 1000) for page in some]
    keep_common(con, sample)
    with transaction(con):
        writer = Writer(con, pages_a_part=PART_PAGES[STORIES])
        for some in pages(texts, count):
            spent += timed(lambda some=some: writer.add(some))  # type: ignore[misc]
            columns = [
                [page.id for page in some],
                [page.title for page in some],
                [page.body for page in some],
            ]
            corpus.execute("insert into s select unnest($1), unnest($2), unnest($3)", columns)
        writer.keep_sums(STORIES, {})
    con.close()
    con = connect(index, write=False)
    print(
        f"{count:,} stories: {index.stat().st_size / count:,.0f} bytes and {spent / count:.2f} CPU ms a story to build"
    )
    print(f"\n{'CPU ms':36} {'p50':>8} {'p95':>8}   hits    scan p50")
    everything = []
    for kind, make in questions(texts).items():
        spans, hits = [], []
        asked = [make() for _ in range(QUESTIONS)]
        for text in asked:
            query = parse_query(text, now=START)
            spans.append(
                timed(lambda query=query: ask.find(con, query, limit=20, newest=False, ledger=False))
            )  # type: ignore[misc]
            hits.append(ask.find(con, query, limit=1, newest=True, ledger=False).total)
        everything += spans
        plain = [
            text.strip('"') for text in asked if ":" not in text and " OR " not in text and "-" not in text
        ]
        scan = [timed(lambda text=text: scanned(corpus, text)) for text in plain[:SCANS]]  # type: ignore[misc]
        shown = f"{statistics.median(scan):9.0f}" if scan else "        -"
        print(f"{kind:36} {spread(spans)} {statistics.median(hits):8.0f} {shown}")
    print(f"{'all':36} {spread(everything)}")
    fresh = [texts.page(count + number, count) for number in range(60)]
    con.close()
    con = connect(index, write=True)
    with transaction(con):
        print(f"\n60 new stories: {timed(lambda: Writer(con).add(fresh)):.0f} CPU ms")
    con.close()
    compare_tantivy(folder / "tantivy", corpus, texts)
    compare_fts(corpus, texts)


def scanned(corpus: duckdb.DuckDBPyConnection, words: str) -> int:
    row = corpus.execute(
        "select count(*) from s where contains(lower(body), ?)", [words.rstrip("*")]
    ).fetchone()
    return int(row[0]) if row else 0


def compare_fts(corpus: duckdb.DuckDBPyConnection, texts: Texts) -> None:
    """DuckDB's fts, which has neither phrases nor updates, on words and pairs of words."""
    try:
        import duckdb_extension_fts

        folder = Path(duckdb_extension_fts.__file__).parent
        (extension,) = folder.rglob("*.duckdb_extension")
        corpus.execute(f"load '{extension}'")
    except (ImportError, ValueError, duckdb.Error) as exc:
        print(f"\nDuckDB's fts: pip install duckdb_extension_fts, for the same version of duckdb ({exc})")
        return
    built = timed(lambda: corpus.execute("pragma create_fts_index('s', 'id', 'title', 'body')"))
    sql = (
        "select id, fts_main_s.match_bm25(id, ?, conjunctive := 1) as score from s where score is not null"
        " order by score desc limit 20"
    )
    print(f"\nDuckDB's fts: built in {built / 1000:.0f} CPU s; CPU ms p50 and p95")
    for kind in ("one word", "two words"):
        asked = [questions(texts)[kind]() for _ in range(10)]
        spans = [timed(lambda text=text: corpus.execute(sql, [text]).fetchall()) for text in asked]  # type: ignore[misc]
        print(f"{kind:36} {spread(spans)}")


def compare_tantivy(folder: Path, corpus: duckdb.DuckDBPyConnection, texts: Texts) -> None:
    """tantivy with its own tokenizer, which takes a run of Chinese characters as one word."""
    try:
        import tantivy
    except ImportError:
        print("\ntantivy: pip install tantivy")
        return
    folder.mkdir()
    schema = tantivy.SchemaBuilder()
    for name in ("title", "body"):
        schema.add_text_field(name)
    index = tantivy.Index(schema.build(), str(folder))

    def build() -> None:
        writer = index.writer(256 << 20, 1)
        rows = corpus.execute("select title, body from s")
        while some := rows.fetchmany(2000):
            for title, body in some:
                writer.add_document(tantivy.Document(title=[title], body=[body]))
        writer.commit()
        writer.wait_merging_threads()

    built = timed(build)
    index.reload()
    size, searcher = sum(path.stat().st_size for path in folder.iterdir()), index.searcher()
    print(
        f"\ntantivy: built in {built / 1000:.0f} CPU s, {size / searcher.num_docs:,.0f} bytes a story;"
        " CPU ms p50 and p95"
    )
    for kind in ("one word", "two words", "phrase", "phrase with one of the five commonest"):
        asked = [questions(texts)[kind]() for _ in range(QUESTIONS)]
        words = [text if '"' in text else " ".join(f"+{word}" for word in text.split()) for text in asked]
        spans = [
            timed(lambda text=text: searcher.search(index.parse_query(text, ["title", "body"]), 20))  # type: ignore[misc]
            for text in words
        ]
        print(f"{kind:36} {spread(spans)}")


def main() -> None:
    """Print the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=50_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), args.stories)


if __name__ == "__main__":
    main()
