"""``python -m benchmarks.refilter [--texts 20000] [--chars 4000]``: the cost of judging every stored text again.

Makes a corpus of invented news (a few on topic), judged by one watchlist, and refilters it by another with one worker.
Gives processor seconds by phase: reading, judging, making records, writing the batch, loading. For comparison: the cost
of the judge alone, which a script over a folder of texts would have.
Prints a table and one JSON line.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Decision, Origin
from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.flows.printing.progress import Silent
from fivegwatch.flows.runs.refilter import Refilter, Refiltering, run_refilter
from fivegwatch.flows.settings.settings import bare_settings
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import run_loader
from fivegwatch.storage.read.texts import Selection, frozen_version, stock, stored_texts
from fivegwatch.storage.spool.batches import Batch, put_batch
from tests.storage.builders import at, make_article, make_judged

ON_TOPIC = [
    "The ministry ordered operators to remove Huawei equipment from the 5G core network.",
    "Attackers had access to the signalling systems of a mobile operator for months, the agency said.",
    "A regulator fined the carrier for weak security of its mobile network.",
    "Researchers describe a flaw in the 5G standalone registration procedure.",
]
OFF_TOPIC = [
    "The new smartphone has a better camera and a larger battery than last year's model.",
    "Shares of the company rose after it reported earnings above expectations.",
    "The council discussed the budget for roads, schools and the public library.",
    "A concert in the old town drew several thousand visitors on Saturday evening.",
    "The operator offers unlimited data for a monthly price that includes roaming.",
    "Officials said the bridge would be closed for repairs until the end of the month.",
    "The league announced a new schedule, and supporters were quick to complain.",
    "Rain is expected in the north, with temperatures falling towards the weekend.",
]
PER_BATCH = 500
_LETTERS = random.Random(0)
VOCABULARY = ["".join(_LETTERS.choices("etaoinshrdlucm", k=_LETTERS.randint(2, 10))) for _ in range(30_000)]
"""Words of no language, so that no two texts are copies of each other, as in a real corpus."""
WEIGHTS = [1 / rank for rank in range(1, len(VOCABULARY) + 1)]


def story(chance: random.Random, chars: int) -> tuple[str, str]:
    """A title and a text; one in ten is on topic throughout, one in five in passing."""
    share = chance.choices((0.7, 0.08, 0.0), (1, 2, 7))[0]
    words = chance.choices(VOCABULARY, WEIGHTS, k=chars // 7)
    sentences = [" ".join(words[start : start + 14]).capitalize() + "." for start in range(0, len(words), 14)]
    for place in range(0, len(sentences), 4):
        sentences[place] = chance.choice(ON_TOPIC if chance.random() < share else OFF_TOPIC)
    return sentences[0][:80], " ".join(sentences)[:chars]


def fill(layout: Layout, number: int, chars: int) -> None:
    """Store ``number`` texts with a verdict by rules that no longer exist."""
    chance, origin = random.Random(1), Origin(kind="feed", locator="feed", rank=0)
    for first in range(0, number, PER_BATCH):
        batch = Batch()
        for index in range(first, min(first + PER_BATCH, number)):
            title, text = story(chance, chars)
            article = make_article(f"https://site{index % 97}.example/{index}", text=text, title=title)
            none = Decision(
                article_id=article.id, relevant=False, near_miss=False, score=-3.0, threshold=0.0,
                reason="By rules of another time.", rules_fingerprint="0" * 64,
            )  # fmt: skip
            batch.add(make_judged(article, none, origin=origin, captured_at=at(index / 100)))
        put_batch(layout, batch)


def spent(work: Callable[[], object]) -> tuple[float, object]:
    """Processor seconds of this process during ``work``, and its result."""
    begin = time.process_time()
    result = work()
    return time.process_time() - begin, result


class Children:
    """Processor seconds of child processes that have ended (the loader); workers report their own."""

    def __init__(self) -> None:
        self._before = 0.0

    def since(self) -> float:
        """Seconds since the last call."""
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        now = used.ru_utime + used.ru_stime
        spent_s, self._before = now - self._before, now
        return spent_s


def phases(layout: Layout, sample: int) -> dict[str, float]:
    """Processor microseconds a text by phase, over the first ``sample`` texts."""
    rules = compile_rules(read_watchlist(None))
    with frozen_version(layout) as version:
        rows = stock(version, Selection()).rows[:sample]
        reading, texts = spent(lambda: stored_texts(version, (rows[0][0], rows[-1][0]), Selection()))
    assert isinstance(texts, list)
    judge(texts[0].article, rules)
    judging, decisions = spent(lambda: [judge(text.article, rules) for text in texts])
    assert isinstance(decisions, list)
    batch = Batch()

    def record() -> None:
        for text, decision in zip(texts, decisions, strict=True):
            batch.add(
                make_judged(
                    text.article,
                    decision,
                    origin=text.origin,
                    captured_at=text.captured_at,
                    judged_at=at(9),
                    keep_text=False,
                )
            )

    recording, _ = spent(record)
    # Into a spool of its own: these verdicts must not reach the corpus.
    with tempfile.TemporaryDirectory() as folder:
        aside = Layout.for_database(Path(folder) / "aside.duckdb")
        prepare(aside)
        writing, _ = spent(lambda: put_batch(aside, batch))
    scale = 1e6 / len(texts)
    return {
        "read": reading * scale,
        "judge": judging * scale,
        "record": recording * scale,
        "write": writing * scale,
    }


def main() -> int:
    """Print the table and the JSON line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.refilter", description=__doc__)
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--chars", type=int, default=4_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "corpus.duckdb"
        layout = Layout.for_database(database)
        prepare(layout)
        fill(layout, given.texts, given.chars)
        run_loader(database)
        figures = phases(layout, min(2_000, given.texts))
        settings = replace(bare_settings(database), workers=1)
        runs, children = {}, Children()
        children.since()
        for name, dry_run in (("dry run", True), ("real run", False)):
            begun = time.perf_counter()
            own, account = spent(
                lambda dry=dry_run: asyncio.run(run_refilter(settings, Silent(), Refilter(dry_run=dry)))
            )
            assert isinstance(account, Refiltering)
            runs[name] = (own, account.outcome.cpu_s, children.since(), time.perf_counter() - begun)
        assert account.outcome.written == given.texts
    each = {name: round(value) for name, value in figures.items()}
    print(f"{given.texts} texts of {given.chars} characters, one worker; {account.sentence()}")
    print("CPU a text, microseconds:  " + "  ".join(f"{name} {value}" for name, value in each.items()))
    print(f"{'':12}{'parent':>9}{'child':>9}{'loader':>9}{'wall s':>9}{'CPU s for 100,000':>20}")
    print(
        f"{'judge alone':12}{'':9}{each['judge'] * given.texts / 1e6:9.2f}{'':18}{each['judge'] / 10:20.1f}"
    )
    told = {}
    for name, (own, child, loader, wall) in runs.items():
        told[name] = round((own + child + loader) / given.texts * 1e5, 1)
        print(f"{name:12}{own:9.2f}{child:9.2f}{loader:9.2f}{wall:9.1f}{told[name]:20.1f}")
    print(json.dumps({"texts": given.texts, "chars": given.chars, "us": each, "cpu_s_for_100k": told}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
