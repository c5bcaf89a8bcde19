"""Other lists of addresses, fetched: sitemaps, paged feeds, WordPress, GDELT, files of addresses."""
