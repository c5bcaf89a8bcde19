"""The number of the method that recognises copies; apart from the method, which imports numpy."""

from __future__ import annotations

from typing import Final

VERSION: Final = 1
"""Raise this with every change that alters fingerprints; storage then computes all of them again."""
