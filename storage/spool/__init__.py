"""The spool: records of the runs in immutable Parquet batches, waiting, loaded, or put aside as unreadable."""
