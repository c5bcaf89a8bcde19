"""The runs (ingest, refilter, upkeep, backfill), without Prefect: what each does, in order."""
