"""Files a user names: the watchlist, and whatever a command is given to read."""
