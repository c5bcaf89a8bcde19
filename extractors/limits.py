"""Every bound on hostile input, in one place. Sizes in bytes, times in seconds, unless a name says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one document and one run; the reasons are in ``docs/architecture.md``."""

    feed_wire: int = 5 * MIB
    feed_body: int = 10 * MIB
    page_wire: int = 5 * MIB
    page_body: int = 5 * MIB
    listing_body: int = 64 * MIB
    """A sitemap, an index of captures: sitemaps.org allows 50 MiB."""
    listing_s: float = 180.0
    robots_body: int = 512 * 1024
    content_codings: int = 2
    redirects: int = 5
    connect_s: float = 5.0
    read_s: float = 15.0
    write_s: float = 10.0
    pool_wait_s: float = 30.0
    document_s: float = 45.0
    """Total deadline of one document, redirects and body included."""
    concurrent: int = 64
    concurrent_per_host: int = 2
    host_spacing_s: float = 1.0
    breaker_failures: int = 3
    retries: int = 2
    retry_base_s: float = 1.0
    """First wait before a retry inside one fetch; doubles, with jitter."""
    own_concurrent_per_host: int = 16
    """For the operator's own machines, the pairs he allowed by name."""
    own_breaker_failures: int = 20
    dns_s: float = 5.0
    dns_threads: int = 16
    head_wire: int = 256 * 1024
    """Everything before the body: status line, headers, interim answers."""
    crawl_delay_max_s: float = 60.0
    robots_s: float = 20.0
    robots_origins: int = 2_048
    """Parsed robots.txt files kept in memory."""
    robots_fresh_s: float = 86_400.0
    """RFC 9309: not longer than 24 hours."""
    robots_failure_s: float = 600.0
    retry_after_min_s: float = 60.0
    retry_after_max_s: float = 86_400.0
    backoff_max_s: float = 86_400.0
    unasked_s: float = 2_592_000.0
    """A page whose host could not even be asked (paused, robots.txt out of reach) is given up after 30 days: a
    publisher away for that long has moved or ended, and what is news to nobody need not be waited for."""
    poll_min_s: float = 900.0
    """Shortest pause between two scheduled polls of one feed, for feeds that bring news."""
    poll_max_s: float = 21_600.0
    """Longest pause between two scheduled polls of a healthy feed that brings none."""
    url_chars: int = 2_048
    feed_parse_s: float = 20.0
    feed_parse_memory: int = 1024 * MIB
    page_extract_s: float = 15.0
    page_extract_memory: int = 1536 * MIB
    page_tags: int = 150_000
    feed_entries: int = 2_000
    title_chars: int = 1_000
    author_chars: int = 300
    summary_chars: int = 20_000
    content_chars: int = 200_000
    category_chars: int = 100
    categories: int = 50
    guid_chars: int = 2_048
    validator_chars: int = 512
    text_chars: int = 500_000
    stub_chars: int = 200
    documents_per_child: int = 200


LIMITS = Limits()
