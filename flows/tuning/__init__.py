"""Tools for the author of a watchlist: find faults, try a proposal, suggest terms."""
