"""Text, title, date and authors that extractors find on recorded pages, compared with the known truth.

    python -m benchmarks.extraction --pages DIR [--folds 4] [--worst 20] [--only ours,trafilatura]

``DIR`` holds ``manifest.tsv``, the pages it names (gzip) and their truth in ``gt/<id>.json``: see ``docs/measured.md``.
Prints a table and one JSON line. Every system gets the same decoded page; ``newspaper4k``, ``readability`` and
``resiliparse`` run if installed.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import importlib.util
import json
import logging
import re
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import mean
from typing import Any

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.errors import NewsError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Origin, Page
from fivegwatch.extractors.text.decoding import decode_document
from fivegwatch.extractors.text.plain import plain_text
from fivegwatch.extractors.text.word_overlap import alike, words

CAPTURED_AT = datetime(2026, 11, 23, tzinfo=UTC)
"""The pages' own capture times are unknown; all are older than this."""
LANGUAGE_PAGES = 10
"""Languages with fewer marked texts have no line of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One page and what is known to be true of it: its line of the manifest and its marked text, title and so on."""

    row: Mapping[str, str]
    truth: Mapping[str, Any]
    page: Page
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a system extracts from a page."""

    text: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    day: date | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class Scores:
    """Values to be averaged, by metric and group of pages."""

    values: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, metric: str, group: str, value: float) -> None:
        self.values[metric, group].append(value)

    def means(self) -> dict[tuple[str, str], float]:
        return {name: mean(values) for name, values in self.values.items()}


def read_cases(folder: Path) -> list[Case]:
    csv.field_size_limit(10**9)
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [case for row in rows if (case := _read_case(folder, row)) is not None]


def _read_case(folder: Path, row: Mapping[str, str]) -> Case | None:
    truth_file = folder / "gt" / f"{row['id']}.json"
    if not truth_file.exists():
        return None
    body = gzip.decompress((folder / row["file"]).read_bytes())
    url = row["url"] if "://" in row["url"] else f"https://{row['publisher']}/story"
    page = Page(
        requested_url=url,
        final_url=url,
        status=200,
        content_type="text/html",
        body=body,
        captured_at=CAPTURED_AT,
        origin=Origin(kind="archive", locator=row["id"]),
    )
    truth = json.loads(truth_file.read_text(encoding="utf-8"))
    return Case(row=row, truth=truth, page=page, html=decode_document(body, "text/html", kind="page"))


def ours(case: Case) -> Output:
    try:
        article = extract_article(case.page)
    except NewsError:
        return Output()
    day = article.published_at.date() if article.published_at else None
    return Output(text=article.text, title=article.title, authors=article.authors, day=day)


def with_trafilatura(case: Case) -> Output:
    import trafilatura

    document = trafilatura.bare_extraction(
        case.html, url=case.page.final_url, include_comments=False, with_metadata=True
    )
    if document is None:
        return Output()
    day = date.fromisoformat(document.date) if document.date else None
    authors = tuple(name.strip() for name in (document.author or "").split(";") if name.strip())
    return Output(text=document.text or "", title=document.title or "", authors=authors, day=day)


def with_newspaper(case: Case) -> Output:
    import newspaper

    article = newspaper.Article(case.page.final_url, fetch_images=False)
    article.download(input_html=case.html)
    article.parse()
    published = article.publish_date
    day = published.date() if isinstance(published, datetime) else None
    return Output(text=article.text, title=article.title, authors=tuple(article.authors), day=day)


def with_readability(case: Case) -> Output:
    import readability

    document = readability.Document(case.html)
    # The summary is HTML; ``plain_text`` puts line breaks between its blocks.
    text = plain_text(document.summary(), max_chars=LIMITS.text_chars)
    return Output(text=text, title=document.short_title())


def with_resiliparse(case: Case) -> Output:
    from resiliparse.extract.html2text import extract_plain_text

    return Output(text=extract_plain_text(case.html, main_content=True, comments=False))


SYSTEMS: dict[str, tuple[str, Callable[[Case], Output]]] = {
    "ours": ("extractors", ours),
    "trafilatura": ("trafilatura", with_trafilatura),
    "newspaper4k": ("newspaper", with_newspaper),
    "readability": ("readability", with_readability),
    "resiliparse": ("resiliparse", with_resiliparse),
}


def run(system: Callable[[Case], Output], case: Case) -> Output:
    """The system's output with its CPU seconds; empty if the system fails, which is a result too."""
    started = time.process_time()
    try:
        output = system(case)
    except Exception as exc:  # any of five libraries may raise anything on a real page
        print(f"{case.row['id']}: {type(exc).__name__}: {exc}", file=sys.stderr)
        output = Output()
    return replace(output, seconds=time.process_time() - started)


def squeezed(text: str) -> str:
    """``text`` in NFC, without white space and invisible characters: texts that look equal become equal."""
    return re.sub(r"[\s\u00ad\u200b-\u200f\u2060-\u206f\ufeff]+", "", unicodedata.normalize("NFC", text))


def title_key(title: str) -> list[str]:
    return words(title.replace("\u00ad", ""))


def author_key(names: Iterable[str]) -> set[str]:
    return {" ".join(words(name)) for name in names}


