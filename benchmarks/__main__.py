"""Prints the benchmarks: ``python -m benchmarks``."""

from __future__ import annotations

from benchmarks import listing

print(listing())
