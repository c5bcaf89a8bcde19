"""The Wayback Machine: its index is searched for captures, and captures are replayed as pages."""
