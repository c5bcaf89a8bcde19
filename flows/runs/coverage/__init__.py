"""Completeness: which stories an independent index of the press has and the corpus has not, and why."""
