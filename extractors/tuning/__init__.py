"""Tuning: what a changed rule would do, and which words are worth adding."""
