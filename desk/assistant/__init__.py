"""For assistants: the corpus as tools of the Model Context Protocol, read-only, with foreign text marked."""
