"""The result of a backfill run, in counts and in one line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from fivegwatch.extractors.model import Unit
from fivegwatch.flows.printing.lines import counted
from fivegwatch.flows.runs.summary import Summary


@dataclass(slots=True, kw_only=True)
class Account:
    """Counts of one run: units by how they ended, what was read of them, and how the pages fetched one by one ended."""

    units: int = 0
    units_done: int = 0
    units_left: int = 0
    """Not finished, because time was up."""
    units_failed: int = 0
    units_known: int = 0
    """Finished by an earlier run."""
    units_given_up: int = 0
    """Failed in an earlier run, and not to be tried now."""
    counts: Counter[str] = field(default_factory=Counter)
    """What this run read of its units: pages, verdicts, addresses, and so on, by name."""
    by_unit: dict[str, Counter[str]] = field(default_factory=dict)
    """``counts`` of each unit, by its locator."""
    problems: dict[str, str] = field(default_factory=dict)
    """Why units failed, by the locator of the unit."""
    changed: dict[str, str] = field(default_factory=dict)
    """How files changed since an earlier run read them, by the locator of the unit; this run reads them from their
    start.
    """
    pages: Summary = field(default_factory=Summary)
    """How the pages fetched one by one ended."""
    stories: int | None = None
    """Number of stories among the kept pages, each story counted once; None until the corpus can count them."""
    near_misses: int = 0
    """Number of near misses, each story counted once."""

    def add(self, unit: Unit, before: Counter[str], after: Counter[str]) -> None:
        """Add what was read of ``unit`` in one step: the difference between its counts ``before`` and ``after``."""
        new = Counter(after)
        new.subtract(before)
        self.counts.update(new)
        self.by_unit.setdefault(unit.locator, Counter()).update(new)

    def stopped(self) -> int:
        """Number of archived pages that the gates stopped."""
        return sum(number for name, number in self.counts.items() if name.startswith("stopped."))

    def has_failed(self) -> bool:
        """Whether units failed, and none is done, neither by this run nor by an earlier one."""
        return self.units_failed > 0 and not (self.units_done or self.units_known)

    def kept(self) -> int:
        """Number of kept pages, from archives or fetched; a story that was read several times counts several times."""
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
        """All counts in one line."""
        ends = [
            f"{number:,} {word}"
            for number, word in (
                (self.units_done, "done"), (self.units_failed, "failed"), (self.units_left, "to resume"),
                (self.units_known if self.units else 0, "done earlier"),
            )
            if number
        ]  # fmt: skip
        nothing = "nothing to do"
        if self.units_known:
            nothing = f"{counted(self.units_known, 'is', 'are')} done already"
        elif self.units_given_up:
            nothing = f"{self.units_given_up:,} failed before; to try again now: --retry-failed"
        units = counted(self.units, "unit", "units") if self.units else "no unit is open"
        parts = [f"{units}: {', '.join(ends) or nothing}"]
        if self.changed:
            parts.append(f"{len(self.changed):,} read from the start, changed since the last time")
        counts, pages = self.counts, self.pages
        if counts["pages"]:
            judged = counts["kept"] + counts["near_miss"] + counts["rejected"]
            parts.append(
                f"{counts['pages']:,} archived pages: {self.stopped():,} stopped by the gates, {judged:,} judged, "
                f"{counts['unreadable'] + counts['refused']:,} unreadable, {counts['kept']:,} kept"
            )
        if self.units_done and not counts.total():
            parts.append("they were empty")
        if counts["entries"]:
            parts.append(f"{counted(counts['entries'], 'address', 'addresses')} listed")
        unusable = sum(number for name, number in counts.items() if name.startswith("skipped."))
        if unusable:
            parts.append(f"{unusable:,} of what was listed cannot be fetched (see the view failures)")
        if pages.pages:
            parts.append(f"{counted(pages.pages, 'page', 'pages')} fetched: {pages.ends()}")
        if self.stories is None:
            parts.append(f"{counted(self.kept(), 'page', 'pages')} kept")
        else:
            near = counted(self.near_misses, "near miss", "near misses")
            parts.append(f"{counted(self.stories, 'story', 'stories')} kept, {near}")
        return "; ".join(parts) + "."
