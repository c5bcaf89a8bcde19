"""Pages: HTML bytes -> a tree that is safe to walk -> what the page claims to machines -> the facts of the page."""
