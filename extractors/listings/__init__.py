"""Listings: addresses from sitemaps, web-archive indexes, GDELT, WordPress and plain lists. Bytes in, entries out."""
