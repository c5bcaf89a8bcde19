"""The lake: publishing into a DuckLake, and reading it with DuckDB alone."""
