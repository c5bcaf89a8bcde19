"""The Prefect flows, the runs they record, the command line and the settings."""
