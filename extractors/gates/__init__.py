"""Gates: whether a page may be skipped without extracting it, because it cannot be kept."""
