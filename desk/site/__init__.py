"""The frozen site: the desk's pages as files with relative links, written again only where something changed."""
