"""The runs (ingest, refilter, upkeep, backfill) without an engine: what each does, in order."""
