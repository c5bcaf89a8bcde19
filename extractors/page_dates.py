"""When a story was published: every claim with its source, and the one we believe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import htmldate
from lxml.html import HtmlElement

from extractors.dates import parse_date_precise
from extractors.model import Entry, Page, PageDate
from extractors.structured import Structured, line

META_NAMES = (
    "article:published_time", "article:published", "og:published_time", "og:article:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "publish-date", "publish_date", "publishdate",
    "pubdate", "published_time", "publication_date", "dc.date.issued", "dcterms.issued", "dcterms.created",
    "dcterms.date", "dc.date", "dc.date.created", "date", "article.published", "bt:pubdate", "rnews:datepublished",
    "citation_publication_date", "citation_date", "date.created", "created", "release_date", "originalpublicationdate",
)  # fmt: skip
URL_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([/._-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
MIDNIGHT = re.compile(r"^(\d{4}-\d{2}-\d{2})[T ]00:00(?::00(?:\.0+)?)?(?!:?\d*[1-9])")


def page_dates(
    tree: HtmlElement, claims: Structured, page: Page, entry: Entry | None
) -> tuple[PageDate, ...]:
    """Every publication date the page, its address and its feed claim; impossible ones left out."""
    found = [*_structured(claims, page.captured_at), *_feed(entry, page.captured_at), *_url(page)]
    if not any(claim.source in ("json-ld", "meta") for claim in found):
        found += _visible(tree, page)
    return tuple(found)


def chosen_date(dates: tuple[PageDate, ...]) -> PageDate | None:
    """The claim to believe: by order of source, made precise by another that agrees on the day."""
    if not dates:
        return None
    first = dates[0]
    if first.precision == "minute":
        return first
    near = (
        claim
        for claim in dates
        if claim.precision == "minute" and abs(claim.at - first.at) < timedelta(hours=36)
    )
    return next(near, first)


def _structured(claims: Structured, now: datetime) -> Iterator[PageDate]:
    yield from _claim("json-ld", line(claims.article.get("datePublished")), now)
    for name in META_NAMES:
        for content in claims.meta.get(name, ())[:1]:
            yield from _claim("meta", content, now)


def _claim(source: str, text: str, now: datetime) -> Iterator[PageDate]:
    parsed = parse_date_precise(text, now=now) if text else None
    if parsed is None:
        return
    at, precision, zone_known = parsed
    if midnight := MIDNIGHT.match(text.strip()):
        # A clock at zero is a missing clock; the day is the one written, whatever its zone.
        at, precision = datetime.fromisoformat(midnight.group(1)).replace(tzinfo=UTC), "day"
    if at <= now + timedelta(hours=24):
        yield PageDate(source=source, at=at, precision=precision, zone_known=zone_known)


def _feed(entry: Entry | None, now: datetime) -> Iterator[PageDate]:
    at = entry.published_at if entry is not None else None
    if at is not None and at <= now + timedelta(hours=24):
        precision = "day" if (at.hour, at.minute, at.second) == (0, 0, 0) else "minute"
        yield PageDate(source="feed", at=at, precision=precision, zone_known=True)


def _url(page: Page) -> Iterator[PageDate]:
    if match := URL_DAY.search(page.final_url):
        yield from _claim("url", "-".join(match.group(1, 3, 4)), page.captured_at)


def _visible(tree: HtmlElement, page: Page) -> Iterator[PageDate]:
    try:
        text = htmldate.find_date(
            tree, url=page.final_url, original_date=True, max_date=page.captured_at + timedelta(days=1)
        )
    except Exception:
        # A date nobody could find is no reason to lose the text.
        return
    yield from _claim("visible", text or "", page.captured_at)
