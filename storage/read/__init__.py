"""Queries on the store and on the published corpus, by subject."""
