"""Makes a brief from the corpus, as the bytes of a file in the chosen format."""

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
    """The data of a brief for ``period``, read from the published corpus ``database``."""
    with Corpus(database) as corpus:
        return read_week(corpus, period)


def brief_as(week: Week, kind: str) -> bytes:
    """The brief as bytes; ``kind`` is one of ENDINGS. Raises: SettingsError if the package for this format is not
    installed.
    """
    if kind == "docx":
        return brief_docx(week)
    text = {"html": brief_html, "markdown": brief_markdown, "text": brief_text}[kind](week)
    return text.encode("utf-8")


def file_name(period: Period, kind: str) -> str:
    """The file name of a brief, such as ``brief-2026-W48.html``; for a period that is no week, with its first and last
    day.
    """
    return f"brief-{period.name or f'{period.first}-{period.last}'}.{ENDINGS[kind]}"
