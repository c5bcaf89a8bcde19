"""Lists of addresses other than feeds, fetched: sitemaps, paged feeds, WordPress, GDELT, files of addresses."""
