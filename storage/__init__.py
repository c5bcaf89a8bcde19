"""DuckDB and the files beside it: the spool, the loader, the published copy, the page archive."""
