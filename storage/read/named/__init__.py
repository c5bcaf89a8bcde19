"""Named queries: questions analysts ask often, as SQL files with typed parameters. Each is a file in this folder."""
