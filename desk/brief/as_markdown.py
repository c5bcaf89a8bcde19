"""The brief as Markdown (CommonMark), every text escaped so that it is shown as it is."""

from __future__ import annotations

import re
from urllib.parse import quote

from fivegwatch.desk.brief.sentences import (
    NOTE,
    EventText,
    Link,
    change_links,
    columns_of,
    event_text,
    fact_links,
    heading,
    joined,
    numbers_of,
    opening,
    sections_of,
    silent_lines,
)
from fivegwatch.desk.reads.week import Week

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&$]|:(?=//))")
"""What Markdown would take for markup within a line; lines of the brief begin with markup of their own."""


def brief_markdown(week: Week) -> str:
    """The brief of a week as a whole Markdown document."""
    lines = [f"# {plain_text(heading(week))}", "", plain_text(opening(week)), ""]
    if changes := change_links(week):
        lines += ["## What changed in the trackers", ""]
        lines += [*(f"- {_link(change)}" for change in changes), ""]
    if week.incidents:
        lines += ["## Incidents first reported", ""]
        lines += [*(f"- {_link(fact)}" for fact in fact_links(week.incidents)), ""]
    for country in week.countries:
        lines += [f"## {plain_text(country.name)}", ""]
        for label, events in sections_of(country):
            lines += [f"### {plain_text(label)}", ""] if label else []
            lines += [*(f"- {_event(event_text(event))}" for event in events), ""]
    if week.more_events:
        lines += [f"{week.more_events:,} further events are in the corpus.", ""]
    lines += ["## Numbers", "", f"| {' | '.join(columns_of(week)).lstrip()} |", "| --- | ---: | ---: |"]
    lines += [*(f"| {name} | {now} | {before} |" for name, now, before in numbers_of(week)), ""]
    if silent := silent_lines(week):
        lines += ["## Silent sources, as of now", "", *(f"- {plain_text(line)}" for line in silent), ""]
    return "\n".join([*lines, f"*{NOTE}*", ""])


def plain_text(text: str) -> str:
    """``text`` as one line that Markdown shows unchanged."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _event(text: EventText) -> str:
    notes = [note for note in (text.in_language, text.continued) if note]
    aside = f" ({plain_text('; '.join(notes))})" if notes else ""
    facts = " ".join(f"**{_link(fact)}**" for fact in text.facts)
    headline = _link(text.headline) if facts else f"**{_link(text.headline)}**"
    sources = joined([_link(source) for source in text.sources], text.more_sources)
    return " ".join(part for part in (facts, f"{headline}{aside}.", sources) if part)


def _link(link: Link) -> str:
    if not link.url:
        return plain_text(link.text)
    address = quote(link.url, safe=":/?#[]@!$&'*+,;=%-._~")
    return f"[{plain_text(link.text)}](<{address}>)"
