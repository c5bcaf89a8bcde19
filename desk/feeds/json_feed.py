"""Writes a feed as JSON Feed 1.1. Standard: https://www.jsonfeed.org/version/1.1/"""

from __future__ import annotations

import json
from typing import Any

from fivegwatch.desk.feeds.document import (
    Feed,
    FeedItem,
    clean,
    html_of,
    language_of,
    rfc3339,
    title_of,
    urn_of,
)

MEDIA_TYPE = "application/feed+json"


def json_feed_of(feed: Feed) -> str:
    """The feed as a JSON Feed document."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean(feed.title),
        "description": clean(feed.description),
        "home_page_url": clean(feed.page_url),
        "feed_url": f"{feed.base_url}{feed.path}.json",
        "authors": [{"name": "fivegwatch"}],
        "language": "en",
        "items": [_item(item) for item in feed.items],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _item(item: FeedItem) -> dict[str, Any]:
    external = next((url for _, url in item.sources if url.startswith(("https://", "http://"))), "")
    published = item.published_at if item.published_at and item.published_at <= item.updated_at else None
    written = {
        "id": urn_of(item.key),
        "url": clean(item.url),
        "external_url": clean(external),
        "title": title_of(item),
        "content_html": html_of(item),
        "content_text": "" if html_of(item) else title_of(item),
        "date_published": rfc3339(published) if published else "",
        "date_modified": rfc3339(item.updated_at),
        "authors": [{"name": clean(author)} for author in dict.fromkeys(item.authors) if clean(author)],
        "tags": [tag for tag in dict.fromkeys(clean(tag) for tag in item.tags) if tag],
        "language": language_of(item),
    }
    return {name: value for name, value in written.items() if value}
