"""Every bound on what a server, a file or a page may cost.

Names that end in ``_s`` are seconds, in ``_chars`` characters; other sizes are bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one document and one run; ``docs/architecture.md`` gives the reasons."""

    feed_wire: int = 5 * MIB
    """Size of a feed as it is sent, compressed."""
    feed_body: int = 10 * MIB
    """Size of a feed after decompression."""
    page_wire: int = 5 * MIB
    """Size of a page as it is sent, compressed."""
    page_body: int = 5 * MIB
    """Size of a page after decompression."""
    listing_body: int = 64 * MIB
    """Size of a sitemap or an index of captures; sitemaps.org allows sitemaps of 50 MiB."""
    listing_s: float = 180.0
    """Total deadline of one listing."""
    sitemap_urls: int = 100_000
    """Addresses read from one sitemap. sitemaps.org allows 50,000; some sites exceed that."""
    sitemap_children: int = 50_000
    """Sitemaps read from one robots.txt."""
    listing_pages: int = 20_000
    """Pages read of one paged feed or of one site's WordPress interface."""
    sitemap_depth: int = 5
    """How deep sitemap indexes may be nested; the standard allows no index inside another."""
    service_read_s: float = 90.0
    """Longest pause in the answer of a service; the index of an archive may need a minute for its first byte."""
    download_wire: int = 16 * 1024 * MIB
    """Largest file downloaded; those of the news crawl have 1 GiB."""
    download_s: float = 6 * 3_600.0
    """Total deadline of one connection of a download; ``download_read_s`` ends it earlier if nothing arrives."""
    download_read_s: float = 60.0
    """Longest pause between two pieces of a download."""
    robots_body: int = 512 * 1024
    """Only this much of a robots.txt is read; RFC 9309 asks for at least 500 KiB."""
    content_codings: int = 2
    """Most compressions applied to one body, one on top of the other."""
    redirects: int = 5
    """Redirects followed for one document."""
    connect_s: float = 5.0
    """Deadline for a connection."""
    read_s: float = 15.0
    """Longest pause between two pieces of an answer."""
    write_s: float = 10.0
    """Deadline for sending a request."""
    pool_wait_s: float = 30.0
    """Unused, as nothing waits for a free connection any more; still accepted so that earlier settings stay valid."""
    document_s: float = 45.0
    """Total deadline of one document, redirects and body included."""
    concurrent: int = 64
    """Requests at a time, all hosts together."""
    concurrent_per_host: int = 2
    """Connections to one host at a time."""
    host_spacing_s: float = 1.0
    """Time between two requests to one host."""
    breaker_failures: int = 3
    """Failures in a row after which a host gets no more requests in this run."""
    retries: int = 2
    """Attempts after the first one within one fetch."""
    retry_base_s: float = 1.0
    """Wait before the first retry within one fetch; doubles each time, with jitter."""
    own_concurrent_per_host: int = 16
    """Connections to one of the operator's own machines, which are the (host, port) pairs in ``allow``."""
    own_breaker_failures: int = 20
    """``breaker_failures`` for the operator's own machines."""
    dns_s: float = 5.0
    """Deadline for resolving a name."""
    dns_threads: int = 16
    """Names resolved at a time."""
    head_wire: int = 256 * 1024
    """Most bytes before the body: status line, headers, interim answers."""
    crawl_delay_max_s: float = 60.0
    """A longer ``Crawl-delay`` in a robots.txt is cut to this."""
    robots_s: float = 20.0
    """Deadline for a robots.txt."""
    robots_origins: int = 2_048
    """Parsed robots.txt files kept in memory."""
    robots_fresh_s: float = 86_400.0
    """How long a robots.txt is valid; RFC 9309 allows 24 hours at most."""
    robots_failure_s: float = 600.0
    """A robots.txt that could not be fetched is asked for again after this time."""
    retry_after_min_s: float = 60.0
    """A shorter ``Retry-After`` is extended to this."""
    retry_after_max_s: float = 86_400.0
    """A longer ``Retry-After`` is cut to this."""
    backoff_max_s: float = 86_400.0
    """Longest pause between two attempts at a failing feed or page."""
    unasked_s: float = 2_592_000.0
    """A page is given up after this time if its host could not be asked at all (paused, robots.txt out of reach): a
    publisher unreachable for 30 days has moved or ended."""
    poll_min_s: float = 600.0
    """Shortest pause between two scheduled polls of one feed."""
    poll_max_s: float = 86_400.0
    """Longest pause between two scheduled polls of a feed that answers."""
    url_chars: int = 2_048
    """Longest address accepted."""
    feed_parse_s: float = 20.0
    """Processor time for parsing one feed."""
    feed_parse_memory: int = 1024 * MIB
    """Memory of the child process that parses feeds."""
    page_extract_s: float = 15.0
    """Processor time for extracting and judging one page."""
    page_extract_memory: int = 1536 * MIB
    """Memory of the child process that extracts pages."""
    page_tags: int = 150_000
    """Most tags in a page; a page with more is refused."""
    feed_entries: int = 2_000
    """Entries read of one feed."""
    title_chars: int = 1_000
    """A longer title is cut to this."""
    author_chars: int = 300
    """A longer author is cut to this."""
    summary_chars: int = 20_000
    """A longer summary is cut to this."""
    content_chars: int = 200_000
    """A longer content of an entry is cut to this."""
    category_chars: int = 100
    """A longer category is cut to this."""
    categories: int = 50
    """Categories kept of one entry."""
    guid_chars: int = 2_048
    """A longer id of an entry is replaced by its hash."""
    validator_chars: int = 512
    """A longer ETag or Last-Modified is not used."""
    text_chars: int = 500_000
    """A longer article text is cut to this."""
    stub_chars: int = 200
    """An article text shorter than this is flagged ``too_short``."""
    documents_per_child: int = 200
    """A child process is replaced after this many documents."""


LIMITS = Limits()
