"""Copies: which articles carry the same text, and which news agency it came from."""
