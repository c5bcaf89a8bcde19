"""Other lists of addresses (sitemaps, web-archive indexes, GDELT, WordPress, plain lists): bytes in, entries out."""
