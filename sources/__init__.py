"""The outside world: the only room that opens sockets, archive files or a user's watchlist."""
