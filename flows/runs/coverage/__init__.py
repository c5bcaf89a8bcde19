"""Completeness: what an independent index of the press had that the corpus has not, and why."""