def judge(scores: Scores, case: Case, output: Output) -> None:
    """Add the values of ``output`` on ``case`` to ``scores``."""
    truth, quality = case.truth, case.row["gt_quality"]
    scores.add("cpu", "all", output.seconds)
    if quality in ("publisher-parser", "human") and truth.get("text"):
        value = alike(output.text, truth["text"])
        scores.add("body", quality, value)
        scores.add("body by language", case.row["language"], value)
    if quality == "human-segments":
        text, whole = squeezed(output.text), squeezed(f"{output.title}\n{output.text}")
        for segment in truth["must_contain"]:
            # Some segments are the headline, which we keep as the title.
            scores.add("required in text or title", quality, squeezed(segment) in whole)
        for metric, segments in (
            ("required", truth["must_contain"]),
            ("forbidden", truth["must_not_contain"]),
        ):
            for segment in segments:
                scores.add(metric, quality, squeezed(segment) in text)
    if quality in ("publisher-parser", "human-segments", "human-metadata") and truth.get("title"):
        scores.add("title", quality, title_key(output.title) == title_key(truth["title"]))
    if quality in ("publisher-parser", "human-segments", "human-date", "human-metadata") and isinstance(
        truth.get("published"), str
    ):
        wanted = date.fromisoformat(truth["published"][:10])
        scores.add("date", quality, output.day is not None and abs((output.day - wanted).days) <= 1)
    if quality in ("publisher-parser", "human-segments", "human-metadata") and truth.get("authors"):
        scores.add("author", quality, author_key(output.authors) == author_key(truth["authors"]))


def fold_of(case: Case, folds: int) -> int:
    """The fold of the page's publisher, from 0 to ``folds`` - 1; the same on every machine."""
    return int(hashlib.sha256(case.row["publisher"].encode()).hexdigest(), 16) % folds


def table(results: Mapping[str, Scores]) -> str:
    means = {name: scores.means() for name, scores in results.items()}
    first = next(iter(results.values()))
    lines = [f"{'':34}{'n':>6}" + "".join(f"{name:>14}" for name in results)]
    for metric, group in sorted(first.values, key=lambda pair: (pair[0] == "cpu", pair)):
        count = len(first.values[metric, group])
        if metric == "cpu" or (metric == "body by language" and count < LANGUAGE_PAGES):
            continue
        cells = "".join(f"{means[name][metric, group]:14.3f}" for name in results)
        lines.append(f"{metric + ', ' + group:34}{count:6}{cells}")
    cpu = {name: means[name]["cpu", "all"] for name in results}
    lines.append(
        f"{'CPU, ms a page':34}{len(first.values['cpu', 'all']):6}"
        + "".join(f"{1000 * value:14.1f}" for value in cpu.values())
    )
    if "trafilatura" in cpu:
        relative = "".join(f"{value / cpu['trafilatura']:14.2f}" for value in cpu.values())
        lines.append(f"{'CPU, trafilatura passes':40}{relative}")
    return "\n".join(lines)


def fold_table(folds: list[dict[str, Scores]]) -> str:
    """Figures by fold of publishers; a rule that helps a single publisher shows in one fold only."""
    lines = []
    for metric, group in sorted(folds[0]["ours"].values):
        if metric in ("cpu", "body by language"):
            continue
        cells = [
            "/".join(
                f"{fold[name].means().get((metric, group), 0):.3f}"
                for name in ("ours", "trafilatura")
                if name in fold
            )
            for fold in folds
        ]
        lines.append(f"{metric + ', ' + group:34}" + "".join(f"{cell:>16}" for cell in cells))
    return "\n".join(lines)


def worst(cases: list[Case], outputs: list[Output], count: int) -> str:
    marked = [
        (alike(output.text, case.truth["text"]), case)
        for case, output in zip(cases, outputs, strict=True)
        if case.row["gt_quality"] in ("publisher-parser", "human") and case.truth.get("text")
    ]
    marked.sort(key=lambda pair: pair[0])
    return "\n".join(
        f"{value:.3f}  {case.row['id']}  {case.row['publisher']}" for value, case in marked[:count]
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.extraction", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument("--pages", type=Path, required=True, metavar="DIR", help="manifest.tsv, html/, gt/")
    parser.add_argument("--only", default=",".join(SYSTEMS), help="comma-separated systems")
    parser.add_argument("--folds", type=int, default=0, help="also by folds of publishers")
    parser.add_argument("--worst", type=int, default=0, help="list the pages with the worst texts")
    options = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    cases = read_cases(options.pages)
    names = [name for name in options.only.split(",") if importlib.util.find_spec(SYSTEMS[name][0])]
    results = {name: Scores() for name in names}
    folds = [{name: Scores() for name in names} for _ in range(options.folds)]
    outputs: dict[str, list[Output]] = {name: [] for name in names}
    for case in cases:
        for name in names:
            output = run(SYSTEMS[name][1], case)
            outputs[name].append(output)
            judge(results[name], case, output)
            if folds:
                judge(folds[fold_of(case, options.folds)][name], case, output)
    print(table(results))
    if folds:
        print(f"\nours/trafilatura by fold of publishers\n{fold_table(folds)}")
    if options.worst:
        print(f"\nworst texts\n{worst(cases, outputs['ours'], options.worst)}")
    figures = {
        name: {f"{metric} {group}": round(value, 4) for (metric, group), value in scores.means().items()}
        for name, scores in results.items()
    }
    print(json.dumps({"benchmark": "extraction", "pages": len(cases), "figures": figures}, sort_keys=True))


if __name__ == "__main__":
    main()
