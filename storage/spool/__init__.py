"""The spool: what runs report, as records in immutable Parquet batches that wait, are loaded, or are put aside as
unreadable.
"""
