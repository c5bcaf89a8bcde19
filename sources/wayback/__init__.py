"""The Wayback Machine: its index asked, its captures replayed as pages."""
