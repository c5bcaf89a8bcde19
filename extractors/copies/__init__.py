"""Copies: which articles have the same text, and which news agency the text came from."""
