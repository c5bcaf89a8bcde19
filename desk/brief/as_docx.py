"""The brief as a Word document (Office Open XML), with headings, lists and links; needs the extra ``brief``."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from fivegwatch.desk.brief.sentences import (
    NOTE,
    EventText,
    Link,
    change_links,
    columns_of,
    event_text,
    fact_links,
    heading,
    numbers_of,
    opening,
    sections_of,
    silent_lines,
)
from fivegwatch.desk.reads.week import Week
from fivegwatch.extractors.errors import SettingsError

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


def brief_docx(week: Week) -> bytes:
    """The brief of a week as the bytes of a .docx file.

    Raises: SettingsError when python-docx is not installed.
    """
    try:
        from docx import Document
    except ImportError:
        raise SettingsError(
            "Word documents need python-docx. Install it with: pip install 'fivegwatch[brief]'",
            key="--format",
        ) from None
    document = Document()
    document.core_properties.title = heading(week)
    document.core_properties.author = "fivegwatch"
    document.add_heading(heading(week), 0)
    document.add_paragraph(opening(week))
    if changes := change_links(week):
        document.add_heading("What changed in the trackers", 1)
        for change in changes:
            _add(document.add_paragraph(style="List Bullet"), change)
    if week.incidents:
        document.add_heading("Incidents first reported", 1)
        for fact in fact_links(week.incidents):
            _add(document.add_paragraph(style="List Bullet"), fact)
    for country in week.countries:
        document.add_heading(country.name, 1)
        for label, events in sections_of(country):
            if label:
                document.add_heading(label, 2)
            for event in events:
                _add_event(document.add_paragraph(style="List Bullet"), event_text(event))
    if week.more_events:
        document.add_paragraph(f"{week.more_events:,} further events are in the corpus.")
    _add_end(document, week)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add_end(document: Any, week: Week) -> None:
    """Add the table of numbers, the silent sources and the closing note."""
    document.add_heading("Numbers", 1)
    table = document.add_table(rows=1, cols=3)
    for cell, text in zip(table.rows[0].cells, columns_of(week), strict=True):
        cell.text = text
    for row in numbers_of(week):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    if silent := silent_lines(week):
        document.add_heading("Silent sources, as of now", 1)
        for line in silent:
            document.add_paragraph(line, style="List Bullet")
    document.add_paragraph(NOTE)


def _add_event(paragraph: Paragraph, text: EventText) -> None:
    for fact in text.facts:
        _add(paragraph, fact, bold=True)
        paragraph.add_run(" ")
    _add(paragraph, text.headline, bold=not text.facts)
    notes = [note for note in (text.in_language, text.continued) if note]
    paragraph.add_run(f" ({'; '.join(notes)}). " if notes else ". ")
    for number, source in enumerate(text.sources):
        paragraph.add_run(", " if number else "")
        _add(paragraph, source)
    if text.more_sources:
        paragraph.add_run(f" and {text.more_sources} more")


def _add(paragraph: Paragraph, link: Link, *, bold: bool = False) -> None:
    """Add the words of ``link`` to the paragraph, leading to its address."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = paragraph.add_run(link.text)
    run.bold = bold or None
    if link.url:
        element = OxmlElement("w:hyperlink")
        element.set(qn("r:id"), paragraph.part.relate_to(link.url, _LINK, is_external=True))
        element.append(run._r)
        paragraph._p.append(element)
