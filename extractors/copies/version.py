"""The version of the method that recognises copies, in a module of its own because the method imports numpy."""

from __future__ import annotations

from typing import Final

VERSION: Final = 1
"""Raise this with every change that alters fingerprints; storage then computes all of them again."""
