"""Gates: tests that show, without extracting a page, that it cannot be kept and may be skipped."""
