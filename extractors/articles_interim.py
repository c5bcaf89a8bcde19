"""Stand-ins for decoding, urls and dates until those branches are merged."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

from tld import get_fld


def decode_document(body: bytes, content_type: str, *, kind: str) -> str:
    for codec in ("utf-8-sig", "cp1252"):
        try:
            return body.decode(codec).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    return body.decode("utf-8", "replace").replace("\x00", "")


def canonical_url(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(
        ("https", parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/") or "/", parts.query, "")
    )


def url_id(canonical: str) -> str:
    return hashlib.sha256(canonical.encode()).hexdigest()


def site_of(url: str) -> str:
    return get_fld(url, fail_silently=True) or (urlsplit(url).hostname or "")


def vet_url(url: str, *, base: str | None = None, allow: frozenset[tuple[str, int]] = frozenset()) -> str:
    from urllib.parse import urljoin

    return urljoin(base or "", url)


def parse_date(text: str, *, now: datetime) -> datetime | None:
    found = parse_date_precise(text, now=now)
    return found[0] if found else None


def parse_date_precise(text: str, *, now: datetime) -> tuple[datetime, str, bool] | None:
    try:
        value = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    known = value.tzinfo is not None
    value = value.astimezone(UTC) if known else value.replace(tzinfo=UTC)
    return value, ("day" if len(text.strip()) <= 10 else "minute"), known
