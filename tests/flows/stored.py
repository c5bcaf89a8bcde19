"""A small corpus whose verdicts are by a known watchlist, made without any network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.facts.facts_of_story import judge_story
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Article, Origin, Page
from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.page_store import Archive
from fivegwatch.storage.disk.rulebooks import keep_rules
from fivegwatch.storage.load.loader import run_loader
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Run
from tests.extractors.watchlist_builder import few_languages
from tests.storage.builders import at, make_article, make_judged

FEED = Origin(kind="feed", locator="example-news", rank=0)
BAN = "Huawei faces a ban. The ban covers the 5G network. Ministers say the ban stands. " * 3
PHONE = "A smartphone review of a smartphone. The camera is good. " * 4
EXPEL = "Huawei is to be expelled. Ministers will see it expelled from the 5G network this year. " * 3


def write_watchlist(folder: Path, files: Mapping[str, str]) -> Path:
    """``files`` as a folder a user edits."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def write_small_watchlist(folder: Path) -> Path:
    """The shipped watchlist with the vocabulary of four of its languages, as a folder a user edits."""
    return write_watchlist(folder, few_languages(read_watchlist(None)))


def page_of(url: str, title: str, text: str) -> Page:
    paragraphs = "".join(f"<p>{part.strip()}.</p>" for part in text.split(". ") if part.strip())
    body = (
        f"<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article>"
        "</body></html>"
    )
    return Page(
        requested_url=url, final_url=url, status=200, content_type="text/html; charset=utf-8", body=body.encode(),
        captured_at=at(0), origin=FEED,
    )  # fmt: skip


def make_corpus(
    database: Path,
    files: Mapping[str, str],
    texts: list[tuple[str, str]],
    *,
    archived: list[tuple[str, str]] = (),  # type: ignore[assignment]
    gone: int = 0,
    judged_at: datetime | None = None,
    facts: bool = True,
) -> Layout:
    """A published corpus: stored ``texts`` and ``archived`` pages, each (title, text), and ``gone`` of neither.

    Without ``facts`` it is as a version before facts left it.
    """
    layout, rules, batch = Layout.for_database(database), compile_rules(files), Batch()
    prepare(layout)
    keep_rules(layout, rules.fingerprint, files)

    def judged(article: Article, *, keep_text: bool, raw_ref: str | None = None) -> None:
        batch.add(
            make_judged(
                article,
                judge_story(article, rules) if facts else judge(article, rules),
                run="first",
                origin=FEED,
                captured_at=at(0),
                raw_ref=raw_ref,
                judged_at=judged_at or at(1),
                keep_text=keep_text,
            )
        )

    with Archive(layout) as archive:
        for number, (title, text) in enumerate(texts):
            judged(make_article(f"https://a.example/{number}", text=text, title=title), keep_text=True)
        for number, (title, text) in enumerate(archived):
            page = page_of(f"https://b.example/{number}", title, text)
            judged(extract_article(page), keep_text=False, raw_ref=archive.append(page))
        for number in range(gone):
            judged(make_article(f"https://c.example/{number}", text=PHONE, title="Gone"), keep_text=False)
    batch.add(Run(run_id="first", flow="ingest", started_at=at(0), ended_at=at(2), state="Completed"))
    put_batch(layout, batch)
    run_loader(database)
    return layout
