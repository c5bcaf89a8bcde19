"""Full-text search: the query syntax for analysts, and an SQLite index beside the newest published version."""
