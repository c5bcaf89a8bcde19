"""Copies: which articles have the same text, and which news agency it came from."""
