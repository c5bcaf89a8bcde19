"""What one backfill run works with, and the account it gives."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from fivegwatch.extractors.errors import NewsError
from fivegwatch.extractors.model import OriginKind, Unit, UnitSource
from fivegwatch.extractors.web.urls import host_and_port
from fivegwatch.flows.runs.summary import Summary
from fivegwatch.flows.runs.tools import Tools
from fivegwatch.storage.read.units import UnitProgress
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Progress

UNIT_ATTEMPTS = 6
FIRST_PAUSE = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(days=1)

ORIGINS: dict[UnitSource, OriginKind] = {
    "warc": "warc", "wayback": "wayback", "sitemap": "sitemap", "wordpress": "wordpress", "gdelt": "gdelt",
    "url-list": "url-list",
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Account:
    """What a backfill run did: units by how they ended, what they held, what became of the pages asked for."""

    units: int = 0
    units_done: int = 0
    units_left: int = 0
    """Begun and not ended: time was up, or the run was told to stop."""
    units_failed: int = 0
    units_known: int = 0
    """Finished by an earlier run."""
    units_given_up: int = 0
    """Failed in an earlier run, for good or until a later time."""
    counts: Counter[str] = field(default_factory=Counter)
    """What was found in the units, in this run alone."""
    by_unit: dict[str, Counter[str]] = field(default_factory=dict)
    """The same by the unit's locator."""
    problems: dict[str, str] = field(default_factory=dict)
    """Why units failed, by their locators."""
    changed: dict[str, str] = field(default_factory=dict)
    """How files changed since an earlier run read them, by their locators: they are read from their start."""
    pages: Summary = field(default_factory=Summary)
    """Pages asked for one by one."""
    stories: int | None = None
    """Stories among the pages kept, each once; None while they are not in the corpus."""
    near_misses: int = 0
    """The same of near misses."""
    cpu_s: float = 0.0
    """Processor seconds of the workers that read archives."""

    def found(self, unit: Unit, before: Counter[str], after: Counter[str]) -> None:
        """Note what was found in ``unit`` between two states of its counts."""
        found = Counter(after)
        found.subtract(before)
        self.counts.update(found)
        self.by_unit.setdefault(unit.locator, Counter()).update(found)

    def kept(self) -> int:
        """Pages kept, archived or asked for: a story counts as often as it was met."""
        return self.counts["kept"] + self.pages.pages_kept

    def flat(self) -> dict[str, int]:
        """All counts by name, for the run's record and for programs."""
        units = {
            name: getattr(self, name)
            for name in ("units", "units_done", "units_left", "units_failed", "units_known")
        }
        pages = {name: number for name, number in self.pages.counts().items() if name.startswith("pages")}
        asked = {f"asked.{name}": number for name, number in pages.items()}
        counts = dict.fromkeys(("pages", "kept", "near_miss", "rejected", "entries"), 0) | self.counts
        stories = {} if self.stories is None else {"stories": self.stories, "near_misses": self.near_misses}
        return units | stories | {f"found.{name}": number for name, number in sorted(counts.items())} | asked

    def sentence(self) -> str:
        """The whole account in one line."""
        ends = [
            f"{number:,} {word}"
            for number, word in (
                (self.units_done, "done"), (self.units_failed, "failed"), (self.units_left, "to go on with"),
                (self.units_known if self.units else 0, "known to be done"),
            )
            if number
        ]  # fmt: skip
        nothing = "nothing to do"
        if self.units_known:
            nothing = f"{_of(self.units_known, 'is', 'are')} done already"
        elif self.units_given_up:
            nothing = f"{self.units_given_up:,} failed before; to try again now: --retry-failed"
        units = _of(self.units, "unit", "units") if self.units else "no unit is open"
        parts = [f"{units}: {', '.join(ends) or nothing}"]
        if self.changed:
            parts.append(f"{len(self.changed):,} read from the start, changed since the last time")
        counts, pages = self.counts, self.pages
        if counts["pages"]:
            stopped = sum(number for name, number in counts.items() if name.startswith("stopped."))
            judged = counts["kept"] + counts["near_miss"] + counts["rejected"]
            parts.append(
                f"{counts['pages']:,} archived pages: {stopped:,} stopped by the gates, {judged:,} judged, "
                f"{counts['unreadable'] + counts['refused']:,} unreadable, {counts['kept']:,} kept"
            )
        if self.units_done and not counts.total():
            parts.append("nothing was found in them")
        if counts["entries"]:
            parts.append(f"{_of(counts['entries'], 'address', 'addresses')} listed")
        unusable = sum(number for name, number in counts.items() if name.startswith("skipped."))
        if unusable:
            parts.append(f"{unusable:,} of what was listed cannot be asked for (see the view failures)")
        if pages.pages:
            parts.append(f"{_of(pages.pages, 'page', 'pages')} asked for: {pages.ends()}")
        if self.stories is None:
            parts.append(f"{_of(self.kept(), 'page', 'pages')} kept")
        else:
            near = _of(self.near_misses, "near miss", "near misses")
            parts.append(f"{_of(self.stories, 'story', 'stories')} kept, {near}")
        return "; ".join(parts) + "."


