"""The loader: merges the spool's batches into the store and publishes a read-only copy."""
