"""Alerts on drift: the newest pages of an outlet differ from its earlier ones (new template, lost dates, a wall).

rows of outlet_drift, recorded changes of each outlet -> changes to record; lasting ones -> alerts

The pages of one evening may differ by chance. So a drift raises an alert only if it is statistically sure and lasts for
nearly a day. An outlet whose pages change back and forth raises one alert.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from fivegwatch.flows.printing.lines import counted
from fivegwatch.storage.spool.feed_records import Transition

Row = dict[str, Any]
DRIFT = "~drift "
"""Prefix of the subject of a recorded drift; the site of the outlet follows."""
SURE = 1e-6
"""A drift counts if the probability that it is chance is at most this. 200 outlets with eight measures and a new set of
pages a day are 600,000 comparisons a year.
"""
LASTS = timedelta(hours=20)
"""A drift raises an alert if it is still there this long after it was first seen."""
STREAK = timedelta(days=14)
"""If an outlet drifts again within this time of an alert, it is the same trouble and raises no new alert."""
DOUBTED, CHANGED, USUAL = "changed?", "changed", "ok"
"""Statuses of an outlet. ``changed?``: its pages differ. ``changed``: they have differed for long. ``ok``: they are as
before, or the difference has become usual.
"""
SHARES = frozenset({"short", "undated", "clockless", "flagged", "disputed", "refused"})
WORDS = {
    "length": "characters of text", "boilerplate": "share of the page around the story",
    "short": "texts under a quarter of the usual length", "undated": "without a date",
    "clockless": "dated without a time", "flagged": "behind walls, cut or garbled",
    "disputed": "read differently by two readers", "refused": "without a story",
}  # fmt: skip
"""The measures of the view outlet_drift, in words."""


def drift_changes(
    rows: Sequence[Row],
    before: Mapping[str, Row],
    walled: Collection[str],
    *,
    now: datetime,
) -> list[Transition]:
    """The changes of outlets to record now; those whose event is ``begins`` are alerts.

    ``rows`` holds, by site, the rows of outlet_drift that drift. ``before`` holds, by site, the last recorded change
    (``after``, ``changed_at``) with the time of the last alert (``begun_at``). ``walled`` holds sites with walled or
    blocked feeds, for which an alert was raised already.
    """
    sure = {
        site: [row for row in group if row["chance"] <= SURE]
        for site, group in groupby(
            sorted(rows, key=lambda row: str(row["site"])), key=lambda row: str(row["site"])
        )
    }
    changes = []
    for site in sorted({*(site for site, ones in sure.items() if ones), *before}):
        ones, last = sure.get(site, []), before.get(site)
        status = last["after"] if last else USUAL
        begun = last["begun_at"] if last else None
        after, event = status, ""
        if not ones:
            after = USUAL
        elif status == USUAL:
            after = CHANGED if begun and now - begun < STREAK else DOUBTED
        elif last and status == DOUBTED and now - last["changed_at"] >= LASTS and site not in walled:
            after, event = CHANGED, "begins"
        if after != status:
            changes.append(
                Transition(
                    run_id="", feed_id=f"{DRIFT}{site}", changed_at=now, before=status, after=after, trouble="",
                    event=event, problem=in_words(ones), url="",
                )
            )  # fmt: skip
    return changes


def in_words(rows: Iterable[Row]) -> str:
    """One sentence on how an outlet's newest pages differ, and how sure that is; empty if there are no ``rows``."""
    ones = sorted(rows, key=lambda row: (row["chance"], row["measure"]))
    if not ones:
        return ""
    parts = [
        f"{WORDS.get(row['measure'], row['measure'])} {_value(row, 'value')}, usually {_value(row, 'usual')}"
        for row in ones[:3]
    ]
    # The chance of a page count that small is known no better than to some powers of ten.
    power = min(12, int(-math.log10(max(ones[0]["chance"], 1e-12))))
    newest, earlier = ones[0]["newest"], ones[0]["earlier"]
    return (
        f"its newest {counted(newest, 'page', 'pages')} differ from the {earlier:,} before them: {'; '.join(parts)}."
        f" By chance that happens less than once in {10**power:,} times. Its template, dates or walls have probably"
        " changed: look at its newest pages"
    )


def _value(row: Row, key: str) -> str:
    value = float(row[key])
    return f"{value:.0%}" if row["measure"] in SHARES or row["measure"] == "boilerplate" else f"{value:,.0f}"
