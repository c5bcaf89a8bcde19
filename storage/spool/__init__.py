"""The spool: what workers found, as records in immutable Parquet batches."""
