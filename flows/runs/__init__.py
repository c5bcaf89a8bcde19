"""Runs without an engine: what an ingest, a refilter and the daily housekeeping do, in order."""
