"""Extract articles: HTML files in, JSON lines out, in the same order.

For a folder, all HTML files in it are read; `-` reads one page from standard input; `.html.gz` is unpacked.
A file without an article gives a line with "error" and the reason, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fivegwatch.extractors.errors import ExtractionError, FetchError, SettingsError
from fivegwatch.extractors.limits import LIMITS, MIB
from fivegwatch.extractors.model import Article, Origin, Page
from fivegwatch.extractors.web.urls import web_address
from fivegwatch.flows.printing.lines import json_line
from fivegwatch.sources.files.given import UnusableFileError, check_regular, given_bytes

EXAMPLE = """examples:
  fivegwatch extract page.html
  fivegwatch extract pages/html --url-from pages/manifest.tsv > articles.jsonl"""
SUFFIXES = (".html", ".htm", ".xhtml", ".html.gz", ".htm.gz")
AT_ONCE = 16
FILE_BYTES = 64 * MIB
"""Far more bytes than any page may have; a larger file was surely named by mistake."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `extract` to ``parser``."""
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="HTML files or folders, or - for standard input"
    )
    parser.add_argument(
        "--url-from",
        metavar="TSV",
        type=Path,
        help="addresses of the pages: a tab-separated file with the columns file and url",
    )
    parser.add_argument("--url", default="", help="the address of the page, if only one is given")


def run(args: argparse.Namespace) -> int:
    """Extract the articles of all files and print them."""
    if args.url and (why := bad_address(args.url)):
        raise SettingsError(f"--url: {why}", key="--url")
    urls = _urls(args.url_from) if args.url_from else {}
    return asyncio.run(_extract(list(_files(args.paths)), urls, args.url))


async def _extract(files: list[str], urls: dict[str, str], url: str) -> int:
    """Print a line for each file, in order, while child processes already read the next few."""
    from fivegwatch.extractors.articles.article import extract_article
    from fivegwatch.flows.workers.bounded_pool import Pool

    failed = 0
    with Pool() as pool:

        async def one(name: str) -> tuple[Page, Article | ExtractionError]:
            page = read_page(name, urls.get(Path(name).name) or url)
            if why := bad_address(page.final_url):
                where = f"--url-from: {why}"
                return page, ExtractionError(where, url=page.final_url, kind="bad_url")
            try:
                article = await pool.run(extract_article, page, timeout_s=LIMITS.page_extract_s, url=name)
            except ExtractionError as error:
                return page, error
            return page, article

        for start in range(0, len(files), AT_ONCE):
            names = files[start : start + AT_ONCE]
            for name, (page, outcome) in zip(names, await asyncio.gather(*map(one, names)), strict=True):
                failed += isinstance(outcome, ExtractionError)
                print(json_line(_line(name, page, outcome)))
    return 1 if failed else 0


def _line(name: str, page: Page, article: Article | ExtractionError) -> dict[str, Any]:
    if isinstance(article, ExtractionError):
        return {"file": name, "url": page.requested_url, "error": article.kind, "message": str(article)}
    return {
        "file": name,
        "url": page.requested_url,
        "canonical_url": article.url,
        "title": article.title,
        "authors": list(article.authors),
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "language": article.language,
        "site": article.site,
        "text": article.text,
        "quality": list(article.quality),
    }


def _files(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        if path != "-" and Path(path).is_dir():
            files = sorted(str(file) for file in Path(path).iterdir() if file.name.endswith(SUFFIXES))
            if not files:
                raise SettingsError(f"{path}: no file in it ends with {', '.join(SUFFIXES)}", key="PATH")
            yield from files
        else:
            yield path


def read_page(name: str, url: str) -> Page:
    """The HTML file ``name`` (``-``: standard input), as if it had been fetched from ``url`` just now.

    Raises:
        SettingsError: the file cannot be read.
    """
    address = url or f"https://unknown.invalid/{quote(os.fsencode(Path(name).name))}"
    return Page(
        requested_url=address,
        final_url=address,
        status=200,
        content_type="text/html",
        body=_read(name),
        captured_at=datetime.now(UTC),
        origin=Origin(kind="archive", locator=name),
    )


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        body = given_bytes(Path(name), most=FILE_BYTES)
        return _unpacked(body) if name.endswith(".gz") else body
    except (OSError, EOFError, zlib.error, UnusableFileError) as exc:
        raise SettingsError(f"{name}: cannot be read: {exc}", key="PATH") from exc


def _unpacked(body: bytes) -> bytes:
    """The unpacked content of a gzip file, cut one byte above the limit for pages, so that it is refused for its
    size.
    """
    with gzip.open(io.BytesIO(body)) as stream:
        return stream.read(LIMITS.page_body + 1)


def bad_address(url: str) -> str:
    """Why ``url`` cannot be the address of a page; empty if it can."""
    try:
        web_address(url)
    except FetchError as error:
        return str(error)
    return ""


def _urls(file: Path) -> dict[str, str]:
    """The URL of each file, by file name without folders, read from ``file``."""
    try:
        check_regular(file)
        with file.open(encoding="utf-8-sig", newline="") as stream:
            csv.field_size_limit(1 << 24)
            rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
            if not {"file", "url"} <= set(rows.fieldnames or ()):
                raise SettingsError(f"{file}: needs the tab-separated columns file and url in its first line")
            return {Path(row["file"]).name: row["url"] for row in rows if row["file"] and row["url"]}
    except (OSError, UnicodeDecodeError, UnusableFileError, csv.Error) as exc:
        raise SettingsError(f"{file}: cannot be read: {exc}", key="--url-from") from exc
