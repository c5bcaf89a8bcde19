"""Exports of the corpus: files by month with checksums, monthly releases, citations, incidents for threat platforms."""
