"""The summary of an ingest run: counts that must add up, and one sentence."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from fivegwatch.flows.printing.lines import counted


@dataclass(slots=True, kw_only=True)
class Summary:
    """Counts of one run; ``check`` asserts that every feed, entry and page is counted exactly once."""

    feeds: int = 0
    feeds_unchanged: int = 0
    feeds_new: int = 0
    feeds_failed: int = 0
    feeds_unreachable: int = 0
    """Failed because our own network was down; they are also counted as failed."""
    feeds_resting: int = 0
    """Not polled: not due yet, or the server asked for a later time."""
    feeds_off: int = 0
    """Not polled: switched off in the watchlist, or ended by the publisher."""
    announced: int = 0
    """Usable entries in the feeds that changed."""
    announced_skipped: int = 0
    """Entries without a link that may be followed; each is in the view ``failures``."""
    entries_new: int = 0
    entries_known: int = 0
    """Announced before this run, or more than once in it."""
    pages: int = 0
    pages_kept: int = 0
    pages_near_miss: int = 0
    pages_rejected: int = 0
    pages_unchanged: int = 0
    """Requested again; the server answered that nothing changed."""
    pages_retry: int = 0
    pages_gone: int = 0
    pages_left: int = 0
    """Pages that wait and were not requested in this run: time was up, or they are not due yet."""

    def add(self, other: Summary) -> None:
        """Add another summary's counts to this one."""
        for name in _NAMES:
            if more := getattr(other, name):
                setattr(self, name, getattr(self, name) + more)

    def check(self) -> None:
        """Assert that the counts add up; if they do not, the program has a bug."""
        asked = self.feeds_unchanged + self.feeds_new + self.feeds_failed
        assert self.feeds == asked + self.feeds_resting + self.feeds_off, self
        assert self.announced == self.entries_new + self.entries_known, self
        ends = self.pages_kept + self.pages_near_miss + self.pages_rejected + self.pages_unchanged
        assert self.pages == ends + self.pages_retry + self.pages_gone, self

    def counts(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)

    def outage(self) -> str:
        """A line that says that our own network was down, if more than half of the polled feeds failed for that reason;
        else empty.
        """
        polled = self.feeds_unchanged + self.feeds_new + self.feeds_failed
        if 2 * self.feeds_unreachable <= polled:
            return ""
        return (
            f"our own network: {self.feeds_unreachable:,} of {counted(polled, 'feed', 'feeds')} could not be reached,"
            " nor could other hosts: network, DNS or a proxy of this machine?"
        )

    def sentence(self) -> str:
        """All counts in one line."""
        feeds = _list(
            (self.feeds_unchanged, "unchanged"),
            (self.feeds_new, "new"),
            (self.feeds_failed, "failed"),
            (self.feeds_resting, "resting"),
            (self.feeds_off, "off"),
        )
        entries = _list(
            (self.entries_new, "new"), (self.entries_known, "known"), (self.announced_skipped, "unusable")
        )
        pages = self.ends()
        left = f", {self.pages_left} left for later" if self.pages_left else ""
        announced = self.announced + self.announced_skipped
        return (
            f"{counted(self.feeds, 'feed', 'feeds')}: {feeds}; {counted(announced, 'entry', 'entries')}: {entries}; "
            f"{counted(self.pages, 'page', 'pages')}: {pages}{left}"
        )

    def ends(self) -> str:
        """How the requested pages ended: a few words with counts."""
        return _list(
            (self.pages_kept, "kept"),
            (self.pages_near_miss, "near miss" if self.pages_near_miss == 1 else "near misses"),
            (self.pages_rejected, "rejected"),
            (self.pages_unchanged, "unchanged"),
            (self.pages_retry, "to retry"),
            (self.pages_gone, "given up"),
        )


def _list(*parts: tuple[int, str]) -> str:
    return ", ".join(f"{number} {name}" for number, name in parts if number) or "none"


_NAMES = tuple(item.name for item in fields(Summary))
