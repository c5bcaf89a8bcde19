"""Child processes that may die: hostile documents are read there, and cost themselves only."""
