"""What a backfill would take, estimated from a sample: units, addresses, bytes, hours."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from fivegwatch.extractors.errors import ExtractionError, NewsError
from fivegwatch.extractors.gates.gates import Gates
from fivegwatch.extractors.gates.story_gate import extract_unless_far
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Listing, Unit
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.flows.runs.backfill.changes import as_rows, in_a_line
from fivegwatch.flows.runs.backfill.failures import why_failed
from fivegwatch.flows.runs.backfill.scanning import file_name
from fivegwatch.flows.runs.backfill.sources import source_of
from fivegwatch.flows.runs.backfill.state import BackfillRun
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.sources.services.throttle import SPACING_S
from fivegwatch.sources.warc.pages import WarcPage, read_pages
from fivegwatch.sources.warc.records import read_records

SAMPLE_FILES, SAMPLE_RECORDS, SAMPLE_JUDGED = 3, 2_000, 10
SAMPLE_UNITS, SAMPLE_PORTIONS = 10, 3
SHOWN = 30
JUDGE_S = 0.06
"""Processor seconds to read and judge one page that passes the gates; used if the sample has no such page."""
LINE_MBIT = 100
"""Speed of the network connection in Mbit/s, a cautious guess."""


@dataclass(slots=True, kw_only=True)
class Estimate:
    """What to expect of a backfill. Everything except units and the bytes of local files is an estimate from a
    sample.
    """

    units: int = 0
    """Number of units that are not done yet."""
    units_known: int = 0
    units_given_up: int = 0
    """Units that failed in an earlier run and are not due to be tried again now."""
    bytes: int = 0
    """Bytes to read, including downloads."""
    to_fetch: int = 0
    """The part of ``bytes`` that is downloaded."""
    unmeasured: int = 0
    """Number of remote files of unknown size."""
    pages: int = 0
    """Number of pages in archives."""
    entries: int = 0
    """Number of addresses whose pages would be fetched."""
    hours: float = 0.0
    """Hours by the clock, with a connection of ``LINE_MBIT`` and the workers of the settings."""
    by_line: list[dict[str, float]] = field(default_factory=list)
    """Hours with faster or slower connections and other numbers of processors, if anything has to be downloaded."""
    sampled: str = ""
    """A description of the sample."""
    failed: dict[str, str] = field(default_factory=dict)
    """Why units cannot be read, by locator; they are not counted in the other figures."""
    changed: dict[str, str] = field(default_factory=dict)
    """How files changed since they were read, by locator; they would be read from their start."""

    def plus(self, lists: Estimate) -> Estimate:
        """The sum of this estimate, for archives, and of ``lists``, an estimate for listings."""
        return replace(
            self,
            units=self.units + lists.units,
            entries=lists.entries,
            hours=self.hours + lists.hours,
            sampled=lists.sampled,
            failed=self.failed | lists.failed,
        )

    def as_dict(self) -> dict[str, object]:
        """The figures by name, for JSON."""
        return asdict(self) | {"failed": as_rows(self.failed), "changed": as_rows(self.changed)}

    @property
    def is_hopeless(self) -> bool:
        """Whether the run would fail, because no unit can be read."""
        return bool(self.failed) and not self.units and not self.units_known


def estimate_archives(units: Sequence[Unit], rules: Rules, workers: int) -> Estimate:
    """The estimate for WARC files, from the beginnings of some of them; local files that cannot be read are
    reported.
    """
    gates = Gates(rules)
    seen: Counter[str] = Counter()
    cpu_s = judge_s = 0.0
    failed = {unit.locator: why for unit in units if _is_local(unit) and (why := _unreadable(unit))}
    units = [unit for unit in units if unit.locator not in failed]
    local = [unit for unit in units if _is_local(unit)]
    step = max(1, len(local) // SAMPLE_FILES)
    for unit in local[::step][:SAMPLE_FILES]:
        started = time.process_time()
        judge_s += _sample(Path(unit.locator), gates, rules, seen)
        cpu_s += time.process_time() - started
    total = sum(unit.size for unit in units)
    unmeasured = sum(not (unit.size or _is_local(unit)) for unit in units)
    result = Estimate(units=len(units), bytes=total, unmeasured=unmeasured, failed=failed)
    read_s = READ_S_BYTE * total
    if seen["bytes"]:
        share = total / seen["bytes"]
        each = judge_s / seen["judged"] if seen["judged"] else JUDGE_S
        result.pages = round(seen["pages"] * share)
        read_s = ((cpu_s - judge_s) + seen["passed"] * each) * share
        files = min(len(local), SAMPLE_FILES)
        result.sampled = f"{seen['pages']:,} pages of {files} file{'s' if files > 1 else ''}"
    result.to_fetch = sum(unit.size for unit in units if unit.kind == "download")
    if seen["bytes"] or result.to_fetch:
        schedule = Schedule(download_bytes=result.to_fetch, read_s=read_s)
        result.hours = schedule.hours(mbit=LINE_MBIT, cores=workers)
        result.by_line = schedule.rows() if result.to_fetch else []
    return result


def _is_local(unit: Unit) -> bool:
    return unit.kind == "file" and "://" not in unit.locator


def _unreadable(unit: Unit) -> str:
    """Why a file cannot be read at all; empty if it can."""
    try:
        with Path(unit.locator).open("rb") as handle:
            next(read_records(handle, file_name(unit.locator), most=0), None)
    except OSError as exc:
        return f"cannot be read: {exc.strerror or exc}"
    except NewsError as error:
        return why_failed(unit, error)
    return ""


def _sample(path: Path, gates: Gates, rules: Rules, seen: Counter[str]) -> float:
    """Read the beginning of a file; returns the processor seconds spent on judging."""
    judging, offset = 0.0, 0
    for number, item in enumerate(read_pages(path, name=file_name(str(path)))):
        offset = item.read_to
        if number >= SAMPLE_RECORDS:
            break
        if not isinstance(item, WarcPage):
            continue
        seen["pages"] += 1
        parsed = ParsedPage(item.page)
        if gates.stopped_by(item.page, parsed=parsed):
            continue
        seen["passed"] += 1
        if seen["judged"] < SAMPLE_JUDGED:
            started = time.process_time()
            try:
                if article := extract_unless_far(parsed, rules):
                    judge(article, rules)
            except ExtractionError:
                continue
            finally:
                judging += time.process_time() - started
                seen["judged"] += 1
    seen["bytes"] += offset
    return judging


async def estimate_lists(units: Sequence[Unit], run: BackfillRun) -> Estimate:
    """What units that list addresses would cost, estimated from a sample: the first portions of a few units."""
    entries, further, read, hosts = 0.0, 0.0, 0, Counter[str]()
    failed: dict[str, str] = {}
    step = max(1, len(units) // SAMPLE_UNITS)
    # The units that a unit names are sampled as well: an index of sitemaps has no addresses of its own.
    for unit in units[::step][:SAMPLE_UNITS]:
        try:
            portions = await _portions(unit, run)
        except NewsError as error:
            failed[unit.locator] = why_failed(unit, error)
            continue
        read += 1
        scale = _scale(unit, portions)
        inner = [item for portion in portions for item in portion.units]
        inside = await _entries_inside(inner, run)
        own = sum(len(portion.entries) for portion in portions) * scale
        entries += own + inside * len(inner) * scale
        further += len(inner) * scale
        hosts.update(urlsplit(entry.url).netloc for portion in portions for entry in portion.entries)
    # If no unit of the sample can be read, the others cannot either, as far as anyone knows.
    rest = len(units) - len(failed) if read else 0
    factor = rest / max(1, read)
    result = Estimate(units=rest + round(further * factor), entries=round(entries * factor), failed=failed)
    if units[0].source == "wayback":
        pace, busiest = SPACING_S["replay"], 1.0  # all from one archive
    else:
        pace = run.tools.settings.limits.host_spacing_s
        busiest = max(hosts.values(), default=1) / max(1, sum(hosts.values()))
    result.hours = result.entries * busiest * pace / 3600
    result.sampled = f"{read} of {len(units)} unit{'s' if len(units) > 1 else ''}"
    return result


async def _portions(unit: Unit, run: BackfillRun) -> list[Listing]:
    portions: list[Listing] = []
    async for portion in source_of(unit).read(run, unit, ""):
        portions.append(portion)
        if len(portions) >= SAMPLE_PORTIONS:
            break
    return portions


async def _entries_inside(units: Sequence[Unit], run: BackfillRun) -> float:
    """The mean number of entries in one of ``units``, measured on a few of them."""
    if not units:
        return 0.0
    counts = []
    for unit in units[:: max(1, len(units) // 3)][:3]:
        portions = await _portions(unit, run)
        counts.append(sum(len(portion.entries) for portion in portions) * _scale(unit, portions))
    return sum(counts) / len(counts)


def _scale(unit: Unit, portions: Sequence[Listing]) -> float:
    """How many times larger the whole unit is than the ``portions`` that were read."""
    if not portions or portions[-1].done or not unit.size:
        return 1.0
    return max(1.0, unit.size / max(1, portions[-1].position))


def as_lines(estimate: Estimate, settings: Settings) -> list[str]:
    """The estimate as lines of text."""
    failed = [f"failed:  {locator}: {why}" for locator, why in sorted(estimate.failed.items())]
    if len(failed) > SHOWN:
        failed = [*failed[:SHOWN], f"failed:  ... and {len(failed) - SHOWN:,} more; see --json"]
    if not estimate.units:
        before = f", {estimate.units_given_up:,} failed before" if estimate.units_given_up else ""
        again = " (to try again now: --retry-failed)" if before else ""
        nothing = "no unit can be read" if estimate.is_hopeless else "nothing to do"
        done = "1 unit is" if estimate.units_known == 1 else f"{estimate.units_known:,} units are"
        return [*failed, f"{nothing}: {done} done{before}{again}; nothing was written"]
    known = f" ({estimate.units_known:,} more are done)" if estimate.units_known else ""
    lines = [*failed, f"units:   {estimate.units:,}{known}"]
    if estimate.changed:
        lines.append(f"changed: {in_a_line(estimate.changed)}")
    if estimate.bytes or estimate.unmeasured:
        lines.append(f"size:    {_bytes_in_words(estimate)}")
    if estimate.pages:
        lines.append(f"pages:   about {estimate.pages:,}")
    if estimate.entries or not (estimate.bytes or estimate.unmeasured):
        lines.append(
            f"entries: about {estimate.entries:,} address{'' if estimate.entries == 1 else 'es'} "
            "to fetch, at a polite pace"
        )
    if estimate.bytes and not (estimate.pages or estimate.entries or estimate.to_fetch or estimate.sampled):
        lines.append(
            "time:    not known: the files are elsewhere, will be read in place and were not sampled"
        )
    elif estimate.bytes or estimate.entries or not estimate.unmeasured:
        lines.append(f"time:    {_hours_in_words(estimate.hours)}{_of_what(estimate, settings)}")
        lines += table_of(estimate.by_line)
    sampled = f"estimated from {estimate.sampled}" if estimate.sampled else "nothing was sampled"
    return [*lines, f"{sampled}; nothing was written"]


def _of_what(estimate: Estimate, settings: Settings) -> str:
    if not estimate.bytes:
        return ""
    line = f" and a line of {LINE_MBIT} Mbit; downloads and reading overlap" if estimate.to_fetch else ""
    return f" with {settings.workers} workers{line}"


def _bytes_in_words(estimate: Estimate) -> str:
    if not estimate.unmeasured:
        return _size_in_words(estimate.bytes)
    one = estimate.unmeasured == 1
    files = "1 file elsewhere" if one else f"{estimate.unmeasured:,} files elsewhere"
    unknown = f"{files}, of a size not known before {'it is' if one else 'they are'} asked for"
    return f"{_size_in_words(estimate.bytes)}, and {unknown}" if estimate.bytes else unknown


def _size_in_words(size: int) -> str:
    for unit, factor in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= factor:
            return f"{size / factor:,.2f} {unit}"
    return f"{size:,} bytes"


def _hours_in_words(hours: float) -> str:
    if hours >= 48:
        return f"about {hours / 24:,.1f} days"
    if hours >= 1:
        return f"about {hours:,.1f} hours"
    return f"about {hours * 60:,.0f} minutes" if hours * 60 >= 1.5 else "about a minute"


LINES = (100, 1_000, 10_000)
"""Speeds of network connections, in Mbit/s."""
LINE_SHARE = 0.8
"""Share of a connection's speed that downloads reach, by experience; the rest is used by protocols and other
traffic.
"""
CORES = (2, 8, 64)
READ_S_BYTE = 0.156e-6
"""Processor seconds to read and judge one byte of a compressed archive, used without a sample: 6.1 ms for a page of 39
kB (`benchmarks.backfill_scaling`, 1,023 pages of everyday press, all processes, with all searches in the cache).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How much a backfill of archives has to download and to read, and how long that takes."""

    download_bytes: int
    read_s: float
    """Processor seconds to read and judge all archives."""

    def hours(self, *, mbit: float, cores: int) -> float:
        """Hours by the clock, with a connection of ``mbit`` Mbit/s and ``cores`` processors."""
        return max(8 * self.download_bytes / (mbit * LINE_SHARE * 1e6), self.read_s / max(1, cores)) / 3600

    def rows(self) -> list[dict[str, float]]:
        """The hours for each speed and number of processors, as rows with the keys ``mbit``, ``cores`` and
        ``hours``.
        """
        return [
            {"mbit": mbit, "cores": cores, "hours": self.hours(mbit=mbit, cores=cores)}
            for mbit in LINES
            for cores in CORES
        ]


def table_of(rows: Sequence[Mapping[str, float]]) -> Iterator[str]:
    """``rows`` (of `Schedule.rows`) as a table in text: one line for each speed, one column for each number of
    processors.
    """
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
