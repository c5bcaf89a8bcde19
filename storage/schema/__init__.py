"""The schema of the corpus: migrations, views, comments."""
