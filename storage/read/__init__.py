"""Reading the corpus: what the flows and commands ask it."""
