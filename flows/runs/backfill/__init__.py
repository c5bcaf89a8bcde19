"""Backfills: the press of past years, by the path every story takes."""
