"""The slow and obvious search: every token of every page compared with every condition of the query."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from itertools import count

from fivegwatch.storage.search.index import HEADLINES, STORIES, Page, Writer, create, keep_common, transaction
from fivegwatch.storage.search.syntax import All, Either, Node, SearchQuery, Tag, Without, Words
from fivegwatch.storage.search.tokens import tokens_of
from tests.storage.builders import id_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
_numbers = count()


def page(title: str, body: str = "", *, kept: bool = True, **changes: object) -> Page:
    number = next(_numbers)
    values: dict[str, object] = {
        "id": id_of(f"{number} {title} {body}"), "kind": STORIES if kept else HEADLINES, "bucket": number % 7,
        "stamp": number, "appeared_at": NOW, "title": title, "url": f"https://a.example/{number}", "site": "a.example",
        "language": "en", "verdict": "kept" if kept else "rejected", "body": body,
    }  # fmt: skip
    return Page(**{**values, **changes})  # type: ignore[arg-type]


def index_of(pages: list[Page]) -> sqlite3.Connection:
    """An index of these pages, in memory, in parts of three pages."""
    con = sqlite3.connect(":memory:", isolation_level=None)
    create(con)
    keep_common(con, [["5g", "telecom", "中", "国", "signalling"]])
    with transaction(con):
        Writer(con, pages_a_part=3).add(pages)
    return con


def scan(pages: list[Page], query: SearchQuery) -> set[str]:
    """The ids of the pages that the query holds for."""
    return {page.id for page in pages if _in_period(page, query) and _holds(page, query.tree)}


def _in_period(page: Page, query: SearchQuery) -> bool:
    at = page.appeared_at
    after = query.after is None or (at is not None and at >= query.after)
    return after and (query.before is None or (at is not None and at < query.before))


def _holds(page: Page, node: Node) -> bool:
    if isinstance(node, Words):
        texts = [page.title] if node.title_only else [page.title, page.body]
        return any(_has(tokens_of(text), node) for text in texts)
    if isinstance(node, Tag):
        return node.tag in page.tags
    if isinstance(node, Without):
        return not _holds(page, node.part)
    if isinstance(node, All):
        return all(_holds(page, part) for part in node.parts)
    assert isinstance(node, Either)
    return any(_holds(page, part) for part in node.parts)


def _has(tokens: list[str], words: Words) -> bool:
    *firsts, last = words.tokens
    size = len(words.tokens)
    return any(
        tokens[at : at + size - 1] == firsts
        and (tokens[at + size - 1].startswith(last) if words.prefix else tokens[at + size - 1] == last)
        for at in range(len(tokens) - size + 1)
    )