def _of(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


@dataclass(slots=True, kw_only=True)
class Desk:
    """What the parts of one backfill run share."""

    tools: Tools
    at: datetime
    """Start of the run: the time of all that its workers say."""
    target: str
    """Where workers deliver: the database, or a shared spool."""
    account: Account = field(default_factory=Account)
    began_s: float = field(default_factory=time.monotonic)

    def rate(self) -> str:
        """How the reading of archives gets on, in a few words."""
        counts, seconds = self.account.counts, max(0.001, time.monotonic() - self.began_s)
        stopped = sum(number for name, number in counts.items() if name.startswith("stopped."))
        return f"{counts['pages'] / seconds:,.0f} pages/s, {counts['kept']:,} kept, {stopped:,} stopped by the gates"

    @property
    def run_id(self) -> str:
        """The run."""
        return self.tools.run_id

    def put(self, batch: Batch) -> None:
        """Hand records to the corpus."""
        put_batch(self.tools.layout, batch)

    def failed(self, progress: UnitProgress, error: NewsError, *, step: int) -> None:
        """Record that a unit failed; one that may do better another time is due again later."""
        attempts = progress.attempts + 1
        again = error.transient and attempts < UNIT_ATTEMPTS
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 3 ** (attempts - 1))
        asked = getattr(error, "retry_after_s", None)
        if asked is not None:
            pause = max(pause, timedelta(seconds=asked))
        batch = Batch()
        batch.add(
            replace(
                Progress.of(self.run_id, progress.unit, state="failed", at=self.at),
                cursor=progress.cursor,
                position=progress.position,
                step=step + 1,  # it outweighs a part that ended the unit at the same place
                attempts=attempts,
                next_attempt_at=self.tools.now() + pause if again else None,
                problem=error.kind,
                message=_told(progress.unit, error),
                counts=progress.counts,
            )
        )
        self.put(batch)
        self.account.units_failed += 1
        reason = why_failed(progress.unit, error)
        self.account.problems[progress.unit.locator] = reason
        self.tools.report.note(f"{progress.unit.locator}: {reason}")


def why_failed(unit: Unit, error: NewsError) -> str:
    """Why a unit failed, without its name, which stands before it wherever this is told."""
    names = unit.locator, unit.locator.rpartition("/")[2]
    return _told(unit, error).removeprefix(f"{names[0]}: ").removeprefix(f"{names[1]}: ")


def _told(unit: Unit, error: NewsError) -> str:
    """What went wrong, without the long query by which a service was asked: the unit says what was wanted."""
    return re.sub(r"(https?://[^\s?]+\?)\S{60,}(?=: )", r"\1...", str(error)) + remedy(error, unit.kind)


def remedy(error: NewsError, of: str = "") -> str:
    """What to do about ``error`` in a unit of the kind ``of``, where that is a matter of how a backfill is called."""
    if error.kind in {"blocked_address", "port"}:
        host, port = host_and_port(error.url)
        own = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return f"; if it is your own, give --allow-address {own}"
    if error.kind in {"http_404", "http_410"}:
        return "; is the address right? To ask again: --retry-failed"
    if error.kind == "not_warc" and of == "download":
        return " To download it again: --retry-failed"
    return ""
