"""Ways out of the corpus: files by month with checksums, monthly releases, citations."""
