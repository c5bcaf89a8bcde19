"""Excerpts: a published site shows parts of a text, never the whole of it, for the text belongs to its publisher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fivegwatch.desk.reads.event import Edit, Event
from fivegwatch.desk.reads.story import Passage, Story

MOST = 600
"""Characters of a text in an excerpt, and never more than half of the text."""
AROUND = 100
"""Characters on either side of a passage."""
LINE, LINES = 160, 3
"""Bounds on what is quoted of an edit: characters of a line, and lines."""
GAP = " […] "


def excerpted_story(story: Story) -> Story:
    """The story with an excerpt in place of its text; passages are kept where the excerpt has them."""
    text, passages = excerpt_of(story.text or "", [one for one in story.passages if one.field == "text"])
    titles = tuple(one for one in story.passages if one.field != "text")
    return replace(
        story, text=text or None, passages=(*titles, *passages), edits=tuple(map(_short_edit, story.edits))
    )


def excerpted_event(event: Event) -> Event:
    """The event with at most a few short lines of every edit."""
    return replace(event, edits=tuple(map(_short_edit, event.edits)))


def excerpt_of(text: str, passages: Sequence[Passage]) -> tuple[str, tuple[Passage, ...]]:
    """Parts of ``text`` around its first passages (its beginning when there is none), and the passages in them.

    Offsets of the passages are moved to the excerpt's.
    """
    budget = min(MOST, len(text) // 2)
    windows: list[tuple[int, int]] = []
    for first, last in sorted((one.start, one.end) for one in passages) or [(0, budget)]:
        start, end = _word(text, first - AROUND), _word(text, last + AROUND)
        if windows and start <= windows[-1][1]:
            start = windows[-1][1]
        end = min(end, start + budget)
        if end <= start:
            continue
        budget -= end - start
        if windows and start == windows[-1][1]:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return _joined(text, windows, passages)


def _joined(
    text: str, windows: Sequence[tuple[int, int]], passages: Sequence[Passage]
) -> tuple[str, tuple[Passage, ...]]:
    parts, moved = "", []
    for start, end in windows:
        parts += "" if start == 0 else "… " if not parts else GAP
        shift = len(parts) - start
        moved += [
            replace(one, start=one.start + shift, end=one.end + shift)
            for one in passages
            if start <= one.start and one.end <= end
        ]
        parts += text[start:end]
    return parts + ("…" if windows and windows[-1][1] < len(text) else ""), tuple(moved)


def _word(text: str, offset: int) -> int:
    """The offset of the blank nearest before ``offset`` within 20 characters, so that words stay whole."""
    offset = min(max(offset, 0), len(text))
    blank = text.rfind(" ", max(0, offset - 20), offset)
    return offset if offset in (0, len(text)) or blank < 0 else blank + 1


def _short_edit(edit: Edit) -> Edit:
    return replace(edit, added=_short(edit.added), removed=_short(edit.removed))


def _short(lines: tuple[str, ...]) -> tuple[str, ...]:
    short = [line if len(line) <= LINE else line[:LINE].rstrip() + "…" for line in lines[:LINES]]
    return (*short, f"… and {len(lines) - LINES} more lines") if len(lines) > LINES else tuple(short)
