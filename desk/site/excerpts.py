"""A published site shows parts of a text, never the whole of it: the text belongs to its publisher.

The template of a story shows the first EXCERPT_CHARS characters of its text. So that no short text is shown whole, it
is cut in half here first; the lines that edits quote are shortened.
"""

from __future__ import annotations

from dataclasses import replace

from fivegwatch.desk.passages import EXCERPT_CHARS
from fivegwatch.desk.reads.event import Edit, Event
from fivegwatch.desk.reads.story import Story

LINE, LINES = 160, 3
"""Bounds on what is quoted of an edit: characters of a line, and lines added or removed."""


def excerpted_story(story: Story) -> Story:
    """The story with a short text cut to its first half, the passages in that half, and shortened edits."""
    edits = tuple(map(_short_edit, story.edits))
    text = story.text or ""
    if len(text) >= 2 * EXCERPT_CHARS:
        return replace(story, edits=edits)
    half = len(text) // 2
    passages = tuple(one for one in story.passages if one.field != "text" or one.end <= half)
    return replace(story, text=text[:half] or None, passages=passages, edits=edits)


def excerpted_event(event: Event) -> Event:
    """The event with each edit of its stories cut to a few short lines."""
    return replace(event, edits=tuple(map(_short_edit, event.edits)))


def _short_edit(edit: Edit) -> Edit:
    return replace(edit, added=_short(edit.added), removed=_short(edit.removed))


def _short(lines: tuple[str, ...]) -> tuple[str, ...]:
    short = tuple(line if len(line) <= LINE else line[:LINE].rstrip() + "…" for line in lines[:LINES])
    return (*short, f"… and {len(lines) - LINES} more lines") if len(lines) > LINES else short
