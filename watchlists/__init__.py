"""Further shipped watchlists, each in a folder of its own: examples of other subjects for the same engine."""
