"""Citations of stories: BibTeX and CSL-JSON, each with a link to an archived copy.

The archive link asks the Wayback Machine for the page at the time at which this corpus read it; the archive answers
with its nearest capture. Standards: Memento (RFC 7089), BibTeX with the fields of biblatex (``@online``), CSL 1.0.2
(``article-newspaper``).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fivegwatch.extractors.errors import QueryError
from fivegwatch.storage.read.queries import QuerySession

ARCHIVE = "https://web.archive.org/web"
_ID = re.compile(r"[0-9a-f]{64}")
_SPECIAL = re.compile(r"[\\{}&%$#_^~]")
_ESCAPED = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The fields of one story's citation."""

    id: str
    url: str
    title: str
    authors: tuple[str, ...]
    outlet: str
    language: str
    published: date | None
    """Day of publication (UTC); None when the page states none."""
    read_at: datetime
    """Time at which this corpus read the page."""

    @property
    def archive_url(self) -> str:
        """Address of the Wayback Machine's copy of the page from about the time at which this corpus read the page."""
        return f"{ARCHIVE}/{self.read_at:%Y%m%d%H%M%S}/{self.url}"

    @property
    def key(self) -> str:
        """The key of the citation, such as ``lightreading2026-7bc4c0c9``: outlet, year, and the first digits of the
        id.
        """
        plain = unicodedata.normalize("NFKD", self.outlet).encode("ascii", "ignore").decode().lower()
        year = self.published.year if self.published else "nd"
        return f"{re.sub('[^a-z0-9]', '', plain) or 'story'}{year}-{self.id[:8]}"


def citations(db: Path, addresses: Iterable[str]) -> list[Citation]:
    """The citations of the pages with these ``addresses`` (or ids), in the order given.

    Raises: QueryError for a page that was never judged; the message names it.
    """
    with QuerySession(db) as session:
        ids = [_id(session, address) for address in addresses]
        rows = session.ask(
            "select l.id, l.url, l.title, l.site_name, l.site, l.language, l.published_at, l.captured_at, s.authors"
            " from ledger l left join (select id, authors from stories) s on s.id = l.id"
            " where l.id in (select unnest($ids::varchar[]))",
            {"ids": ids},
        ).rows
    known = {row[0]: _citation(*row) for row in rows}
    return [known[id_] for id_ in ids]


def _id(session: QuerySession, address: str) -> str:
    source = "ledger where id = $address" if _ID.fullmatch(address) else "story($address)"
    rows = session.ask(f"select id from {source}", {"address": address}).rows  # noqa: S608 - our own words
    if not rows:
        text = f"{address} was never judged. An id from `fivegwatch search --ids` will do."
        raise QueryError(text, kind="query")
    return str(rows[0][0])


def _citation(id_: str, url: str, title: str, *rest: Any) -> Citation:
    name, site, language, published, captured, authors = rest
    return Citation(
        id=id_,
        url=url,
        title=title or url,
        authors=tuple(authors or ()),
        outlet=name or site or "",
        language=language or "",
        published=published.date() if published else None,
        read_at=captured,
    )


def bibtex(items: Iterable[Citation]) -> str:
    """The citations as BibTeX entries of type ``online``."""
    return "\n".join(map(_entry, items))


def _entry(one: Citation) -> str:
    fields = {
        "title": f"{{{_escaped(one.title)}}}",
        "author": " and ".join(f"{{{_escaped(name)}}}" for name in one.authors),
        "organization": f"{{{_escaped(one.outlet)}}}" if one.outlet else "",
        "date": str(one.published or ""),
        "year": str(one.published.year) if one.published else "",
        "url": one.url,
        "urldate": f"{one.read_at:%Y-%m-%d}",
        "langid": one.language,
        "note": rf"Archived copy: \url{{{one.archive_url}}}",
    }
    lines = [f"  {name} = {{{text}}}," for name, text in fields.items() if text]
    return "\n".join([f"@online{{{one.key},", *lines, "}"]) + "\n"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda hit: _ESCAPED.get(hit[0], "\\" + hit[0]), text)


def csl_json(items: Iterable[Citation]) -> str:
    """The citations as one JSON list of CSL items."""
    return json.dumps([_item(one) for one in items], ensure_ascii=False, indent=1) + "\n"


def _item(one: Citation) -> dict[str, object]:
    item: dict[str, object] = {
        "id": one.key, "type": "article-newspaper", "title": one.title, "container-title": one.outlet,
        "author": [{"literal": name} for name in one.authors], "URL": one.url, "language": one.language,
        "accessed": _parts(one.read_at.date()), "archive": "Wayback Machine", "archive_location": one.archive_url,
    }  # fmt: skip
    if one.published:
        item["issued"] = _parts(one.published)
    return {name: value for name, value in item.items() if value}


def _parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}
