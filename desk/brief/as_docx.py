"""The brief as a Word document (Office Open XML), with headings, lists and links; needs the extra ``brief``."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from fivegwatch.desk.brief.sentences import Block, EventText, Link, blocks_of, heading
from fivegwatch.desk.reads.week import Week
from fivegwatch.extractors.errors import SettingsError

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

_HEADINGS = ("title", "heading", "subheading")
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
    for block in blocks_of(week):
        _add_block(document, block)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add_block(document: Any, block: Block) -> None:
    if block.kind in _HEADINGS:
        document.add_heading(block.text, _HEADINGS.index(block.kind))
    elif block.text:
        document.add_paragraph(block.text)
    for item in block.items:
        paragraph = document.add_paragraph(style="List Bullet")
        if isinstance(item, EventText):
            _add_event(paragraph, item)
        elif isinstance(item, Link):
            _add(paragraph, item)
        else:
            paragraph.add_run(item)
    if block.rows:
        table = document.add_table(rows=0, cols=3)
        for row in block.rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text


def _add_event(paragraph: Paragraph, text: EventText) -> None:
    for fact in text.facts:
        _add(paragraph, fact, bold=True)
        paragraph.add_run(" ")
    _add(paragraph, text.headline, bold=not text.facts)
    paragraph.add_run(f" ({text.aside}). " if text.aside else ". ")
    for number, source in enumerate(text.sources):
        paragraph.add_run(", " if number else "")
        _add(paragraph, source)
    if text.more_sources:
        paragraph.add_run(f" and {text.more_sources} more")


def _add(paragraph: Paragraph, link: Link, *, bold: bool = False) -> None:
    """Add the text of ``link`` to the paragraph, as a hyperlink to its address."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = paragraph.add_run(link.text)
    run.bold = bold or None
    if link.url:
        element = OxmlElement("w:hyperlink")
        element.set(qn("r:id"), paragraph.part.relate_to(link.url, _LINK, is_external=True))
        element.append(run._r)
        paragraph._p.append(element)
