"""Tools for the author of a watchlist: find faults, try a changed rule, suggest terms."""
