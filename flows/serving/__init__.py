"""Runs on a schedule: the deployments in prefect.yaml, and a scheduler of our own that runs them."""
