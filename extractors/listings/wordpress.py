"""Reads entries from an answer of WordPress's REST interface.

``date`` is in the local time of the site. It is used only to request the next posts, because ``after`` and ``before``
are compared with it; ``date_gmt`` is the time of publication.

Standard: WordPress REST API, ``wp/v2/posts``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fivegwatch.extractors.announce import announce, skip
from fivegwatch.extractors.errors import FeedError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Entry, Origin, Page, Skipped
from fivegwatch.extractors.text.dates import parse_date
from fivegwatch.extractors.text.plain import clean_line, plain_text, title_line

FIELDS = "id,date,date_gmt,modified_gmt,link,title,excerpt,content"
_JUNK_CHARS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post; for an unusable post ``entry`` is None and ``problem`` tells why."""

    id: int
    date: datetime | None
    """Local time of the site, without a zone."""
    entry: Entry | None = None
    problem: Skipped = ("", "")


def read_posts(
    page: Page, *, locator: str, allow: frozenset[tuple[str, int]] = frozenset()
) -> tuple[Post, ...]:
    """The posts in one answer, in their order there.

    Raises: FeedError of kind ``not_posts`` if the answer is no JSON array but an HTML page or an error message.
    """
    records = _array(page.body.decode("utf-8-sig", "replace"), page.final_url)
    return tuple(_posts(records, page, locator, allow))


def _array(text: str, url: str) -> list[Any]:
    text = text.lstrip()
    if text[:1] not in ("[", "{"):
        # PHP may print a warning before the answer.
        start = min(
            (at for at in (text.find("[{", 0, _JUNK_CHARS), text.find("[]", 0, _JUNK_CHARS)) if at >= 0),
            default=0,
        )
        text = text[start:]
    try:
        posts = json.loads(text)
    except (ValueError, RecursionError):
        posts = None
    if not isinstance(posts, list):
        code = str(posts.get("code", "an object")) if isinstance(posts, dict) else "no JSON"
        raise FeedError(f"{url}: no list of posts but {clean_line(code, 100)}", url=url, kind="not_posts")
    return posts


def _posts(records: list[Any], page: Page, locator: str, allow: frozenset[tuple[str, int]]) -> Iterator[Post]:
    for record in records:
        if not isinstance(record, dict):
            yield Post(id=0, date=None, problem=skip("bad_post", str(record)))
            continue
        number = record.get("id")
        key = number if isinstance(number, int) else 0
        entry = _entry(record, page, locator, allow)
        if isinstance(entry, Entry):
            yield Post(id=key, date=_local(record), entry=entry)
        else:
            yield Post(id=key, date=_local(record), problem=entry)


def _entry(
    record: dict[str, Any], page: Page, locator: str, allow: frozenset[tuple[str, int]]
) -> Entry | Skipped:
    now = page.captured_at
    link = _string(record.get("link")).strip()
    title = title_line(_rendered(record, "title"))
    if not link:
        return skip("no_link", title)
    origin = Origin(kind="wordpress", locator=locator)
    entry = announce(link, origin, title=title, base=page.final_url, allow=allow)
    if not isinstance(entry, Entry):
        return entry
    return replace(
        entry,
        summary=plain_text(_rendered(record, "excerpt"), max_chars=LIMITS.summary_chars),
        content=plain_text(_rendered(record, "content"), max_chars=LIMITS.content_chars),
        published_at=parse_date(_string(record.get("date_gmt")), now=now),
        updated_at=parse_date(_string(record.get("modified_gmt")), now=now),
    )


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _rendered(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    return _string(value.get("rendered")) if isinstance(value, dict) else _string(value)


def _local(record: dict[str, Any]) -> datetime | None:
    """The date of a post in the local time of the site, else in UTC."""
    for name in ("date", "date_gmt"):
        try:
            return datetime.fromisoformat(_string(record.get(name))).replace(tzinfo=None)
        except ValueError:
            continue
    return None
