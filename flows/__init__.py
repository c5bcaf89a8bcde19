"""Prefect flows, the command line and the settings: order, retries, concurrency, reporting."""
