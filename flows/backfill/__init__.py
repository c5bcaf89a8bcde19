"""Backfills: the press of years past, by the path every story takes."""
