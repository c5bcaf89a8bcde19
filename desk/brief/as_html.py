"""The brief as HTML for mail: one file, styles inline, nothing loaded, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

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

_FONT = "font-family:Georgia,'Times New Roman',serif;font-size:16px;line-height:1.45;color:#1a1a1a"
_H2 = "font-size:20px;margin:28px 0 6px;border-bottom:1px solid #999"
_H3 = "font-size:15px;margin:14px 0 2px;color:#555"
_CELL = "padding:2px 14px 2px 0;text-align:left"


def brief_html(week: Week) -> str:
    """The brief of a week as a whole HTML document."""
    parts = [
        f'<h1 style="font-size:26px;margin:0 0 8px">{escape(heading(week))}</h1>',
        _p(escape(opening(week))),
    ]
    if changes := change_links(week):
        parts += [_h2("What changed in the trackers"), _list(map(_a, changes))]
    if week.incidents:
        parts += [_h2("Incidents first reported"), _list(map(_a, fact_links(week.incidents)))]
    for country in week.countries:
        parts.append(_h2(country.name))
        for label, events in sections_of(country):
            parts += [f'<h3 style="{_H3}">{escape(label)}</h3>'] if label else []
            parts.append(_list(_event(event_text(event)) for event in events))
    if week.more_events:
        parts.append(_p(f"{week.more_events:,} further events are in the corpus."))
    rows = "".join(
        f'<tr><th scope="row" style="{_CELL}">{escape(name)}</th>'
        f'<td style="{_CELL}">{now}</td><td style="{_CELL}">{before}</td></tr>'
        for name, now, before in numbers_of(week)
    )
    head = "".join(f'<th scope="col" style="{_CELL}">{name}</th>' for name in columns_of(week))
    parts += [_h2("Numbers"), f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"]
    if silent := silent_lines(week):
        parts += [_h2("Silent sources, as of now"), _list(map(escape, silent))]
    parts.append(f'<p style="font-size:13px;color:#555;margin-top:28px">{escape(NOTE)}</p>')
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(heading(week))}</title></head>\n"
        f'<body style="margin:0;background:#fff"><div style="{_FONT};max-width:720px;margin:0 auto;padding:20px">\n'
        + "\n".join(parts)
        + "\n</div></body></html>\n"
    )


def _event(text: EventText) -> str:
    facts = " ".join(f"<b>{_a(fact)}</b>" for fact in text.facts)
    headline = _a(text.headline) if facts else f"<b>{_a(text.headline)}</b>"
    notes = [note for note in (text.in_language, text.continued) if note]
    aside = f" ({escape('; '.join(notes))})" if notes else ""
    sources = joined([_a(source) for source in text.sources], text.more_sources)
    return " ".join(
        part for part in (facts, f"{headline}{aside}.", f'<span style="color:#555">{sources}</span>') if part
    )


def _a(link: Link) -> str:
    text = escape(link.text)
    language = f' lang="{escape(link.language)}"' if link.language else ""
    text = f'<bdi dir="auto"{language}>{text}</bdi>'
    return f'<a href="{escape(link.url)}" style="color:#0b4f8a">{text}</a>' if link.url else text


def _h2(text: str) -> str:
    return f'<h2 style="{_H2}">{escape(text)}</h2>'


def _p(html: str) -> str:
    return f'<p style="margin:8px 0">{html}</p>'


def _list(items: Iterable[str]) -> str:
    lines = "\n".join(f'<li style="margin:4px 0">{item}</li>' for item in items)
    return f'<ul style="margin:4px 0;padding-left:22px">\n{lines}\n</ul>'
