"""Shared services such as GDELT: their addresses, and one throttle for each."""
