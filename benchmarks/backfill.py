"""``python -m benchmarks.backfill --warc FILE | --make MAKER``: the cost of a backfill against reading alone.

One process. CPU seconds a page of an archive, in one run: (a) reading and decoding it with our reader, (b) ours:
reader, gates, extraction and judgement of what passes, (c) one plain trafilatura run on every page and our judge,
(d) newspaper4k and news-please where they can be imported (or in an interpreter named by ``--others``), on a sample.
(c) and (d) are charged with the reading as well. The pages kept by (b) and without any gate must be the same on the
sample, which holds every page that ``--truth`` says was planted; else the exit code is 1. Ten times the pages should
take ten times as long. Rules, searches and language model come from the user's cache, as in a reader: the first run
with new rules fills it, and is slower. ``MAKER`` is a program that takes ``--out FILE --size-mb N --mix FOLDER
--mix-rate R --truth FILE``. Prints a table and one JSON line.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import trafilatura
from trafilatura.settings import Document

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.gates.gates import Gates
from fivegwatch.extractors.gates.story_gate import extract_unless_far
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Article, Page
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.decoding import decode_document
from fivegwatch.extractors.text.language import text_language
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.flows.workers.compiled_rules import gates_of
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.sources.warc.pages import WarcPage, read_pages

OTHER = {
    "newspaper4k": (
        "newspaper",
        "a = newspaper.Article(u); a.download(input_html=h); a.parse(); n = len(a.text)",
    ),
    "news-please": ("newsplease", "n = len(newsplease.NewsPlease.from_html(h, url=u).maintext or '')"),
}
"""By name: the module, and the code that reads a page ``h`` of address ``u``."""
OTHER_PROGRAM = """
import json, sys, time
try:
    import {module}
except ImportError:
    sys.exit(3)
spent, pages = 0.0, 0
for line in sys.stdin:
    page = json.loads(line); h, u = page["html"], page["url"]
    began = time.process_time()
    try:
        {call}
    except Exception:
        pass  # some languages need libraries that it lacks
    if pages:  # the first pays for the imports
        spent += time.process_time() - began
    pages += 1
