"""The runs (ingest, refilter, upkeep, backfill) without Prefect: what each run does, in order."""
