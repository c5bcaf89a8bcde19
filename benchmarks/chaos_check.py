"""What `benchmarks.chaos` accepts after a round: a corpus like that of an undisturbed run, or a sound refusal."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.chaos_field import Field
from benchmarks.chaos_prefect import PrefectServer
from benchmarks.forked_runs import Launcher
from fivegwatch.flows.demo.newsroom import Newsroom
from fivegwatch.flows.runs.clock import utc_now
from fivegwatch.flows.runs.condition import troubles
from fivegwatch.flows.settings.settings import load_settings
from fivegwatch.storage.connections import opened
from fivegwatch.storage.read.checks import check_corpus
from fivegwatch.storage.read.health import overview
from fivegwatch.storage.search.search import search_ids
from fivegwatch.storage.spool.batches import bad_batches
from tests.flows.corpora import differences, unaccounted
from tests.storage.contents import contents

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(slots=True)
class Ground:
    """What all rounds share."""

    folder: Path
    newsroom: Newsroom
    before: Path
    """A working directory after yesterday's run."""
    expected: Rows
    """What the corpus says after an undisturbed run of today."""
    contents: Rows
    """All rows of all tables after it; a round that hands in the same batches must have the same, times included."""
    batches: Path
    """The batches of that run."""
    took_s: float
    """How long an undisturbed run takes, in seconds of wall time."""
    load_s: float
    """How long handing in the batches takes."""
    launcher: Launcher
    prefect: PrefectServer
    words: str = ""
    """A query, and the pages that it has to give."""
    hits: frozenset[str] = frozenset()


def faults(where: Field, ground: Ground) -> str:
    """What is wrong with the corpus, in a line; empty if nothing is."""
    layout = where.layout
    if where.batches:  # all rows are compared, of which the views are functions
        have = contents(layout)
        if other := [name for name in ground.contents if have.get(name) != ground.contents[name]]:
            return f"other rows in {other}: {differences(layout.link, ground.expected)}"[:600]
    elif odd := {**differences(layout.link, ground.expected), **unaccounted(layout.link)}:
        return str(odd)[:600]
    failed = [f"check {check.name}: {check.detail}" for check in check_corpus(layout) if not check.ok]
    if bad := bad_batches(layout):
        failed = [text for text in failed if not text.startswith("check quarantine")]
        failed += _unsaid(where, bad)
    wanted = {str(story[0]) for story in ground.expected["stories"]}
    with opened(layout.link, read_only=True) as con:
        published = {str(story) for (story,) in con.execute("select id from stories").fetchall()}
    if published != wanted:
        failed.append(f"the published copy has {len(published)} stories of {len(wanted)}")
    if ground.words:
        hits = search_ids(layout.link, ground.words, now=utc_now())
        if set(hits) != ground.hits:
            failed.append(f"search of {ground.words} has {len(hits)} hits of {len(ground.hits)}")
    return "; ".join(failed)


def _unsaid(where: Field, bad: list[Path]) -> list[str]:
    """Faults of a quarantine. Only batches that the trouble itself cut may lie there, each with its reason beside it,
    and `status` must exit with 1 for it."""
    failed = [
        f"{path.name} is in quarantine, and nobody cut it" for path in bad if path.name not in where.cut
    ]
    failed += [
        f"{path.name} has no reason" for path in bad if not path.with_name(f"{path.name}.reason.txt").exists()
    ]
    settings = load_settings({}, where.home)
    seen = overview(where.layout.link)
    if "bad_batches" not in {trouble.kind for trouble in troubles(settings, seen, utc_now())}:
        failed.append("`status` does not name the quarantine")
    return failed


def check_refusal(where: Field, ground: Ground, held: dict[str, tuple[int, int]]) -> str:
    """What is wrong with a corpus that refuses every run; empty if it is as it should be.

    The message names the remedy, store and published versions are as they were, and the remedy works: with the
    corpus of yesterday put back as a whole, a run gives the corpus of an undisturbed one.
    """
    text = where.aloud[-1] if where.aloud else "no message"
    if "Restore" not in text:
        return f"names no remedy: {text}"
    if (now := where.files()) != held:
        changed = sorted(set(held.items()) ^ set(now.items()))
        return f"refused, but changed {changed[:4]}"
    shutil.rmtree(where.layout.root)
    where.layout.link.unlink(missing_ok=True)
    shutil.copytree(ground.before, where.home, symlinks=True, dirs_exist_ok=True)
    if where.ended(where.start()):
        return f"the remedy does not work: {where.aloud[-1]}"
    return faults(where, ground)
