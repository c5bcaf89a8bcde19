"""Benchmarks behind the figures in ``docs/measured.md``: commands that print tables."""
