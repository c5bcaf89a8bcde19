"""Schedules: the deployments of prefect.yaml, and the embedded scheduler that runs them."""
