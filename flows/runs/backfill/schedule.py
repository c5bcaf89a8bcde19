"""Hours that a backfill of archives takes, by the speed of the line and the number of processors.

Downloads and reading overlap, so the slower of the two decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

LINES = (100, 1_000, 10_000)
"""Speeds of lines, in Mbit/s."""
LINE_SHARE = 0.8
"""Share of a line's speed that downloads reach, by experience; the rest is protocol and other traffic."""
CORES = (2, 8, 64)
READ_S_BYTE = 0.19e-6
"""Processor seconds to read and judge a byte of a compressed archive, without a sample: 7.5 ms a page of 39 kB
(`benchmarks.backfill`, 1,023 pages, searches made)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How much a backfill of archives has to download and to read."""

    download_bytes: int
    read_s: float
    """Processor seconds to read and judge everything."""

    def hours(self, *, mbit: float, cores: int) -> float:
        """Hours that the job takes by the clock on a line of ``mbit`` Mbit/s with ``cores`` processors."""
        return max(8 * self.download_bytes / (mbit * LINE_SHARE * 1e6), self.read_s / max(1, cores)) / 3600

    def rows(self) -> list[dict[str, float]]:
        """Hours for each speed of the line (Mbit/s) and number of processors: keys ``mbit``, ``cores``, ``hours``."""
        return [
            {"mbit": mbit, "cores": cores, "hours": self.hours(mbit=mbit, cores=cores)}
            for mbit in LINES
            for cores in CORES
        ]


def table_of(rows: Sequence[Mapping[str, float]]) -> Iterator[str]:
    """The rows of `Schedule.rows` as lines of a table: a line for each speed, a column for each number of
    processors."""
    if not rows:
        return
    yield "by line: " + f"{'line':<10}" + "".join(f"{f'{cores} cores':>10}" for cores in CORES)
    for mbit in LINES:
        name = f"{mbit} Mbit" if mbit < 1_000 else f"{mbit // 1_000} Gbit"
        cells = (_in_words(row["hours"]) for row in rows if row["mbit"] == mbit)
        yield " " * 9 + f"{name:<10}" + "".join(f"{cell:>10}" for cell in cells)


def _in_words(hours: float) -> str:
    if hours < 1:
        return f"{max(1, round(hours * 60))} min"
    return f"{hours:,.1f} h" if hours < 10 else f"{hours:,.0f} h"
