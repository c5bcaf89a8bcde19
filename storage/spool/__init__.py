"""The spool: records of the runs in immutable Parquet batches."""
