"""``python -m benchmarks.operator_day``: a day of `fivegwatch serve` in accelerated time, watched by `status` alone.

A real `serve` runs the schedule of a `prefect.yaml`: every half an hour of the day, which is ``--step`` seconds here.
The clock of all our processes is accelerated alike, so that polls, ages and records are those of a day; Prefect's is
not. Troubles come by the hour. The operator asks `fivegwatch status` a few times each half hour and knows its exit
code only; at what hour it changed after each trouble began and ended is printed.

Exit code 1: a trouble was not seen, was seen too late or for another reason, outlasted its end, or `status` exited
with 1 without a trouble. On a busy machine a run takes longer than a step: choose a longer one.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.day_troubles import TROUBLES, DayTrouble, Desk
from fivegwatch.flows.demo.newsroom import Newsroom

LATEST_SEEN_H = 1.9
"""A trouble is seen within this many hours: two intervals of half an hour, the length of a run, and the next look."""
LATEST_MENDED_H = 1.4
"""`status` is back at 0 this many hours after the end of a trouble: the next run, its length, and the next look."""
LOOKS = 3
"""How often the operator looks in half an hour."""


def look(desk: Desk) -> tuple[int, list[str]]:
    """The exit code of `status`, and the kinds of its reasons, which only the report uses."""
    done = subprocess.run(
        [sys.executable, "-m", "fivegwatch.flows.cli.start", "status", "--json"],
        cwd=desk.home, env=desk.environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    try:
        kinds = [reason["kind"] for reason in json.loads(done.stdout)["reasons"]]
    except ValueError:
        kinds = [done.stderr.strip()[-300:] or "no answer"]
    return done.returncode, kinds


def live(desk: Desk, hours: float, step_s: float) -> list[tuple[float, int, list[str]]]:
    """Play the day; returns each change of the exit code as (hour, code, kinds)."""
    changes: list[tuple[float, int, list[str]]] = []
    ahead = [trouble for trouble in TROUBLES if trouble.begins_h >= desk.start_h]
    moments = [(t.begins_h, t.begin, f"trouble: {t.name}") for t in ahead]
    moments += [(t.ends_h, t.end, f"end of: {t.name}") for t in ahead]
    moments.sort(key=lambda moment: moment[0])
    while (hour := desk.hour()) < hours:
        while moments and moments[0][0] <= hour:
            _, act, text = moments.pop(0)
            print(f"{clock(desk.hour())}  {text}", flush=True)
            act(desk)
        code, kinds = look(desk)
        if not changes or code != changes[-1][1]:
            changes.append((desk.hour(), code, kinds))
            print(
                f"{clock(changes[-1][0])}  status exits with {code}: {', '.join(kinds) or 'in order'}",
                flush=True,
            )
        elif kinds and kinds != changes[-1][2]:
            changes.append((desk.hour(), code, kinds))
        time.sleep(max(0.0, step_s / LOOKS - desk.hour() % (0.5 / LOOKS) * 2 * step_s))
    return changes


def clock(hour: float) -> str:
    """``13:05`` of an hour of the day."""
    return f"{int(hour):02}:{int(hour % 1 * 60):02}"


def judge(
    changes: Sequence[tuple[float, int, list[str]]], start_h: float, hours: float
) -> list[dict[str, Any]]:
    """For each trouble: when it was seen and when `status` was back at 0, and what is wrong with that."""
    rows = []
    for trouble in TROUBLES:
        if not start_h <= trouble.begins_h < hours:
            continue
        alarms = [
            (hour, kinds)
            for hour, code, kinds in changes
            if code and trouble.begins_h <= hour <= trouble.ends_h + LATEST_MENDED_H
        ]
        seen = next((hour for hour, kinds in alarms if set(kinds) & set(trouble.kinds)), None)
        back = next(
            (hour for hour, code, _ in changes if not code and hour >= max(seen or 0, trouble.ends_h)), None
        )
        rows.append({
            "trouble": trouble.name, "began": trouble.begins_h, "seen": seen, "ended": trouble.ends_h, "back": back,
            "kinds": sorted({kind for _, kinds in alarms for kind in kinds}),
            "wrong": _wrong(trouble, seen, back, alarms),
        })  # fmt: skip
    return rows


def _wrong(
    trouble: DayTrouble, seen: float | None, back: float | None, alarms: Sequence[tuple[float, list[str]]]
) -> str:
    if not trouble.kinds:
        return f"status exited with {alarms[0][1]}" if alarms else ""
    if seen is None:
        return "never seen"
    if seen - trouble.begins_h > trouble.seen_within_h:
        return f"seen after {seen - trouble.begins_h:.1f} h"
    if back is None or back - max(seen, trouble.ends_h) > LATEST_MENDED_H:
        return "status did not go back to 0 in time"
    return ""


def false_alarms(changes: Sequence[tuple[float, int, list[str]]]) -> list[str]:
    """Times at which `status` began to exit with 1 outside of all troubles and the time after them."""
    spans = [(t.begins_h, t.ends_h + LATEST_MENDED_H) for t in TROUBLES]
    return [
        f"{clock(hour)} {kinds}"
        for (hour, code, kinds), before in zip(changes, [0, *(code for _, code, _ in changes)], strict=False)
        if code and not before and not any(begin <= hour <= end for begin, end in spans)
    ]


def report(rows: Sequence[dict[str, Any]], alarms: Sequence[str]) -> int:
    """Print the table; returns the exit code."""
    print(f"\n{'trouble':40}{'began':>7}{'seen':>7}{'ended':>7}{'back':>7}  reasons")
    for row in rows:
        hours = (row[name] for name in ("began", "seen", "ended", "back"))
        times = "".join(f"{'-' if hour is None else clock(hour):>7}" for hour in hours)
        wrong = f"  WRONG: {row['wrong']}" if row["wrong"] else ""
        print(f"{row['trouble']:40}{times}  {', '.join(row['kinds']) or 'none'}{wrong}")
    for alarm in alarms:
        print(f"WRONG: status exited with 1 without a trouble: {alarm}")
    print(json.dumps({"rows": rows, "false_alarms": list(alarms)}))
    return int(bool(alarms) or any(row["wrong"] for row in rows))


def _newsroom() -> Newsroom:
    """A newsroom whose stories are dated from the beginning of the day, which is 24 hours ago."""
    return Newsroom(slow_s=0.1, now=datetime.now(UTC) - timedelta(days=1))


def main() -> int:
    """Play the day and judge it; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.operator_day", description=__doc__)
    parser.add_argument(
        "--step", type=float, default=20.0, metavar="SECONDS", help="how long half an hour takes"
    )
    parser.add_argument("--hours", type=float, default=31.0, help="end the day after so many hours")
    parser.add_argument("--start", type=float, default=0.0, metavar="HOUR", help="begin the day at this hour")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="copy the directory there at the end")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="operator-day-") as name, _newsroom() as newsroom:
        desk = Desk(Path(name), newsroom, step_s=given.step, start_h=given.start)
        try:
            desk.prepare()
            changes = live(desk, given.hours, given.step)
        finally:
            desk.close()
            if given.keep:
                shutil.copytree(name, given.keep, symlinks=True)
    return report(judge(changes, given.start, given.hours), false_alarms(changes))


if __name__ == "__main__":
    sys.exit(main())
