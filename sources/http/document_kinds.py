"""The kinds of documents that are fetched, with the headers and bounds of each."""

from __future__ import annotations

from fivegwatch.extractors.limits import Limits
from fivegwatch.sources.http.responses import Wanted

FEED_TYPES = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8"
)
SITEMAP_TYPES = "application/xml, text/xml, text/plain;q=0.9, */*;q=0.8"
PAGE_TYPES = "text/html, application/xhtml+xml, */*;q=0.5"


def kinds_of_documents(limits: Limits) -> dict[str, Wanted]:
    """For each kind of document: the headers that `Web.fetch` sends, and the answers and sizes that it accepts."""
    return {
        "feed": Wanted(
            accept=FEED_TYPES,
            wire_bytes=limits.feed_wire,
            body_bytes=limits.feed_body,
            total_s=limits.document_s,
        ),
        "page": Wanted(
            accept=PAGE_TYPES,
            wire_bytes=limits.page_wire,
            body_bytes=limits.page_body,
            total_s=limits.document_s,
            html_only=True,
        ),
        "listing": Wanted(
            accept="*/*",
            wire_bytes=limits.listing_body,
            body_bytes=limits.listing_body,
            total_s=limits.listing_s,
        ),
        "sitemap": Wanted(
            accept=SITEMAP_TYPES,
            wire_bytes=limits.listing_body,
            body_bytes=limits.listing_body,
            total_s=limits.listing_s,
            salvage=True,
        ),
    }


def whole_files(limits: Limits) -> Wanted:
    """The headers that `Web.download` sends, and the answers and sizes that it accepts."""
    return Wanted(
        accept="*/*",
        codings="identity",
        wire_bytes=limits.download_wire,
        body_bytes=limits.download_wire,
        total_s=limits.download_s,
        read_s=limits.download_read_s,
    )
