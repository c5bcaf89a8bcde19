"""Exports, releases and citations."""
