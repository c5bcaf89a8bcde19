"""Addresses and media types: what may be asked for, and which addresses name the same document."""