print(spent / max(1, pages - 1))
"""


@dataclass(slots=True)
class Scan:
    """Kept pages and CPU time of one pass over an archive."""

    pages: int = 0
    seconds: float = 0.0
    """CPU seconds."""
    kept: set[str] = field(default_factory=set)
    near: set[str] = field(default_factory=set)
    stopped: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)

    @property
    def each(self) -> float:
        return self.seconds / max(1, self.pages)


def scan_warc(path: Path, look: Callable[[Page, Scan], None], *, most: int = 0) -> Scan:
    """One pass over an archive: ``look`` at every page, or at the first ``most``."""
    scan = Scan()
    began = time.process_time()
    for item in read_pages(path, name=path.name):
        if not isinstance(item, WarcPage):
            scan.other[item.reason] += 1
            continue
        scan.pages += 1
        look(item.page, scan)
        if scan.pages == most:
            break
    scan.seconds = time.process_time() - began
    return scan


def only_read(page: Page, scan: Scan) -> None:
    """Ignore the page, to measure the cost of reading alone."""


def with_gates(gates: Gates, rules: Rules) -> Callable[[Page, Scan], None]:
    """Our whole path: gates, then extraction and judgement of what passes."""

    def look(page: Page, scan: Scan) -> None:
        parsed = ParsedPage(page)
        gate = gates.stopped_by(page, parsed=parsed)
        try:
            article = None if gate else extract_unless_far(parsed, rules)
        except ExtractionError:
            scan.stopped["unreadable"] += 1
            return
        scan.stopped[gate or ("passed" if article else "story")] += 1
        if article:
            count_verdict(article, page, scan, rules)

    return look


def without_gates(page: Page, scan: Scan, rules: Rules) -> None:
    """Extraction and judgement."""
    with suppress(ExtractionError):
        count_verdict(extract_article(page), page, scan, rules)


def count_verdict(article: Article, page: Page, scan: Scan, rules: Rules) -> None:
    """Judge an article and add its page to the kept or the near misses."""
    decision = judge(article, rules)
    if decision.relevant:
        scan.kept.add(page.final_url)
    elif decision.near_miss:
        scan.near.add(page.final_url)


def plain_trafilatura(page: Page, rules: Rules) -> None:
    """The baseline: trafilatura with its defaults, then the judge."""
    document = trafilatura.bare_extraction(
        decode_document(page.body, page.content_type, kind="page"), url=page.final_url, with_metadata=True
    )
    if isinstance(document, Document) and document.text:
        language = text_language(document.text)
        judge(
            Article(
                id="", url=page.final_url, title=document.title or "", text=document.text, language=language
            ),
            rules,
        )


def take_sample(path: Path, count: int, wanted: set[str]) -> list[Page]:
    """``count`` pages at random, and every one that is wanted."""
    chance, sample, seen = random.Random(1), [], 0
    held: list[Page] = []
    for item in read_pages(path, name=path.name):
        if not isinstance(item, WarcPage):
            continue
        if item.page.final_url in wanted:
            held.append(item.page)
            continue
        seen += 1
        if len(sample) < count:
            sample.append(item.page)
        elif (at := chance.randrange(seen)) < count:
            sample[at] = item.page
    return sample + held


def seconds_each(pages: Iterable[Page], work: Callable[[Page], object]) -> float:
    """CPU seconds a page, without the first page, which pays for what is built once."""
    spent, count = 0.0, -1
    for page in pages:
        began = time.process_time()
        work(page)
        count += 1
        spent += time.process_time() - began if count else 0.0
    return spent / max(1, count)


def others(pages: list[Page], python: str) -> Iterator[tuple[str, float]]:
    """Name and CPU seconds a page of the other libraries that ``python`` can import."""
    lines = "".join(
        json.dumps({"url": p.final_url, "html": decode_document(p.body, p.content_type, kind="page")}) + "\n"
        for p in pages
    )
    for name, (module, call) in OTHER.items():
        program = OTHER_PROGRAM.format(module=module, call=call)
        done = subprocess.run(
            [python, "-c", program], input=lines, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            yield name, float(done.stdout.split()[-1])


def planted(truth: Path | None) -> set[str]:
    """Addresses of the pages that were planted in the archive."""
    if truth is None:
        return set()
    with truth.open(encoding="utf-8", newline="") as lines:
        return {row["url"] for row in csv.DictReader(lines, delimiter="\t") if row["planted"] == "1"}


def make(args: argparse.Namespace, folder: Path, size_mb: float) -> tuple[Path, Path]:
    """A new archive of about ``size_mb`` MB, and the list of its contents."""
    path, truth = folder / f"made-{size_mb:g}.warc.gz", folder / f"made-{size_mb:g}.tsv"
    command = [sys.executable, args.make, "--out", path, "--size-mb", size_mb, "--truth", truth]
    if args.mix:
        command += ["--mix", args.mix, "--mix-rate", args.mix_rate]
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    return path, truth


def measure(path: Path, wanted: set[str], args: argparse.Namespace) -> tuple[dict[str, object], bool]:
    """The figures of an archive, and whether the gates lost no page."""
    gates = gates_of(read_watchlist(None))
    rules = gates.rules
    full = with_gates(gates, rules)
    scan_warc(path, full, most=300)  # automata are built, caches are warm
    gc.collect()
    gc.freeze()  # as the readers do
    tenth_pages = max(50, scan_warc(path, only_read).pages // 10)
    tenth = scan_warc(path, full, most=tenth_pages)
    bare = [scan_warc(path, only_read) for _ in range(2)]
    ours = scan_warc(path, full)
    bare.append(scan_warc(path, only_read))
    reading = sorted(scan.each for scan in bare)[1]
    sample = take_sample(path, args.sample, wanted)
    gated, ungated = Scan(), Scan()
    for page in sample:
        full(page, gated)
        without_gates(page, ungated, rules)
    small = sample[: args.small]
    everyday = [page for page in sample if page.final_url not in wanted]
    plain = reading + seconds_each(small, lambda page: plain_trafilatura(page, rules))
    figures: dict[str, object] = {
        "pages": ours.pages,
        "other_records": dict(ours.other),
        "read_pages_s": round(1 / reading),
        "ours_pages_s": round(1 / ours.each),
        "ours_to_read": round(reading / ours.each, 3),
        "trafilatura_pages_s": round(1 / plain, 1),
        "ours_to_trafilatura": round(plain / ours.each, 1),
        "gates": dict(ours.stopped),
        "kept": len(ours.kept),
        "near_misses": len(ours.near),
        "passed_share": round(ours.stopped["passed"] / max(1, ours.pages), 4),
        "gates_ms": round(1000 * seconds_each(everyday, gates.stopped_by), 2),
        "extraction_ms": round(
            1000 * seconds_each(small, lambda page: without_gates(page, Scan(), rules)), 1
        ),
        "sample": len(sample),
        "planted_in_sample": sum(page.final_url in wanted for page in sample),
        "kept_in_sample": len(gated.kept),
        "time_of_tenfold": round(ours.seconds / tenth.seconds, 2) if tenth.seconds else 0.0,
        "pages_of_tenfold": round(ours.pages / max(1, tenth.pages), 2),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    for name, each in others(small, args.others):
        figures[f"{name}_pages_s"] = round(1 / (reading + each), 1)
    same = gated.kept == ungated.kept and gated.near == ungated.near
    if not same:
        for url in sorted((ungated.kept ^ gated.kept) | (ungated.near ^ gated.near)):
            print(f"differs: {url}", file=sys.stderr)
    return figures | {"kept_set_equal": same}, same


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark; 1 when the gates lost a page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--warc", type=Path, help="the archive to read")
    source.add_argument("--make", type=Path, metavar="MAKER", help="a program that makes one")
    parser.add_argument("--truth", type=Path, help="TSV with the columns url and planted, for --warc")
    parser.add_argument("--size-mb", type=float, default=100, help="of the archive to make")
    parser.add_argument("--mix", type=Path, help="folder of relevant pages to plant")
    parser.add_argument("--mix-rate", type=float, default=0.005)
    parser.add_argument("--sample", type=int, default=300, help="pages compared with and without gates")
    parser.add_argument("--small", type=int, default=60, help="pages given to the slow systems")
    parser.add_argument(
        "--others", default=sys.executable, help="interpreter with newspaper4k or news-please"
    )
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="backfill-") as folder:
        path, truth = (args.warc, args.truth) if args.warc else make(args, Path(folder), args.size_mb)
        figures, same = measure(path, planted(truth), args)
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):24} {value}")
    print(json.dumps(figures))
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
