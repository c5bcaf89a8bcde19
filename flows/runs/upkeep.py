"""The daily upkeep of a corpus, without Prefect: load what waits, index for search, remove what is old, check."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from fivegwatch.flows.settings.settings import Settings
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.page_store import sweep as sweep_pages
from fivegwatch.storage.lake.publish import update_lake
from fivegwatch.storage.load.loader import run_loader
from fivegwatch.storage.read.checks import check_corpus
from fivegwatch.storage.search.search import ensure_index
from fivegwatch.storage.spool.batches import sweep as sweep_batches


@dataclass(slots=True, kw_only=True)
class Upkeep:
    """The result of one day's upkeep: what was removed, and which checks failed."""

    batches_removed: int = 0
    pages_removed: int = 0
    """Number of archive files removed because they were older than the retention."""
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """The result in one line."""
        state = (
            f"{len(self.problems)} problems: {'; '.join(self.problems)}" if self.problems else "corpus sound"
        )
        return f"{self.batches_removed} old batches and {self.pages_removed} old page files removed; {state}"

    def rows(self) -> list[dict[str, str | int]]:
        """The result as rows of a table."""
        counts: list[dict[str, str | int]] = [
            {"what": "old batches removed", "number": self.batches_removed},
            {"what": "old page files removed", "number": self.pages_removed},
        ]
        return counts + [{"what": problem, "number": 1} for problem in self.problems]


def do_upkeep(settings: Settings) -> Upkeep:
    """Load what waits, make the search index if there is none, remove what is old, check; returns the result.

    Raises:
        StorageError: the corpus or its folders cannot be used.
    """
    started, layout = time.monotonic(), Layout.for_database(settings.database)
    run_loader(settings.database, bounds=settings.loader)
    in_lake = update_lake(settings.database, settings.lake, settings.loader, at_once=True)
    ensure_index(settings.database)
    done = Upkeep(
        batches_removed=sweep_batches(layout, settings.keep_batches_days),
        pages_removed=sweep_pages(layout, settings.keep_pages_days),
    )
    failed = (check for check in check_corpus(layout) if not check.ok)
    done.problems.extend(f"{check.name}: {check.detail} {check.remedy}".strip() for check in failed)
    done.problems += [f"lake: {in_lake}"] if in_lake else []
    done.seconds = time.monotonic() - started
    return done
