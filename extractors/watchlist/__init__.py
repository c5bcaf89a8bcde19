"""The watchlist: the user's TOML files in, compiled rules out."""
