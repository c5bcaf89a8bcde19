"""Imported by the fork server before it makes children: what each would load for itself, half a second of work."""

from __future__ import annotations

from extractors.language import text_language
from flows import children

__all__ = ["children"]

# The language model is read at its first use.
text_language("The quick brown fox jumps over the lazy dog.")
