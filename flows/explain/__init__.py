"""Explanations of a verdict for people: as lines of text and as an HTML page."""
