"""Loads the names of months, which takes a quarter of a second once, before any test with a time limit."""

from __future__ import annotations

from datetime import UTC, datetime

from fivegwatch.extractors.text.dates import parse_date

parse_date("1 May 2026", now=datetime(2026, 5, 2, tzinfo=UTC))
