"""A DuckLake for readers on other machines: its catalogue, and what a publication changes in it."""
