"""Feeds: the bytes of an RSS, Atom, RDF or JSON feed in, its entries out."""
