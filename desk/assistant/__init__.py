"""Access for AI assistants: the corpus as read-only tools of the Model Context Protocol, with text of others marked."""
