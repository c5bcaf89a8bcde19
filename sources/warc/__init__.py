"""WARC files: record by record, however damaged, into pages."""
