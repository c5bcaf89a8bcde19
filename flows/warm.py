"""Imported by the fork server before it makes children: what each would load for itself, a second of work."""

from __future__ import annotations

from fivegwatch.extractors import articles, feeds, judgement, rules
from fivegwatch.extractors.language import text_language

__all__ = ["articles", "feeds", "judgement", "rules"]

# The language model is read at its first use.
text_language("The quick brown fox jumps over the lazy dog.")
