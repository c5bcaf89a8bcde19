"""Base addresses of the services that backfills read from. Importing this module does not import the HTTP client."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Base addresses of the services."""

    wayback: str = "https://web.archive.org"
    """The Wayback Machine: index and captures."""
    gdelt_doc: str = "https://api.gdeltproject.org"
    """GDELT's search."""
    gdelt_files: str = "http://data.gdeltproject.org"
    """GDELT's files."""
    news_crawl: str = "https://data.commoncrawl.org/"
    """The public news crawl (CC-NEWS)."""
