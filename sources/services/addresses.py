"""Where the services of the past are; a module of its own, for settings are read where no HTTP client is needed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Base addresses of the services."""

    wayback: str = "https://web.archive.org"
    gdelt_doc: str = "https://api.gdeltproject.org"
    gdelt_files: str = "http://data.gdeltproject.org"
    news_crawl: str = "https://data.commoncrawl.org/"
