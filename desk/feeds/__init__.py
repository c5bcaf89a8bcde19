"""Feeds that the desk publishes: a feed as a dataclass, written as Atom 1.0 and as JSON Feed 1.1."""
