"""WARC files: read record by record, even where they are damaged, and turned into pages."""
