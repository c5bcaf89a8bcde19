"""Where the corpus lies on disk: layout, locks, files, archived pages, the rules once used."""
