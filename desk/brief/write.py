"""A brief by format: from the corpus to bytes."""

from __future__ import annotations

from pathlib import Path

from fivegwatch.desk.brief.as_docx import brief_docx
from fivegwatch.desk.brief.as_html import brief_html
from fivegwatch.desk.brief.as_markdown import brief_markdown
from fivegwatch.desk.brief.as_text import brief_text
from fivegwatch.desk.reads.week import Period, Week, read_week
from fivegwatch.storage.read.corpus import Corpus

ENDINGS = {"html": "html", "markdown": "md", "docx": "docx", "text": "txt"}


def week_in(database: Path, period: Period) -> Week:
    """The week, read from a published corpus."""
    with Corpus(database) as corpus:
        return read_week(corpus, period)


def brief_as(week: Week, kind: str) -> bytes:
    """The brief in one of ENDINGS. Raises: SettingsError when a format's package is not installed."""
    if kind == "docx":
        return brief_docx(week)
    text = {"html": brief_html, "markdown": brief_markdown, "text": brief_text}[kind](week)
    return text.encode("utf-8")


def file_name(period: Period, kind: str) -> str:
    """The name of a brief's file: ``brief-2026-W48.html``, or with both days for a period that is no week."""
    return f"brief-{period.name or f'{period.first}-{period.last}'}.{ENDINGS[kind]}"
