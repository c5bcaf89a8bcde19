"""Articles: a parsed page in; title, text, date, authors, language and quality flags out."""
