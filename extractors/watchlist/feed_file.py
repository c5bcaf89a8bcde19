"""Edits a ``feeds.toml`` so that every other line stays as it is: comments, order, spacing."""

from __future__ import annotations

import json
import re

from fivegwatch.extractors.model import Feed

_HEADER = re.compile(r"^\s*\[\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*\]\s*(?:#.*)?$")


def feed_table(feed: Feed) -> str:
    """The table of a feed, as written in the file."""
    given = {
        "url": feed.url, "title": feed.title, "site": feed.site_url, "publisher": feed.publisher,
        "language": feed.language, "country": feed.country, "category": feed.category,
    }  # fmt: skip
    lines = [f"[{feed.id}]", *(f"{key} = {_quoted(value)}" for key, value in given.items() if value)]
    if not feed.active:
        lines += ["on = false", f"off_because = {_quoted(feed.inactive_reason or 'switched off')}"]
    return "\n".join(lines) + "\n"


def with_feed(text: str, feed: Feed) -> str:
    """``text`` with the table of ``feed`` at its end."""
    return f"{text.rstrip()}\n\n{feed_table(feed)}" if text.strip() else feed_table(feed)


def without_feed(text: str, feed_id: str) -> str:
    """``text`` without the table of a feed and the comments directly above it. Raises: KeyError if there is none."""
    lines = text.splitlines(keepends=True)
    start, end = _span(lines, feed_id)
    while start and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    # Comments and blank lines at the end belong to the table that follows.
    while end > start and end < len(lines) and not lines[end - 1].strip():
        end -= 1
    while end < len(lines) and not lines[end].strip():
        end += 1
    return "".join(lines[:start] + lines[end:])


def with_values(text: str, feed_id: str, values: dict[str, str | bool | None]) -> str:
    """``text`` with these keys of a feed set; the value None removes a key. Raises: KeyError if there is no such
    feed."""
    lines = text.splitlines(keepends=True)
    start, end = _span(lines, feed_id)
    for key, value in values.items():
        at = next((n for n in range(start + 1, end) if re.match(rf"\s*{key}\s*=", lines[n])), None)
        new = f"{key} = {_quoted(value) if isinstance(value, str) else str(value).lower()}\n"
        if value is None and at is not None:
            del lines[at]
            end -= 1
        elif value is not None and at is not None:
            lines[at] = new
        elif value is not None:
            if not lines[start].endswith("\n"):
                lines[start] += "\n"
            lines.insert(start + 1, new)
            end += 1
    return "".join(lines)


def _span(lines: list[str], feed_id: str) -> tuple[int, int]:
    """First line and end of a feed's table, with its header and without trailing comments and blank lines."""
    start = next((n for n, line in enumerate(lines) if (m := _HEADER.match(line)) and m[1] == feed_id), None)
    if start is None:
        raise KeyError(feed_id)
    end = next((n for n in range(start + 1, len(lines)) if _HEADER.match(lines[n])), len(lines))
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return start, end


def _quoted(value: str) -> str:
    """``value`` as a basic string of TOML. JSON writes it in the same way, except for the character DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
