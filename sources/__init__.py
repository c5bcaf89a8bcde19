"""The outside world: only this room opens network connections, archive files and a user's watchlist."""
