"""For the author of a watchlist: what is wrong with it, what a proposal would change, what is worth proposing."""
