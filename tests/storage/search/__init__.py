"""Search: the same answers as a scan of all texts, in any language, after any updates and kills."""
