"""Full-text search: an SQLite index beside each published version, and the analyst's query syntax on it."""
