"""Publishes the corpus into a DuckLake, a shared catalogue with data files, for readers on other machines."""
