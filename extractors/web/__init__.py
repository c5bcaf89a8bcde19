"""Addresses, media types, content codings, and the kind of a document."""
