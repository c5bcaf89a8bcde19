"""Feeds out: one value for a feed, written as Atom 1.0 and as JSON Feed 1.1."""
