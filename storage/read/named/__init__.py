"""Named queries: questions analysts ask often, as SQL files with typed parameters. One file beside this one each."""
